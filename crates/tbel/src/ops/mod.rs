//! What the operators do, by the types of their operands.

pub(crate) mod arithmetic;
pub(crate) mod bits;
pub(crate) mod cast;
pub(crate) mod quick;
pub(crate) mod text;
