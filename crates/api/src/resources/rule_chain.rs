//! Rule chains, and their nodes and connections.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    PageData,
    entity::{RuleChain, RuleChainMetaData, RuleChainType},
    id::{RuleChainId, RuleNodeId},
};
use millrace_platform::{
    chains::{ScriptTest, test_script as run_script},
    converter::TestOutcome,
};
use serde_json::Value;

use super::converter::script_lang;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update a rule chain
#[utoipa::path(post, path = "/api/ruleChain", tag = "rule chain", request_body = RuleChain,
    responses((status = 200, body = RuleChain)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(chain): EntityBody<RuleChain>,
) -> Answer<RuleChain> {
    api.answer(move |platform| platform.chains.save(&caller, chain))
        .await
}

/// A rule chain
#[utoipa::path(get, path = "/api/ruleChain/{ruleChainId}", tag = "rule chain",
    params(("ruleChainId" = Uuid, Path)), responses((status = 200, body = RuleChain)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<RuleChain> {
    api.answer(move |platform| platform.chains.get(&caller, RuleChainId(id)))
        .await
}

/// Delete a rule chain that is neither root nor used by a profile
#[utoipa::path(delete, path = "/api/ruleChain/{ruleChainId}", tag = "rule chain",
    params(("ruleChainId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.chains.delete(&caller, RuleChainId(id)))
        .await
}

/// A page of rule chains
#[utoipa::path(get, path = "/api/ruleChains", tag = "rule chain",
    params(Page, ("type" = Option<RuleChainType>, Query)),
    responses((status = 200, body = PageData<RuleChain>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("ruleChainIds") {
        return Ok(list(State(api), caller, query).await?.into_response());
    }
    let link = Page::of(&query)?.link();
    let chain_type = match query.text("type") {
        None => None,
        Some("CORE") => Some(RuleChainType::Core),
        Some("EDGE") => Some(RuleChainType::Edge),
        Some(other) => {
            return Err(ApiError::bad_request(format!(
                "query parameter type must be CORE or EDGE: {other}"
            )));
        }
    };
    let page = api
        .run(move |platform| platform.chains.page(&caller, chain_type, &link))
        .await?;
    Ok(Json(page).into_response())
}

/// Rule chains by id
#[utoipa::path(get, path = "/api/ruleChains/list", tag = "rule chain",
    params(("ruleChainIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<RuleChain>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<RuleChain>> {
    let ids = query.uuids("ruleChainIds")?;
    api.answer(move |platform| platform.chains.list(&caller, &ids))
        .await
}

/// Nodes and connections of a rule chain
#[utoipa::path(get, path = "/api/ruleChain/{ruleChainId}/metadata", tag = "rule chain",
    params(("ruleChainId" = Uuid, Path)), responses((status = 200, body = RuleChainMetaData)))]
pub(crate) async fn metadata(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<RuleChainMetaData> {
    api.answer(move |platform| platform.chains.metadata(&caller, RuleChainId(id)))
        .await
}

/// Replace nodes and connections of a rule chain
///
/// Nodes with an id are updated, those without are made, those left out are removed.
#[utoipa::path(post, path = "/api/ruleChain/metadata", tag = "rule chain",
    request_body = RuleChainMetaData, responses((status = 200, body = RuleChainMetaData)))]
pub(crate) async fn save_metadata(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(metadata): EntityBody<RuleChainMetaData>,
) -> Answer<RuleChainMetaData> {
    api.answer(move |platform| platform.chains.save_metadata(&caller, metadata))
        .await
}

/// Make a rule chain the root chain
#[utoipa::path(post, path = "/api/ruleChain/{ruleChainId}/root", tag = "rule chain",
    params(("ruleChainId" = Uuid, Path)), responses((status = 200, body = RuleChain)))]
pub(crate) async fn set_root(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<RuleChain> {
    api.answer(move |platform| platform.chains.set_root(&caller, RuleChainId(id)))
        .await
}

/// Whether scripts may be written in TBEL
#[utoipa::path(get, path = "/api/ruleChain/tbelEnabled", tag = "rule chain",
    responses((status = 200, body = bool)))]
pub(crate) async fn tbel_enabled(_caller: Caller) -> Json<bool> {
    Json(true)
}

/// The last message that entered a node, as a script test wants it
///
/// Null when no debug event holds one.
#[utoipa::path(get, path = "/api/ruleNode/{ruleNodeId}/debugIn", tag = "rule chain",
    params(("ruleNodeId" = Uuid, Path)), responses((status = 200, body = Object)))]
pub(crate) async fn node_debug_in(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Option<Value>> {
    api.answer(move |platform| platform.events.latest_node_input(&caller, RuleNodeId(id)))
        .await
}

/// Run a script of a rule node
///
/// A failing script is no failure of the call: the reason is in `error`.
#[utoipa::path(post, path = "/api/ruleChain/testScript", tag = "rule chain",
    params(("scriptLang" = Option<millrace_model::entity::ScriptLang>, Query,
        description = "absent means JS")),
    request_body = ScriptTest, responses((status = 200, body = TestOutcome)))]
pub(crate) async fn test_script(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(test): EntityBody<ScriptTest>,
) -> Answer<TestOutcome> {
    let lang = script_lang(&query)?;
    caller.require_admin()?;
    api.answer(move |_| run_script(lang, &test)).await
}
