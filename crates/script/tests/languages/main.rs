//! Both languages through the crate's door.

mod hostile;
mod javascript;
mod support;
mod tbel;
mod tutorials;
