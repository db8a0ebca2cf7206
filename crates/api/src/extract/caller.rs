//! Who is calling.

use std::{ops::Deref, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use millrace_model::id::UserId;
use millrace_platform::{PlatformError, Scope, access, accounts::Accounts};
use uuid::Uuid;

use crate::{
    auth::{Credential, TokenError, credential},
    error::ApiError,
    resources::auth::session_is_good,
    state::Api,
};

/// The scope of a signed-in caller; 401 for everybody else.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub Scope);

impl Caller {
    /// Refuses everybody but administrators of the tenant, where no service call does.
    pub fn require_admin(&self) -> Result<(), ApiError> {
        Ok(access::require_admin(&self.0)?)
    }
}

impl Deref for Caller {
    type Target = Scope;

    fn deref(&self) -> &Scope {
        &self.0
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let signed_in = match credential(&parts.headers)? {
            Credential::Bearer(token) => SignedIn::with_token(api, &token).await?,
            Credential::ApiKey(key) => SignedIn::with_api_key(api, &key).await?,
        };
        Ok(Self(signed_in.scope))
    }
}

/// Somebody who showed a good access token or API key.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// What they may touch.
    pub(crate) scope: Scope,
    proof: Proof,
}

/// What was shown.
#[derive(Debug, Clone)]
enum Proof {
    Session { user: UserId, session: Uuid },
    ApiKey(Arc<str>),
}

impl SignedIn {
    /// Who an access token stands for, while its session is good.
    pub(crate) async fn with_token(api: &Api, token: &str) -> Result<Self, ApiError> {
        let claims = api.tokens.access(token)?;
        let signed_in = Self {
            scope: claims.scope().ok_or(TokenError::Invalid)?,
            proof: Proof::Session {
                user: UserId(claims.user_id),
                session: claims.session_id,
            },
        };
        if signed_in.still_good(api).await? {
            Ok(signed_in)
        } else {
            Err(TokenError::Invalid.into())
        }
    }

    /// Who an API key stands for.
    pub(crate) async fn with_api_key(api: &Api, key: &str) -> Result<Self, ApiError> {
        let key: Arc<str> = key.into();
        let shown = Arc::clone(&key);
        let user = api
            .run(move |platform| platform.accounts.by_api_key(&shown))
            .await?;
        Ok(Self {
            scope: Accounts::scope_of(&user),
            proof: Proof::ApiKey(key),
        })
    }

    /// Whether what was shown is good now: the session has the user's password of today, the key
    /// opens something.
    pub(crate) async fn still_good(&self, api: &Api) -> Result<bool, ApiError> {
        let tenant = self.scope.tenant;
        match self.proof.clone() {
            Proof::Session { user, session } => {
                api.run(move |platform| session_is_good(platform, tenant, user, session))
                    .await
            }
            Proof::ApiKey(key) => {
                api.run(move |platform| match platform.accounts.by_api_key(&key) {
                    Ok(_) => Ok(true),
                    Err(PlatformError::Unauthorized(_)) => Ok(false),
                    Err(error) => Err(error),
                })
                .await
            }
        }
    }
}
