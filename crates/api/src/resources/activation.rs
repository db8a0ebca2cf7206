//! Letting a new user in.

use axum::{
    extract::State,
    http::{HeaderMap, header::HOST},
};
use millrace_model::id::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::TokenPair,
    error::{Answer, ApiError},
    extract::{Caller, Id, InPath, JsonBody},
    state::Api,
};

/// A link and how long it is good.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivationLink {
    /// The link.
    value: String,
    /// How long it is good (ms).
    ttl_ms: i64,
}

/// A link by which a new user chooses a password, as text
#[utoipa::path(get, path = "/api/user/{userId}/activationLink", tag = "user",
    params(("userId" = Uuid, Path)), responses((status = 200, body = String)))]
pub(crate) async fn link(
    state: State<Api>,
    caller: Caller,
    headers: HeaderMap,
    id: InPath<Id>,
) -> Result<String, ApiError> {
    Ok(made(state, caller, &headers, id).await?.value)
}

/// A link by which a new user chooses a password, and how long it is good
#[utoipa::path(get, path = "/api/user/{userId}/activationLinkInfo", tag = "user",
    params(("userId" = Uuid, Path)), responses((status = 200, body = ActivationLink)))]
pub(crate) async fn link_info(
    state: State<Api>,
    caller: Caller,
    headers: HeaderMap,
    id: InPath<Id>,
) -> Answer<ActivationLink> {
    made(state, caller, &headers, id).await.map(axum::Json)
}

async fn made(
    State(api): State<Api>,
    caller: Caller,
    headers: &HeaderMap,
    InPath(Id(id)): InPath<Id>,
) -> Result<ActivationLink, ApiError> {
    let activation = api
        .run(move |platform| platform.accounts.activation(&caller, UserId(id)))
        .await?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST.as_str()).unwrap_or("localhost");
    // Behind a proxy the outer name is the one that people can reach.
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    Ok(ActivationLink {
        value: format!(
            "{scheme}://{host}/login/createPassword?activateToken={}",
            activation.token
        ),
        ttl_ms: activation.ttl_ms,
    })
}

/// The token of a link and the password that was chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activate {
    activate_token: String,
    password: String,
}

/// Choose the first password, and sign in
#[utoipa::path(post, path = "/api/noauth/activate", tag = "user", security(()),
    request_body = Activate, responses((status = 200, body = TokenPair)))]
pub(crate) async fn activate(
    State(api): State<Api>,
    JsonBody(sent): JsonBody<Activate>,
) -> Answer<TokenPair> {
    let user = api
        .run(move |platform| {
            platform
                .accounts
                .activate(&sent.activate_token, &sent.password)
        })
        .await?;
    api.tokens.issue(&user, Uuid::now_v7()).map(axum::Json)
}

/// The password another user is to have.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewPassword {
    password: String,
}

/// Set the password of a user of the tenant
#[utoipa::path(post, path = "/api/millrace/user/{userId}/password", tag = "user",
    params(("userId" = Uuid, Path)), request_body = NewPassword, responses((status = 200)))]
pub(crate) async fn set_password(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    JsonBody(sent): JsonBody<NewPassword>,
) -> crate::error::Done {
    api.run(move |platform| {
        platform
            .accounts
            .set_password(&caller, UserId(id), &sent.password)
    })
    .await
}

/// What a password must be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordPolicy {
    /// Fewest characters.
    minimum_length: usize,
    /// Most characters.
    maximum_length: Option<usize>,
    minimum_uppercase_letters: Option<usize>,
    minimum_lowercase_letters: Option<usize>,
    minimum_digits: Option<usize>,
    minimum_special_characters: Option<usize>,
    allow_whitespaces: bool,
    force_user_to_reset_password_if_not_valid: bool,
    password_expiration_period_days: Option<usize>,
    password_reuse_frequency_days: Option<usize>,
}

/// What a password must be
#[utoipa::path(get, path = "/api/noauth/userPasswordPolicy", tag = "user", security(()),
    responses((status = 200, body = PasswordPolicy)))]
pub(crate) async fn policy() -> axum::Json<PasswordPolicy> {
    axum::Json(PasswordPolicy {
        minimum_length: millrace_platform::accounts::PASSWORD_MIN,
        maximum_length: None,
        minimum_uppercase_letters: None,
        minimum_lowercase_letters: None,
        minimum_digits: None,
        minimum_special_characters: None,
        allow_whitespaces: true,
        force_user_to_reset_password_if_not_valid: false,
        password_expiration_period_days: None,
        password_reuse_frequency_days: None,
    })
}
