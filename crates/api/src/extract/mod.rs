//! What handlers take from a request. Every refusal is an [`crate::error::ApiError`].

mod body;
mod caller;
mod page;
mod path;
mod query;

pub use body::{EntityBody, JsonBody, MAX_BODY_BYTES, RawBody, SignInBody, TextBody};
pub use caller::Caller;
pub(crate) use caller::SignedIn;
pub use page::{Page, TimeRange};
pub use path::{EntityPath, EntityPathAnd, Id, InPath};
pub use query::Query;
