//! Imports of rule chains that ask first what stands for entities that are not here.

use axum::extract::State;
use millrace_platform::chains::{AnsweredImport, ChainImport, ImportPlan};
use serde_json::Value;

use crate::{
    error::Answer,
    extract::{Caller, JsonBody},
    state::Api,
};

/// What importing a file of rule chains would do
///
/// The body is the file: an export of one chain or of several, or a list of them. The answer names
/// the entities that are not here, with what could take their place, and the nodes that would not
/// run. Nothing is changed.
#[utoipa::path(post, path = "/api/millrace/import/plan", tag = "rule chain",
    request_body = Object, responses((status = 200, body = ImportPlan)))]
pub(crate) async fn plan(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(content): JsonBody<Value>,
) -> Answer<ImportPlan> {
    api.answer(move |platform| platform.chains.plan_import(&caller, content))
        .await
}

/// Import a file of rule chains with the answers to its plan
///
/// A chain is saved with its nodes or not at all; what fails is told in its row.
#[utoipa::path(post, path = "/api/millrace/import/apply", tag = "rule chain",
    request_body = AnsweredImport, responses((status = 200, body = Vec<ChainImport>)))]
pub(crate) async fn apply(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(answered): JsonBody<AnsweredImport>,
) -> Answer<Vec<ChainImport>> {
    api.answer(move |platform| platform.chains.apply_import(&caller, answered))
        .await
}
