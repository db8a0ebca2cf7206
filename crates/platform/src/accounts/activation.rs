//! Letting a new user in: a link with a token by which the person chooses a password.

use millrace_model::{Millis, entity::User, id::UserId};
use millrace_store::entities::Change;
use rand::distr::{Alphanumeric, SampleString};
use serde_json::json;

use super::{Accounts, password, sign_in::presented};
use crate::{PlatformError, Result, Scope, access, clock::now_ms};

/// Document of a user that was not activated yet.
const DOCUMENT: &str = "activation";
/// Characters of a token.
const LENGTH: usize = 32;
/// How long a token is good.
const LIFE_MS: Millis = 24 * 60 * 60 * 1000;

/// A token that lets a user choose a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The token, for a link.
    pub token: String,
    /// How long it is good from now on (ms).
    pub ttl_ms: Millis,
}

impl Accounts {
    /// A token by which a user who has no password yet chooses one; the one given before while it
    /// is good.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a user who has a password; [`PlatformError::NotFound`].
    pub fn activation(&self, scope: &Scope, id: UserId) -> Result<Activation> {
        access::require_admin(scope)?;
        let _: User = self.records.get(scope, "User", id.0)?;
        let stored = self.password_of(scope.tenant, id)?;
        if stored.is_some_and(|stored| stored.hash.is_some()) {
            return Err(PlatformError::invalid(
                "userId",
                "the user is activated already: set a new password instead",
            ));
        }
        let now = now_ms();
        let store = self.records.store();
        if let Some(document) = store.document(scope.tenant, id.into(), DOCUMENT)?
            && let Some(token) = document.get("token").and_then(|token| token.as_str())
            && let Some(ends) = document.get("ends").and_then(serde_json::Value::as_i64)
            && ends > now
        {
            return Ok(Activation {
                token: token.to_owned(),
                ttl_ms: ends - now,
            });
        }
        let token = Alphanumeric.sample_string(&mut rand::rng(), LENGTH);
        store.apply(&[Change::PutDocument {
            tenant: scope.tenant,
            entity: id.into(),
            name: DOCUMENT.to_owned(),
            lookup: Some(token.clone()),
            body: json!({ "token": token, "ends": now + LIFE_MS }),
        }])?;
        Ok(Activation {
            token,
            ttl_ms: LIFE_MS,
        })
    }

    /// Sets the password of the user a token was made for; the token is used up.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a token that is unknown or has ended, and for a password
    /// that is too short.
    pub fn activate(&self, token: &str, password: &str) -> Result<User> {
        let unknown = || {
            PlatformError::invalid(
                "activateToken",
                "activateToken is unknown or has ended: ask for a new link",
            )
        };
        if token.len() != LENGTH {
            return Err(unknown());
        }
        let found = self.records.store().document_by_lookup(DOCUMENT, token)?;
        let (tenant, user, document) = found.ok_or_else(unknown)?;
        let ends = document.get("ends").and_then(serde_json::Value::as_i64);
        if ends.is_none_or(|ends| ends <= now_ms()) {
            return Err(unknown());
        }
        password::check("password", password)?;
        let scope = Scope::server(tenant);
        let id = UserId(user.id);
        let user: User = self.records.get(&scope, "User", id.0)?;
        let change = self.password_change(tenant, id, &user.email, Some(password))?;
        let used = Change::DeleteDocument {
            tenant,
            entity: id.into(),
            name: DOCUMENT.to_owned(),
        };
        self.records.store().apply(&[change, used])?;
        Ok(presented(user))
    }
}
