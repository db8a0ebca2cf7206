//! Who is calling.

use std::ops::Deref;

use axum::{extract::FromRequestParts, http::request::Parts};
use millrace_model::id::UserId;
use millrace_platform::{Scope, access};
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
        match credential(&parts.headers)? {
            Credential::Bearer(token) => {
                let signed_in = SignedIn::with_token(api, &token).await?;
                Ok(Self(signed_in.scope))
            }
            Credential::ApiKey(_) => Err(ApiError::unauthorized(
                "API keys are not accepted by this server: sign in and send Bearer <token>",
            )),
        }
    }
}

/// Somebody who showed a good access token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedIn {
    /// What they may touch.
    pub(crate) scope: Scope,
    user: UserId,
    session: Uuid,
}

impl SignedIn {
    /// Who an access token stands for, while its session is good.
    pub(crate) async fn with_token(api: &Api, token: &str) -> Result<Self, ApiError> {
        let claims = api.tokens.access(token)?;
        let signed_in = Self {
            scope: claims.scope().ok_or(TokenError::Invalid)?,
            user: UserId(claims.user_id),
            session: claims.session_id,
        };
        if signed_in.still_good(api).await? {
            Ok(signed_in)
        } else {
            Err(TokenError::Invalid.into())
        }
    }

    /// Whether the session is good now: the user may sign in, with the same password.
    pub(crate) async fn still_good(self, api: &Api) -> Result<bool, ApiError> {
        api.run(move |platform| {
            session_is_good(platform, self.scope.tenant, self.user, self.session)
        })
        .await
    }
}
