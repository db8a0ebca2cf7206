//! What the server says about itself: version, settings of the user interface, health, metrics.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use millrace_platform::debug_rule;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::ApiError,
    extract::{Caller, MAX_BODY_BYTES},
    state::Api,
};

/// Version and kind of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemInfo {
    /// Version of the program.
    version: &'static str,
    /// What runs.
    artifact: &'static str,
    /// Its name.
    name: &'static str,
    /// Feature set that clients may expect of integrations and converters.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Version of the server
#[utoipa::path(get, path = "/api/system/info", tag = "system",
    responses((status = 200, body = SystemInfo)))]
pub(crate) async fn info(_caller: Caller) -> Json<SystemInfo> {
    Json(SystemInfo {
        version: env!("CARGO_PKG_VERSION"),
        artifact: "application",
        name: "Millrace",
        kind: "PE",
    })
}

/// Settings a user interface asks for at its start.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemParams {
    user_token_access_enabled: bool,
    allowed_dashboard_ids: Vec<String>,
    edges_support_enabled: bool,
    has_repository: bool,
    /// Scripts may be written in TBEL.
    tbel_enabled: bool,
    persist_device_state_to_telemetry: bool,
    #[schema(value_type = Object)]
    user_settings: serde_json::Value,
    /// Most points a chart may ask for.
    max_datapoints_limit: u32,
    /// Largest request body in bytes.
    max_resource_size: usize,
    mobile_qr_enabled: bool,
    /// How long *all messages* lasts for a rule node (min).
    max_debug_mode_duration_minutes: i64,
}

/// Settings for the user interface
#[utoipa::path(get, path = "/api/system/params", tag = "system",
    responses((status = 200, body = SystemParams)))]
pub(crate) async fn params(_caller: Caller) -> Json<SystemParams> {
    Json(SystemParams {
        user_token_access_enabled: false,
        allowed_dashboard_ids: Vec::new(),
        edges_support_enabled: false,
        has_repository: false,
        tbel_enabled: true,
        persist_device_state_to_telemetry: false,
        user_settings: serde_json::json!({ "openedMenuSections": [] }),
        max_datapoints_limit: super::dashboard::MAX_DATAPOINTS,
        max_resource_size: MAX_BODY_BYTES,
        mobile_qr_enabled: false,
        max_debug_mode_duration_minutes: debug_rule::NODE_PERIOD_MS / 60_000,
    })
}

/// Figures in the Prometheus text format. Some are counted elsewhere and brought up to date now.
pub(crate) async fn metrics(State(api): State<Api>) -> Result<impl IntoResponse, ApiError> {
    api.run(|platform| {
        platform.record_figures();
        Ok(())
    })
    .await?;
    Ok((
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        api.metrics.render(),
    ))
}

/// The process answers.
pub(crate) async fn live() -> &'static str {
    "live"
}

/// The journal is replayed and the API serves; brokers do not matter.
pub(crate) async fn ready(State(api): State<Api>) -> (StatusCode, &'static str) {
    if (api.ready)() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "starting")
    }
}
