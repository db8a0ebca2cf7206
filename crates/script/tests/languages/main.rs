//! Both languages through the crate's door.

mod analysis;
mod hostile;
mod javascript;
mod support;
mod tbel;
mod tutorials;
