//! Converters, rule chains and the services around them: what the product does with a message.
//!
//! | module | holds |
//! |---|---|
//! | [`changes`] | "this entity was saved": from services to the running parts |
//! | [`clock`] | wall-clock time |
//! | [`error`] | one error type for all services |
//! | [`scope`] | whose data a call may touch |
//!
//! Knows no HTTP status codes and no SQL.

pub mod changes;
pub mod clock;
pub mod error;
pub mod scope;

pub use error::{PlatformError, Result};
pub use scope::Scope;
