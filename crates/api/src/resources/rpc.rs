//! Commands to devices.
//!
//! Failures of the command itself have an empty body, as clients expect; the reason is in the
//! header `X-Millrace-Reason`.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use millrace_model::{
    EntityId, EntityType, Millis, PageData,
    entity::{Rpc, RpcStatus},
    id::{DeviceId, RpcId},
};
use millrace_platform::{
    calls::{CallFailure, CallOutcome, CallRequest, CallView},
    clock::now_ms,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, Id, InPath, JsonBody, Page, Query},
    state::Api,
};

const REASON: HeaderName = HeaderName::from_static("x-millrace-reason");

/// A command.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Command {
    /// Name of the method.
    method: Option<String>,
    /// Parameters, any JSON.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Object)]
    params: Option<Value>,
    /// Milliseconds the command may take, 10 000 when absent; at least 100, on the legacy path
    /// at least 5 000.
    timeout: Option<f64>,
    /// When the command is no use any more (ms); wins over `timeout`.
    expiration_time: Option<i64>,
    /// Whether the command is stored and outlives the request.
    persistent: Option<bool>,
    /// How often a stored command is sent again when no answer comes.
    retries: Option<u32>,
    /// Id of the call; made by the server when absent.
    #[serde(rename = "requestUUID")]
    request_uuid: Option<Uuid>,
    /// Free JSON that goes along as text.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Object)]
    additional_info: Option<Value>,
}

/// A null that is there is not the same as nothing.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The id of a stored command.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Stored {
    rpc_id: Uuid,
}

/// Which generation of the API is called.
#[derive(Clone, Copy)]
enum Generation {
    /// `/api/plugins/rpc`: 408 for what failed, timeouts of at least 5 s.
    Legacy,
    /// `/api/rpc`: 504, timeouts of at least 100 ms.
    Current,
}

impl Generation {
    fn least_timeout(self) -> Millis {
        match self {
            Self::Legacy => 5_000,
            Self::Current => 100,
        }
    }

    fn failed(self) -> StatusCode {
        match self {
            Self::Legacy => StatusCode::REQUEST_TIMEOUT,
            Self::Current => StatusCode::GATEWAY_TIMEOUT,
        }
    }
}

/// Send a command and wait until the broker has it
///
/// 200 with an empty body once one publish made for the command is with the broker. With
/// `persistent` the answer is `{"rpcId"}` at once.
#[utoipa::path(post, path = "/api/rpc/oneway/{deviceId}", tag = "command",
    params(("deviceId" = Uuid, Path)), request_body = Command,
    responses((status = 200), (status = 504, description = "nothing was with a broker; the header X-Millrace-Reason says why")))]
pub(crate) async fn oneway(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(device)): InPath<Id>,
    JsonBody(command): JsonBody<Command>,
) -> Result<Response, ApiError> {
    call(&api, caller, device, command, true, Generation::Current).await
}

/// Send a command and wait for the device's answer
///
/// 200 with the answer, which must be JSON (406 otherwise).
#[utoipa::path(post, path = "/api/rpc/twoway/{deviceId}", tag = "command",
    params(("deviceId" = Uuid, Path)), request_body = Command,
    responses((status = 200, body = Value), (status = 406), (status = 504)))]
pub(crate) async fn twoway(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(device)): InPath<Id>,
    JsonBody(command): JsonBody<Command>,
) -> Result<Response, ApiError> {
    call(&api, caller, device, command, false, Generation::Current).await
}

/// Send a command, as older clients do
///
/// As `/api/rpc/oneway`, with 408 in place of 504 and a timeout of at least 5 s.
#[utoipa::path(post, path = "/api/plugins/rpc/oneway/{deviceId}", tag = "command",
    params(("deviceId" = Uuid, Path)), request_body = Command,
    responses((status = 200), (status = 408)))]
pub(crate) async fn legacy_oneway(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(device)): InPath<Id>,
    JsonBody(command): JsonBody<Command>,
) -> Result<Response, ApiError> {
    call(&api, caller, device, command, true, Generation::Legacy).await
}

/// Send a command and wait for the answer, as older clients do
///
/// As `/api/rpc/twoway`, with 408 in place of 504 and a timeout of at least 5 s.
#[utoipa::path(post, path = "/api/plugins/rpc/twoway/{deviceId}", tag = "command",
    params(("deviceId" = Uuid, Path)), request_body = Command,
    responses((status = 200, body = Value), (status = 406), (status = 408)))]
pub(crate) async fn legacy_twoway(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(device)): InPath<Id>,
    JsonBody(command): JsonBody<Command>,
) -> Result<Response, ApiError> {
    call(&api, caller, device, command, false, Generation::Legacy).await
}

/// A stored command
#[utoipa::path(get, path = "/api/rpc/persistent/{rpcId}", tag = "command",
    params(("rpcId" = Uuid, Path)), responses((status = 200, body = Rpc)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Rpc> {
    api.answer(move |platform| platform.rpcs.get(&caller, RpcId(id)))
        .await
}

/// Take a stored command back and delete it
#[utoipa::path(delete, path = "/api/rpc/persistent/{rpcId}", tag = "command",
    params(("rpcId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    caller.require_admin()?;
    api.run(move |platform| platform.rpcs.delete(&caller, RpcId(id)))
        .await
}

/// The stored commands of a device
#[utoipa::path(get, path = "/api/rpc/persistent/device/{deviceId}", tag = "command",
    params(("deviceId" = Uuid, Path), Page, ("rpcStatus" = Option<RpcStatus>, Query)),
    responses((status = 200, body = PageData<Rpc>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(device)): InPath<Id>,
    query: Query,
) -> Answer<PageData<Rpc>> {
    let status = match query.text("rpcStatus") {
        None => None,
        Some(text) => match serde_json::from_value(Value::from(text)) {
            Ok(RpcStatus::Deleted) | Err(_) => {
                return Err(ApiError::bad_request(format!(
                    "query parameter rpcStatus must be QUEUED, SENT, DELIVERED, SUCCESSFUL, TIMEOUT, EXPIRED or FAILED: {text}"
                )));
            }
            Ok(status) => Some(status),
        },
    };
    let link = Page::of(&query)?.link();
    api.answer(move |platform| platform.rpcs.page(&caller, DeviceId(device), status, &link))
        .await
}

/// Open and recent commands of a device, newest first
#[utoipa::path(get, path = "/api/millrace/device/{deviceId}/commands", tag = "command",
    params(("deviceId" = Uuid, Path)), responses((status = 200, body = Vec<CallView>)))]
pub(crate) async fn of_device(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(device)): InPath<Id>,
) -> Answer<Vec<CallView>> {
    api.answer(move |platform| {
        let device = platform.devices.get(&caller, DeviceId(device))?;
        let id = device.id.unwrap_or_default();
        Ok(platform.calls.of_device(caller.tenant, id.into()))
    })
    .await
}

async fn call(
    api: &Api,
    caller: Caller,
    device: Uuid,
    command: Command,
    oneway: bool,
    generation: Generation,
) -> Result<Response, ApiError> {
    let method = command
        .method
        .filter(|method| !method.trim().is_empty())
        .ok_or_else(|| {
            ApiError::bad_request("method should be specified: give the name of the method")
        })?;
    let timeout = timeout_ms(command.timeout)?.max(generation.least_timeout());
    let retries = command.retries;
    let persistent = command.persistent.unwrap_or(false);
    // A stored command with retries lives as long as they take.
    let attempts = match retries {
        Some(retries) if persistent => i64::from(retries.min(1_000)) + 1,
        _ => 1,
    };
    let request = CallRequest {
        id: command.request_uuid,
        customer: caller.customer,
        method,
        params: command.params.map(|params| params.to_string()),
        additional_info: command.additional_info.map(|info| info.to_string()),
        oneway,
        expires: command
            .expiration_time
            .unwrap_or_else(|| now_ms().saturating_add(timeout.saturating_mul(attempts))),
        retries,
    };
    let started = api
        .run(move |platform| {
            // Whose device it is, is asked each time; the rest may come from the cache.
            platform.devices.get(&caller, DeviceId(device))?;
            let device = EntityId::new(EntityType::Device, device);
            let known = platform.calls.device(caller.tenant, device)?;
            if persistent {
                let id = platform.rpcs.start(&known, request, timeout)?;
                Ok(Started::Stored(id))
            } else {
                let (_, end) = platform.calls.call(&known, request)?;
                Ok(Started::Open(end))
            }
        })
        .await;
    let end = match started {
        Ok(Started::Stored(id)) => return Ok(Json(Stored { rpc_id: id.0 }).into_response()),
        Ok(Started::Open(end)) => end,
        Err(error) if error.status() == StatusCode::NOT_FOUND => {
            return Ok(refused(StatusCode::NOT_FOUND, error.message()));
        }
        Err(error) => return Err(error),
    };
    Ok(match end.await {
        Ok(CallOutcome::Taken) => StatusCode::OK.into_response(),
        Ok(CallOutcome::Answered(answer)) => answered(&answer),
        Ok(CallOutcome::Failed(CallFailure { reason, .. })) => {
            refused(generation.failed(), &reason)
        }
        Err(_) => refused(generation.failed(), "the server stops"),
    })
}

enum Started {
    Stored(RpcId),
    Open(tokio::sync::oneshot::Receiver<CallOutcome>),
}

/// Numbers come with or without a fraction, and negative ones mean nothing.
fn timeout_ms(timeout: Option<f64>) -> Result<Millis, ApiError> {
    match timeout {
        None => Ok(10_000),
        Some(ms) if ms.is_finite() && (0.0..1.0e12).contains(&ms) => Ok(ms as Millis),
        Some(_) => Err(ApiError::bad_request(
            "timeout should be a number of milliseconds",
        )),
    }
}

/// The device's answer as it came; text that is no JSON is no answer for a client of this API.
fn answered(answer: &str) -> Response {
    if serde_json::from_str::<serde::de::IgnoredAny>(answer).is_err() {
        let shown: String = answer.chars().take(200).collect();
        let reason = format!("the device answered with what is no JSON: {shown}");
        return refused(StatusCode::NOT_ACCEPTABLE, &reason);
    }
    (
        [(header::CONTENT_TYPE, "application/json")],
        answer.to_owned(),
    )
        .into_response()
}

/// An empty body, with the reason in the header.
fn refused(status: StatusCode, reason: &str) -> Response {
    let plain: String = reason
        .chars()
        .map(|c| if (' '..='~').contains(&c) { c } else { '?' })
        .take(1_000)
        .collect();
    let mut response = status.into_response();
    if let Ok(value) = HeaderValue::from_str(&plain) {
        response.headers_mut().insert(REASON, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_that_is_there_is_told_from_nothing() {
        let read = |json: &str| serde_json::from_str::<Command>(json).unwrap().params;
        assert_eq!(read(r#"{"method":"m"}"#), None);
        assert_eq!(read(r#"{"method":"m","params":null}"#), Some(Value::Null));
        assert_eq!(read(r#"{"params":"33"}"#).unwrap().to_string(), "\"33\"");
    }

    #[test]
    fn timeouts_are_numbers_of_milliseconds() {
        assert_eq!(timeout_ms(None).unwrap(), 10_000);
        assert_eq!(timeout_ms(Some(500.0)).unwrap(), 500);
        assert!(timeout_ms(Some(-1.0)).is_err() && timeout_ms(Some(f64::NAN)).is_err());
    }

    #[test]
    fn a_reason_fits_into_a_header() {
        let response = refused(StatusCode::GATEWAY_TIMEOUT, "line\nzeile ä");
        assert_eq!(response.headers()[REASON], "line?zeile ?");
        assert_eq!(answered("OK").status(), StatusCode::NOT_ACCEPTABLE);
        assert_eq!(answered("{\"a\":1}").status(), StatusCode::OK);
    }
}
