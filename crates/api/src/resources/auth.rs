//! Signing in and out.

use std::net::SocketAddr;

use axum::{
    Extension,
    extract::{ConnectInfo, State},
};
use millrace_model::{
    entity::User,
    id::{TenantId, UserId},
};
use millrace_platform::{Platform, PlatformError};
use millrace_store::entities::read_entity;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::{TokenError, TokenPair, session_start},
    error::{Answer, Done},
    extract::{Caller, EntityBody, SignInBody},
    state::Api,
};

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LoginRequest {
    /// E-mail address.
    username: String,
    /// Password.
    password: String,
}

/// Sign in
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", security(()),
    request_body = LoginRequest, responses((status = 200, body = TokenPair),
        (status = 401, body = crate::error::ErrorBody),
        (status = 429, body = crate::error::ErrorBody, description = "after repeated failures")))]
pub(crate) async fn login(
    State(api): State<Api>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    SignInBody(sent): SignInBody<LoginRequest>,
) -> Answer<TokenPair> {
    let address = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let user = api
        .run(move |platform| {
            platform
                .accounts
                .sign_in(&sent.username, &sent.password, address)
        })
        .await?;
    api.tokens.issue(&user, Uuid::now_v7()).map(axum::Json)
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshRequest {
    refresh_token: String,
}

/// Exchange a refresh token for a new pair
#[utoipa::path(post, path = "/api/auth/token", tag = "auth", security(()),
    request_body = RefreshRequest, responses((status = 200, body = TokenPair),
        (status = 401, body = crate::error::ErrorBody)))]
pub(crate) async fn refresh(
    State(api): State<Api>,
    SignInBody(sent): SignInBody<RefreshRequest>,
) -> Answer<TokenPair> {
    let claims = api.tokens.refresh(&sent.refresh_token)?;
    let session = claims.session_id;
    let user = api
        .run(move |platform| session_user(platform, &claims.sub, claims.user_id, session))
        .await?
        .ok_or(TokenError::Invalid)?;
    api.tokens.issue(&user, session).map(axum::Json)
}

/// The user of a session that is still good.
fn session_user(
    platform: &Platform,
    email: &str,
    id: Uuid,
    session: Uuid,
) -> Result<Option<User>, PlatformError> {
    let Some(row) = platform.records.store().user_by_email(email)? else {
        return Ok(None);
    };
    if row.id.id != id || !session_is_good(platform, row.tenant, UserId(id), session)? {
        return Ok(None);
    }
    Ok(Some(read_entity(row)?))
}

/// Whether a session began after the last change of the user's password, and the user may still
/// sign in.
pub(crate) fn session_is_good(
    platform: &Platform,
    tenant: TenantId,
    user: UserId,
    session: Uuid,
) -> Result<bool, PlatformError> {
    let since = platform.accounts.sessions_since(tenant, user)?;
    Ok(since
        .zip(session_start(session))
        .is_some_and(|(since, start)| start >= since))
}

/// The signed-in user
#[utoipa::path(get, path = "/api/auth/user", tag = "auth",
    responses((status = 200, body = User)))]
pub(crate) async fn user(State(api): State<Api>, caller: Caller) -> Answer<User> {
    api.answer(move |platform| platform.accounts.me(&caller))
        .await
}

/// Sign out
///
/// Tokens are not kept by the server: forget them.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", responses((status = 200)))]
pub(crate) async fn logout(_caller: Caller) -> Done {
    Ok(())
}

/// The old and the new password.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ChangePassword {
    current_password: String,
    new_password: String,
}

/// Change the own password
///
/// Sessions from before are void; the reply opens a new one.
#[utoipa::path(post, path = "/api/auth/changePassword", tag = "auth",
    request_body = ChangePassword, responses((status = 200, body = TokenPair)))]
pub(crate) async fn change_password(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(sent): EntityBody<ChangePassword>,
) -> Answer<TokenPair> {
    let user = api
        .run(move |platform| {
            platform
                .accounts
                .change_password(&caller, &sent.current_password, &sent.new_password)
        })
        .await?;
    api.tokens.issue(&user, Uuid::now_v7()).map(axum::Json)
}
