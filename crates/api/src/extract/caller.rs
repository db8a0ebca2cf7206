//! Who is calling.

use std::ops::Deref;

use axum::{extract::FromRequestParts, http::request::Parts};
use millrace_model::id::UserId;
use millrace_platform::{Scope, access};

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
            Credential::Bearer(token) => scope_of_token(api, &token).await.map(Self),
            Credential::ApiKey(_) => Err(ApiError::unauthorized(
                "API keys are not accepted by this server: sign in and send Bearer <token>",
            )),
        }
    }
}

/// The scope an access token stands for, while its session is good.
pub(crate) async fn scope_of_token(api: &Api, token: &str) -> Result<Scope, ApiError> {
    let claims = api.tokens.access(token)?;
    let scope = claims.scope().ok_or(TokenError::Invalid)?;
    let good = api.run(move |platform| {
        session_is_good(
            platform,
            scope.tenant,
            UserId(claims.user_id),
            claims.session_id,
        )
    });
    if good.await? {
        Ok(scope)
    } else {
        Err(TokenError::Invalid.into())
    }
}
