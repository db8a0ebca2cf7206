//! Who is calling: signed tokens and the headers that carry them.

mod header;
mod token;

pub use header::{Credential, credential};
pub use token::{
    AccessClaims, RefreshClaims, SecretTooShort, TokenError, TokenOptions, TokenPair, Tokens,
    session_start,
};
