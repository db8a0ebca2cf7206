//! JavaScript behind the common face: QuickJS, one runtime per script and engine.
//!
//! One runtime per script because a runtime is what memory is counted for, and because a script may patch
//! every prototype it sees: what it breaks is its own. A runtime stays warm between calls; it is thrown away
//! after a call that used up a budget, or that left more than a quarter of the memory behind.

mod arguments;
mod budget;
mod failure;
mod natives;
mod result;
mod runtimes;
mod source;
mod warm;

pub(crate) use runtimes::Runtimes;
pub(crate) use source::Source;
