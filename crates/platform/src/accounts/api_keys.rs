//! API keys: long random texts by which programs act for a user. Only a digest is kept; a text of
//! that much chance needs no slow hash.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use millrace_model::{
    Millis, PageData, PageLink,
    entity::{ApiKey, ApiKeyInfo, User},
    id::{ApiKeyId, UserId},
};
use millrace_store::entities::{Change, EntityFilter};
use rand::distr::{Alphanumeric, SampleString};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Accounts, sign_in::presented};
use crate::{PlatformError, Result, Scope, access, clock::now_ms, records::check_name};

const WHAT: &str = "API key";
/// Name of the document that holds the digest of a key.
const DIGEST: &str = "apiKey";
/// How keys begin; clients know it.
const PREFIX: &str = "tb_";
/// Random characters of a key: 256 bits.
const LENGTH: usize = 43;
/// Most keys of one user.
const KEYS_MAX: u64 = 100;

impl Accounts {
    /// Makes a key for the caller, or for another user of the tenant by its administrator. The
    /// value is in this answer only.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing description, a time in the past and too many
    /// keys; [`PlatformError::NotFound`] for the user.
    pub fn create_api_key(&self, scope: &Scope, sent: ApiKeyInfo) -> Result<ApiKey> {
        let user = self.key_user(scope, sent.user_id)?;
        let mut info = ApiKeyInfo {
            id: None,
            version: None,
            user_id: Some(user),
            enabled: Some(sent.enabled.unwrap_or(true)),
            expired: false,
            ..sent
        };
        check_name("description", WHAT, &mut info.description)?;
        if info.expiration_time != 0 && info.expiration_time <= now_ms() {
            return Err(PlatformError::invalid(
                "expirationTime",
                "expirationTime is in the past: give a later time in ms, or 0 for never",
            ));
        }
        if self
            .keys_of(scope, user, &PageLink::first(1))?
            .total_elements
            >= KEYS_MAX
        {
            return Err(PlatformError::invalid(
                "userId",
                format!("the user has {KEYS_MAX} API keys: delete one first"),
            ));
        }
        self.records.prepare(scope, WHAT, &mut info)?;
        let random = Alphanumeric.sample_string(&mut rand::rng(), LENGTH);
        let value = format!("{PREFIX}{random}");
        let id = info.id.unwrap_or_default();
        let document = Change::PutDocument {
            tenant: scope.tenant,
            entity: id.into(),
            name: DIGEST.to_owned(),
            lookup: Some(digest(&value)),
            body: json!({}),
        };
        let info = self.records.commit(scope, info, true, vec![document])?;
        Ok(ApiKey { info, value })
    }

    /// A page of a user's keys: one's own, or any of the tenant for its administrators.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the user.
    pub fn api_keys(
        &self,
        scope: &Scope,
        user: UserId,
        link: &PageLink,
    ) -> Result<PageData<ApiKeyInfo>> {
        let user = self.key_user(scope, Some(user))?;
        let now = now_ms();
        let page = self.keys_of(scope, user, link)?;
        Ok(page.map(|info| shown(info, now)))
    }

    /// Turns a key on or off.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn set_api_key_enabled(
        &self,
        scope: &Scope,
        id: ApiKeyId,
        enabled: bool,
    ) -> Result<ApiKeyInfo> {
        let mut info = self.key(scope, id)?;
        info.enabled = Some(enabled);
        let info = self.records.commit(scope, info, false, Vec::new())?;
        Ok(shown(info, now_ms()))
    }

    /// Says anew what a key is for.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a blank text; [`PlatformError::NotFound`].
    pub fn set_api_key_description(
        &self,
        scope: &Scope,
        id: ApiKeyId,
        description: &str,
    ) -> Result<ApiKeyInfo> {
        let mut info = self.key(scope, id)?;
        description.clone_into(&mut info.description);
        check_name("description", WHAT, &mut info.description)?;
        let info = self.records.commit(scope, info, false, Vec::new())?;
        Ok(shown(info, now_ms()))
    }

    /// Deletes a key: it opens nothing from now on.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn delete_api_key(&self, scope: &Scope, id: ApiKeyId) -> Result<()> {
        self.key(scope, id)?;
        self.records.delete(scope, id.into(), Vec::new())
    }

    /// The user a key acts for.
    ///
    /// # Errors
    /// [`PlatformError::Unauthorized`] with one text for every cause.
    pub fn by_api_key(&self, value: &str) -> Result<User> {
        let refused = || {
            PlatformError::Unauthorized(
                "the API key is unknown, disabled or expired: make a new one".to_owned(),
            )
        };
        if value.len() != PREFIX.len() + LENGTH {
            return Err(refused());
        }
        let found = self
            .records
            .store()
            .document_by_lookup(DIGEST, &digest(value))?;
        let (tenant, key, _) = found.ok_or_else(refused)?;
        let info = self.records.table::<ApiKeyInfo>().get(tenant, key.id)?;
        let info = info
            .filter(|info| info.enabled == Some(true) && !has_ended(info, now_ms()))
            .ok_or_else(refused)?;
        let user = info.user_id.ok_or_else(refused)?;
        let may_sign_in = self
            .password_of(tenant, user)?
            .is_some_and(|stored| stored.enabled);
        if !may_sign_in {
            return Err(refused());
        }
        let user = self.records.table::<User>().get(tenant, user.0)?;
        user.map(presented).ok_or_else(refused)
    }

    /// The keys that go when their user goes.
    pub(super) fn key_deletions(&self, scope: &Scope, user: UserId) -> Result<Vec<Change>> {
        let most = u32::try_from(KEYS_MAX).unwrap_or(u32::MAX);
        let keys = self.keys_of(scope, user, &PageLink::first(most))?;
        let ids = keys.data.into_iter().filter_map(|key| key.id);
        Ok(ids
            .map(|id| Change::Delete {
                tenant: scope.tenant,
                id: id.into(),
            })
            .collect())
    }

    fn key(&self, scope: &Scope, id: ApiKeyId) -> Result<ApiKeyInfo> {
        let info: ApiKeyInfo = self.records.get(scope, WHAT, id.0)?;
        let own = info.user_id.map(|user| user.0) == scope.user;
        if !own && access::require_admin(scope).is_err() {
            return Err(PlatformError::not_found(WHAT, id));
        }
        Ok(info)
    }

    /// The user whose keys are meant, when the caller may see to them.
    fn key_user(&self, scope: &Scope, user: Option<UserId>) -> Result<UserId> {
        match (user, scope.user) {
            (None, None) => Err(PlatformError::invalid(
                "userId",
                "userId should be specified: a key acts for a user",
            )),
            (None, Some(own)) => Ok(UserId(own)),
            (Some(user), _) => {
                self.user(scope, user)?;
                Ok(user)
            }
        }
    }

    fn keys_of(
        &self,
        scope: &Scope,
        user: UserId,
        link: &PageLink,
    ) -> Result<PageData<ApiKeyInfo>> {
        let filter = EntityFilter {
            body_equals: vec![("userId".to_owned(), json!(user))],
            ..EntityFilter::default()
        };
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }
}

fn shown(info: ApiKeyInfo, now: Millis) -> ApiKeyInfo {
    ApiKeyInfo {
        expired: has_ended(&info, now),
        ..info
    }
}

fn has_ended(info: &ApiKeyInfo, now: Millis) -> bool {
    info.expiration_time != 0 && info.expiration_time <= now
}

fn digest(value: &str) -> String {
    STANDARD_NO_PAD.encode(Sha256::digest(value.as_bytes()))
}
