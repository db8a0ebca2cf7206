//! The index: every path and the handler behind it.

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderValue, Method, StatusCode, Uri, header::X_CONTENT_TYPE_OPTIONS},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use millrace_model::{
    AttributeScope, EntityType,
    entity::{ConverterType, RuleChainType, ScriptLang},
    event::EventType,
    telemetry::Aggregation,
};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    description,
    error::{ApiError, ErrorBody, ErrorCode},
    extract::MAX_BODY_BYTES,
    resources::*,
    state::{Api, ApiState},
    ws,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Millrace",
        description = "REST API of the Millrace IoT integration platform. Times are milliseconds \
                       since 1970 in UTC; ids are objects with entityType and id in bodies and \
                       bare UUIDs in paths.",
    ),
    // Named by parameters only, which do not bring their types along.
    components(schemas(
        ErrorBody,
        Aggregation,
        AttributeScope,
        ConverterType,
        EntityType,
        EventType,
        RuleChainType,
        ScriptLang,
    )),
    security(("token" = [])),
)]
struct Description;

/// Every path with its description. Aliases that older clients use have no description of their own.
fn paths() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Description::openapi())
        // auth
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::user))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::change_password))
        .routes(routes!(activation::link))
        .routes(routes!(activation::link_info))
        .routes(routes!(activation::activate))
        .routes(routes!(activation::policy))
        .routes(routes!(activation::set_password))
        // alarms
        .routes(routes!(alarm::save))
        .routes(routes!(alarm::get, alarm::delete))
        .routes(routes!(alarm::info))
        .routes(routes!(alarm::acknowledge))
        .routes(routes!(alarm::clear))
        .routes(routes!(alarm::assign))
        .routes(routes!(alarm::unassign))
        .routes(routes!(alarm::of_entity))
        .routes(routes!(alarm::all))
        .routes(routes!(alarm::of_entity_by_lists))
        .routes(routes!(alarm::all_by_lists))
        .routes(routes!(alarm::highest_severity))
        .routes(routes!(alarm::types))
        .routes(routes!(alarm::find))
        .routes(routes!(alarm::count))
        // API keys
        .routes(routes!(api_key::create))
        .routes(routes!(api_key::delete))
        .routes(routes!(api_key::page))
        .routes(routes!(api_key::enable))
        .routes(routes!(api_key::describe))
        // assets
        .routes(routes!(asset::save))
        .routes(routes!(asset::get, asset::delete))
        .routes(routes!(asset::types))
        .routes(routes!(asset::by_name))
        .routes(routes!(asset::tenant_page))
        .routes(routes!(asset::user_page))
        .routes(routes!(asset::list, asset::search))
        .routes(routes!(asset::customer_page))
        .routes(routes!(asset::group_page))
        // asset profiles
        .routes(routes!(asset_profile::save))
        .routes(routes!(asset_profile::get, asset_profile::delete))
        .routes(routes!(asset_profile::set_default))
        .routes(routes!(asset_profile::page))
        .routes(routes!(asset_profile::names))
        .routes(routes!(asset_profile::default_info))
        .routes(routes!(asset_profile::info))
        .routes(routes!(asset_profile::infos))
        .routes(routes!(asset_profile::info_list))
        // converters
        .routes(routes!(converter::save))
        .routes(routes!(converter::get, converter::delete))
        .routes(routes!(converter::page))
        .routes(routes!(converter::list))
        .routes(routes!(converter::test_up_link))
        .routes(routes!(converter::test_down_link))
        .routes(routes!(converter::debug_in))
        // customers
        .routes(routes!(customer::save))
        .routes(routes!(customer::get, customer::delete))
        .routes(routes!(customer::by_title))
        .routes(routes!(customer::page))
        .routes(routes!(customer::list))
        .routes(routes!(customer::group_page))
        // dashboards
        .routes(routes!(dashboard::save))
        .routes(routes!(dashboard::get, dashboard::delete))
        .routes(routes!(dashboard::info))
        .routes(routes!(dashboard::tenant_page))
        .routes(routes!(dashboard::page_of_tenant))
        .routes(routes!(dashboard::user_page))
        .routes(routes!(dashboard::all))
        .routes(routes!(dashboard::list))
        .routes(routes!(dashboard::customer_page))
        .routes(routes!(dashboard::group_page))
        .routes(routes!(dashboard::assign, dashboard::unassign))
        .routes(routes!(dashboard::note))
        .routes(routes!(dashboard::home))
        .routes(routes!(dashboard::home_info))
        .routes(routes!(dashboard::tenant_home, dashboard::set_tenant_home))
        .routes(routes!(dashboard::server_time))
        .routes(routes!(dashboard::max_datapoints))
        // devices
        .routes(routes!(device::save))
        .routes(routes!(device::save_with_credentials))
        .routes(routes!(device::get, device::delete))
        .routes(routes!(device::info))
        .routes(routes!(device::types))
        .routes(routes!(device::credentials))
        .routes(routes!(device::save_credentials))
        .routes(routes!(device::by_name))
        .routes(routes!(device::tenant_page))
        .routes(routes!(device::user_page))
        .routes(routes!(device::list, device::search))
        .routes(routes!(device::customer_page))
        .routes(routes!(device::group_page))
        .routes(routes!(device::infos))
        .routes(routes!(device::customer_infos))
        // device profiles
        .routes(routes!(device_profile::save))
        .routes(routes!(device_profile::get, device_profile::delete))
        .routes(routes!(device_profile::set_default))
        .routes(routes!(device_profile::page))
        .routes(routes!(device_profile::names))
        .routes(routes!(device_profile::default_info))
        .routes(routes!(device_profile::info))
        .routes(routes!(device_profile::infos))
        .routes(routes!(device_profile::info_list))
        // entity groups
        .routes(routes!(entity_group::save))
        .routes(routes!(entity_group::get, entity_group::delete))
        .routes(routes!(entity_group::all_group))
        .routes(routes!(entity_group::by_name))
        .routes(routes!(entity_group::page))
        .routes(routes!(entity_group::owner_page))
        .routes(routes!(entity_group::all))
        .routes(routes!(entity_group::owner_all))
        .routes(routes!(entity_group::of_entity))
        .routes(routes!(entity_group::list))
        .route("/api/entityGroups", get(entity_group::list))
        .routes(routes!(entity_group::members))
        .routes(routes!(entity_group::member))
        .routes(routes!(entity_group::add))
        .routes(routes!(entity_group::remove))
        // entity queries
        .routes(routes!(entity_query::find))
        .routes(routes!(entity_query::count))
        .routes(routes!(entity_query::keys))
        .routes(routes!(entity_query::keys_in_groups))
        // events
        .routes(routes!(event::page))
        .route(
            "/api/events/{entityType}/{entityId}",
            get(event::lifecycle_page),
        )
        .routes(routes!(event::page_of_type))
        .routes(routes!(event::clear))
        .routes(routes!(event::counters))
        // integrations
        .routes(routes!(integration::save))
        .routes(routes!(integration::check))
        .routes(routes!(integration::get, integration::delete))
        .routes(routes!(integration::by_routing_key))
        .routes(routes!(integration::page))
        .routes(routes!(integration::infos))
        .routes(routes!(integration::list))
        .routes(routes!(integration::status))
        .routes(routes!(integration::converters_info))
        // captured messages
        .routes(routes!(message::page))
        .routes(routes!(message::get))
        .routes(routes!(message::run))
        // notifications
        .routes(routes!(notification::page))
        .routes(routes!(notification::unread_count))
        .routes(routes!(notification::mark_read))
        .routes(routes!(notification::mark_all_read))
        .routes(routes!(notification::delete))
        .routes(routes!(notification::delivery_methods))
        // owners and permissions
        .routes(routes!(owner::change))
        .routes(routes!(permission::allowed))
        // relations
        .routes(routes!(relation::save, relation::delete))
        .routes(routes!(relation::get))
        .route(
            "/api/relation",
            post(relation::save_quietly).delete(relation::delete_quietly),
        )
        .routes(routes!(relation::find, relation::delete_all))
        .route("/api/relations", get(relation::by_query))
        .routes(routes!(relation::find_infos))
        .route("/api/relations/info", get(relation::info_by_query))
        .routes(routes!(relation::from))
        .routes(routes!(relation::from_of_type))
        .routes(routes!(relation::to))
        .routes(routes!(relation::to_of_type))
        .routes(routes!(relation::info_from))
        .routes(routes!(relation::info_to))
        // commands to devices
        .routes(routes!(rpc::oneway))
        .routes(routes!(rpc::twoway))
        .routes(routes!(rpc::legacy_oneway))
        .routes(routes!(rpc::legacy_twoway))
        .routes(routes!(rpc::get, rpc::delete))
        .routes(routes!(rpc::page))
        .routes(routes!(rpc::of_device))
        // rule chains
        .routes(routes!(rule_chain::save))
        .routes(routes!(rule_chain::get, rule_chain::delete))
        .routes(routes!(rule_chain::page))
        .routes(routes!(rule_chain::list))
        .routes(routes!(rule_chain::metadata))
        .routes(routes!(rule_chain::save_metadata))
        .routes(routes!(rule_chain::set_root))
        .routes(routes!(rule_chain::tbel_enabled))
        .routes(routes!(rule_chain::test_script))
        .routes(routes!(rule_chain::node_debug_in))
        .routes(routes!(rule_chain_bundle::create_default))
        .routes(routes!(rule_chain_bundle::export))
        .routes(routes!(rule_chain_bundle::import))
        .routes(routes!(rule_chain_import::plan))
        .routes(routes!(rule_chain_import::apply))
        .routes(routes!(rule_chain_check::lint))
        .routes(routes!(rule_chain_check::counters))
        .routes(routes!(component::of_types))
        .routes(routes!(component::of_type))
        .routes(routes!(component::get))
        // scripts
        .routes(routes!(script::analyze_script))
        // telemetry and attributes
        .routes(routes!(telemetry::read::latest))
        .routes(routes!(telemetry::read::history))
        .routes(routes!(telemetry::read::series_keys))
        .routes(routes!(telemetry::save::save))
        .routes(routes!(telemetry::save::save_with_ttl))
        .routes(routes!(telemetry::delete::delete))
        .routes(routes!(telemetry::attributes::all))
        .routes(routes!(telemetry::attributes::of_scope))
        .routes(routes!(telemetry::attributes::all_keys))
        .routes(routes!(telemetry::attributes::keys_of_scope))
        .routes(routes!(telemetry::attributes::save))
        .routes(routes!(telemetry::attributes::delete))
        .route(
            "/api/plugins/telemetry/{entityType}/{entityId}/{scope}",
            post(telemetry::attributes::save),
        )
        .route(
            "/api/plugins/telemetry/{deviceId}/{scope}",
            post(telemetry::attributes::save_of_device)
                .delete(telemetry::attributes::delete_of_device),
        )
        // tenant
        .routes(routes!(tenant::get))
        .routes(routes!(tenant::save))
        // users
        .routes(routes!(user::save))
        .routes(routes!(user::get, user::delete))
        .routes(routes!(user::set_enabled))
        .routes(routes!(user::page))
        .routes(routes!(user::customer_page))
        .routes(routes!(user::list))
        .route("/api/users", get(user::list))
        // widgets
        .routes(routes!(widget::types))
        .routes(routes!(widget::bundles))
        // system
        .routes(routes!(system::info))
        .routes(routes!(system::params))
}

/// All doors of the server, ready to serve.
pub fn router(state: ApiState) -> Router {
    metrics::describe_counter!(
        "millrace_http_requests_total",
        "Requests by operation and status"
    );
    metrics::describe_gauge!(
        "millrace_websocket_sessions",
        "Open WebSocket clients that signed in"
    );
    let (router, described) = paths().split_for_parts();
    let described = docs::Description::new(&description::complete(described));
    let router = router
        .route("/api/ws", get(ws::current))
        .route("/api/ws/plugins/telemetry", get(ws::older))
        .route("/api/ws/plugins/notifications", get(ws::older))
        .route("/api/openapi.json", get(move || described.answer()))
        .route("/api/docs", get(docs::page))
        .route("/metrics", get(system::metrics))
        .route("/health/live", get(system::live))
        .route("/health/ready", get(system::ready))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Api::new(state));
    guarded(router)
}

/// What holds for every request: bodies are bounded, a panic is answered, and no browser guesses
/// at the kind of a plain-text reason.
fn guarded(router: Router) -> Router {
    let nosniff = HeaderValue::from_static("nosniff");
    router
        .layer(middleware::from_fn(counted))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            nosniff,
        ))
        .layer(CatchPanicLayer::custom(panicked))
}

/// The description of the API for tools.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    description::complete(paths().split_for_parts().1)
}

/// Counts requests by operation and outcome.
async fn counted(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or("unknown", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    metrics::counter!("millrace_http_requests_total", "path" => path, "status" => status)
        .increment(1);
    response
}

async fn unknown_path(uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        ErrorCode::NotFound,
        format!("there is nothing at {}", uri.path()),
    )
}

async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::BadRequest,
        format!("method {method} is not supported at {}", uri.path()),
    )
}

// The layer wants exactly this signature.
#[allow(clippy::needless_pass_by_value)]
fn panicked(payload: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let detail = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no detail");
    tracing::error!(detail, "a request panicked");
    ApiError::internal("the request failed inside the server, the server log has the reason")
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_with_the_error_body_and_tells_nothing_else() {
        async fn broken() -> &'static str {
            panic!("the secret is 42")
        }
        let router = guarded(Router::new().route("/", get(broken)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });
        let reply = reqwest::get(format!("http://{address}/")).await.unwrap();
        assert_eq!(reply.status(), 500);
        let text = reply.text().await.unwrap();
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&body["status"], &body["errorCode"]),
            (&500.into(), &2.into())
        );
        assert!(!text.contains("secret"), "{text}");
    }
}
