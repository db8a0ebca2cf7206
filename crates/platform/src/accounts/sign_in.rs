//! Signing in and changing one's password.

use std::net::IpAddr;

use millrace_model::{
    EntityId, Millis, TenantId,
    entity::{Authority, User},
    id::UserId,
};
use millrace_store::entities::Change;

use super::{
    Accounts, PASSWORD,
    password::{self, StoredPassword},
};
use crate::{PlatformError, Result, Scope, clock::now_ms};

/// Longest e-mail address that is looked at (bytes).
pub(super) const EMAIL_MAX: usize = 320;

impl Accounts {
    /// The user with this e-mail address and password. `address` is where the caller comes from.
    ///
    /// # Errors
    /// [`PlatformError::Unauthorized`] with one text for every cause, so that it tells nobody
    /// which addresses exist; [`PlatformError::Throttled`] after repeated failures.
    pub fn sign_in(&self, email: &str, password: &str, address: Option<IpAddr>) -> Result<User> {
        let refused = || PlatformError::Unauthorized("Invalid username or password".to_owned());
        let lookup = lookup(email);
        if lookup.is_empty() || lookup.len() > EMAIL_MAX || password.is_empty() {
            return Err(refused());
        }
        let now = now_ms();
        self.throttle.check(&lookup, address, now)?;
        let known = self.by_email(&lookup)?;
        let hash = known
            .as_ref()
            .and_then(|(_, _, stored)| stored.hash.as_deref());
        let fits = self.hasher.fits(password, hash)?;
        if let Some((tenant, user, stored)) = known
            && fits
            && stored.enabled
            && let Some(user) = self.records.table::<User>().get(tenant, user.0)?
        {
            self.throttle.succeeded(&lookup, address);
            return Ok(presented(user));
        }
        self.throttle.failed(&lookup, address, now);
        Err(refused())
    }

    /// What a signed-in user may touch.
    #[must_use]
    pub fn scope_of(user: &User) -> Scope {
        let customer = user.customer_id.filter(|customer| !customer.is_null());
        Scope {
            tenant: user.tenant_id.unwrap_or_else(TenantId::null),
            user: user.id.map(|id| id.0),
            customer: match user.authority {
                Authority::CustomerUser => customer.map(|customer| customer.0),
                Authority::SysAdmin | Authority::TenantAdmin => None,
            },
            authority: user.authority,
        }
    }

    /// Changes the caller's own password; sessions from before are void.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] when the current password is wrong or the new one too short or
    /// the same; [`PlatformError::Throttled`] after repeated failures.
    pub fn change_password(&self, scope: &Scope, current: &str, new: &str) -> Result<User> {
        let user = self.me(scope)?;
        let lookup = lookup(&user.email);
        let now = now_ms();
        self.throttle.check(&lookup, None, now)?;
        let id = user.id.unwrap_or_default();
        let stored = self.password_of(scope.tenant, id)?;
        let hash = stored.as_ref().and_then(|stored| stored.hash.as_deref());
        if !self.hasher.fits(current, hash)? {
            self.throttle.failed(&lookup, None, now);
            return Err(PlatformError::invalid(
                "currentPassword",
                "currentPassword doesn't match: type the password you signed in with",
            ));
        }
        password::check("newPassword", new)?;
        if current == new {
            return Err(PlatformError::invalid(
                "newPassword",
                "newPassword should differ from the current one",
            ));
        }
        let change = self.password_change(scope.tenant, id, &user.email, Some(new))?;
        self.records.store().apply(&[change])?;
        self.throttle.succeeded(&lookup, None);
        Ok(user)
    }

    /// The signed-in user.
    ///
    /// # Errors
    /// [`PlatformError::Unauthorized`] when the user is gone or may not sign in any more.
    pub fn me(&self, scope: &Scope) -> Result<User> {
        let gone = || PlatformError::Unauthorized("the user is gone: sign in again".to_owned());
        let id = scope.user.ok_or_else(gone)?;
        let user = self.records.table::<User>().get(scope.tenant, id)?;
        user.map(presented).ok_or_else(gone)
    }

    /// Since when sessions of a user are good (ms): none before the last change of the
    /// password. `None` when the user may not sign in at all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sessions_since(&self, tenant: TenantId, user: UserId) -> Result<Option<Millis>> {
        let stored = self.password_of(tenant, user)?;
        Ok(stored
            .filter(|stored| stored.enabled && stored.hash.is_some())
            .map(|stored| stored.changed))
    }

    /// The change that sets a password (or, with `None`, an account without one).
    pub(super) fn password_change(
        &self,
        tenant: TenantId,
        user: UserId,
        email: &str,
        password: Option<&str>,
    ) -> Result<Change> {
        let hash = password
            .map(|password| self.hasher.hash(password))
            .transpose()?;
        let stored = StoredPassword {
            hash,
            enabled: true,
            changed: now_ms(),
        };
        stored_change(tenant, user, email, &stored)
    }

    pub(super) fn password_of(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<StoredPassword>> {
        let document = self
            .records
            .store()
            .document(tenant, user.into(), PASSWORD)?;
        document.map(|body| read(user.into(), body)).transpose()
    }

    /// Whose address this is; `lookup` in lower case.
    pub(super) fn by_email(
        &self,
        lookup: &str,
    ) -> Result<Option<(TenantId, UserId, StoredPassword)>> {
        let found = self.records.store().document_by_lookup(PASSWORD, lookup)?;
        found
            .map(|(tenant, entity, body)| Ok((tenant, UserId(entity.id), read(entity, body)?)))
            .transpose()
    }
}

/// The document that keeps `stored` for a user.
pub(super) fn stored_change(
    tenant: TenantId,
    user: UserId,
    email: &str,
    stored: &StoredPassword,
) -> Result<Change> {
    let body = serde_json::to_value(stored).map_err(|error| {
        PlatformError::Internal(format!("a password hash cannot be written: {error}"))
    })?;
    Ok(Change::PutDocument {
        tenant,
        entity: user.into(),
        name: PASSWORD.to_owned(),
        lookup: Some(lookup(email)),
        body,
    })
}

/// An e-mail address as accounts are found by.
pub(super) fn lookup(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A user with the members that repeat others for clients.
pub(super) fn presented(mut user: User) -> User {
    user.name = Some(user.email.clone());
    user
}

fn read(user: EntityId, body: serde_json::Value) -> Result<StoredPassword> {
    serde_json::from_value(body).map_err(|error| {
        PlatformError::Internal(format!("the password of {user} is damaged: {error}"))
    })
}
