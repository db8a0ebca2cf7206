//! People who sign in, and the tenants they belong to.
//!
//! Passwords are kept as Argon2id hashes in a document beside the user, found by the e-mail
//! address in lower case; no call returns one. Signing in takes the same time whether the
//! address is known or not, and repeated failures are slowed down.

mod activation;
mod api_keys;
mod bootstrap;
mod password;
mod sign_in;
mod tenants;
mod throttle;
mod users;

use std::sync::Arc;

use crate::Records;

pub use activation::Activation;
pub use bootstrap::{Bootstrap, BootstrapOptions, SignInName};
pub use password::PASSWORD_MIN;

use password::Hasher;
use throttle::Throttle;

/// Name of the document that holds a user's password hash.
const PASSWORD: &str = "password";

/// Tenants, users and their passwords.
#[derive(Clone)]
pub struct Accounts {
    records: Records,
    hasher: Arc<Hasher>,
    throttle: Arc<Throttle>,
}

impl Accounts {
    /// Accounts kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            records,
            hasher: Arc::default(),
            throttle: Arc::default(),
        }
    }
}

#[cfg(test)]
mod tests;
