//! Captured messages, and scripts run over them again.

use axum::{Json, extract::State};
use millrace_platform::replay::{
    CapturedMessage, CapturedMessages, MessageQuery, ReplayReport, ReplayRequest,
};
use uuid::Uuid;

use crate::{
    error::{Answer, ApiError},
    extract::{Caller, InPath, JsonBody, Query},
    state::Api,
};

/// The messages that were received last
///
/// Newest first, from the journal: nothing has to be switched on. A large payload is cut; fetch the message by
/// its id for all of it. `keptSince` says how far back messages of all integrations are kept.
#[utoipa::path(get, path = "/api/millrace/messages", tag = "message",
    params(
        ("source" = Uuid, Query, description = "id of an integration, or of a converter: all integrations that use it"),
        ("last" = Option<usize>, Query, description = "1 to 500; absent means 100"),
        ("topic" = Option<String>, Query, description = "only topics that this filter matches")),
    responses((status = 200, body = CapturedMessages)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<CapturedMessages> {
    query.required("source")?;
    let wanted = MessageQuery {
        source: query.uuid("source")?.unwrap_or(Uuid::nil()),
        last: query.number("last")?,
        topic: query.owned("topic"),
        ids: None,
    };
    api.answer(move |platform| platform.replays.messages(&caller, &wanted))
        .await
}

/// A captured message with its whole payload
#[utoipa::path(get, path = "/api/millrace/messages/{messageId}", tag = "message",
    params(("messageId" = String, Path)), responses((status = 200, body = CapturedMessage)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(id): InPath<String>,
) -> Answer<CapturedMessage> {
    api.answer(move |platform| platform.replays.message(&caller, &id))
        .await
}

/// Run an uplink script over captured messages
///
/// Nothing is stored or sent. Each message runs through the given script and through the deployed one, with the
/// clock and the randomness it had when it came; rows tell what differs. A script that fails is an outcome, not
/// an error of the call. Ends at a bound of time or size with what it has, and says so in `stopped`.
#[utoipa::path(post, path = "/api/millrace/converter/run", tag = "message",
    request_body = ReplayRequest, responses((status = 200, body = ReplayReport)))]
pub(crate) async fn run(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(request): JsonBody<ReplayRequest>,
) -> Result<Json<ReplayReport>, ApiError> {
    Ok(Json(api.platform.replays.run(&caller, request).await?))
}
