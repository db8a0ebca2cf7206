//! API keys: how programs sign in.

use axum::extract::State;
use millrace_model::{
    PageData,
    entity::{ApiKey, ApiKeyInfo},
    id::{ApiKeyId, UserId},
};
use serde_json::Value;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, RawBody},
    state::Api,
};

/// Make an API key
///
/// The value is in this answer only.
#[utoipa::path(post, path = "/api/apiKey", tag = "API key", request_body = ApiKeyInfo,
    responses((status = 200, body = ApiKey)))]
pub(crate) async fn create(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(key): EntityBody<ApiKeyInfo>,
) -> Answer<ApiKey> {
    api.answer(move |platform| platform.accounts.create_api_key(&caller, key))
        .await
}

/// A page of a user's API keys
#[utoipa::path(get, path = "/api/apiKeys/{userId}", tag = "API key",
    params(("userId" = Uuid, Path), Page), responses((status = 200, body = PageData<ApiKeyInfo>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(user)): InPath<Id>,
    page: Page,
) -> Answer<PageData<ApiKeyInfo>> {
    let link = page.link();
    api.answer(move |platform| platform.accounts.api_keys(&caller, UserId(user), &link))
        .await
}

/// Delete an API key: it opens nothing from now on
#[utoipa::path(delete, path = "/api/apiKey/{id}", tag = "API key",
    params(("id" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.accounts.delete_api_key(&caller, ApiKeyId(id)))
        .await
}

/// Turn an API key on or off
#[utoipa::path(put, path = "/api/apiKey/{id}/enabled/{enabledValue}", tag = "API key",
    params(("id" = Uuid, Path), ("enabledValue" = bool, Path)),
    responses((status = 200, body = ApiKeyInfo)))]
pub(crate) async fn enable(
    State(api): State<Api>,
    caller: Caller,
    InPath((id, enabled)): InPath<(Id, String)>,
) -> Answer<ApiKeyInfo> {
    let enabled = match enabled.to_ascii_lowercase().as_str() {
        "true" => true,
        "false" => false,
        _ => return Err(ApiError::bad_request("enabledValue must be true or false")),
    };
    api.answer(move |platform| {
        platform
            .accounts
            .set_api_key_enabled(&caller, ApiKeyId(id.0), enabled)
    })
    .await
}

/// Say anew what an API key is for
///
/// The text, bare or as a JSON string.
#[utoipa::path(put, path = "/api/apiKey/{id}/description", tag = "API key",
    params(("id" = Uuid, Path)), request_body(content = String),
    responses((status = 200, body = ApiKeyInfo)))]
pub(crate) async fn describe(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    RawBody(body): RawBody,
) -> Answer<ApiKeyInfo> {
    let text = match serde_json::from_slice(&body) {
        Ok(Value::String(text)) => text,
        _ => String::from_utf8_lossy(&body).into_owned(),
    };
    api.answer(move |platform| {
        platform
            .accounts
            .set_api_key_description(&caller, ApiKeyId(id), &text)
    })
    .await
}
