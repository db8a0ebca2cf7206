//! What is doubtful in a rule chain, and what went through it.

use axum::extract::State;
use millrace_model::{
    entity::RuleChainMetaData,
    id::{RuleChainId, RuleNodeId},
};
use millrace_platform::{chains::ChainFinding, rules::NodeCounts};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::Answer,
    extract::{Caller, EntityBody, Id, InPath},
    state::Api,
};

/// Figures of one node.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CountedNode {
    /// The node.
    id: RuleNodeId,
    /// Its figures since the server started.
    #[serde(flatten)]
    counts: NodeCounts,
}

/// What is doubtful in the nodes and connections of a rule chain
///
/// The chain need not be saved: unknown nodes, wrong settings, entities that are missing, nodes
/// without a way to them, labels that are never given, attributes read under another prefix.
#[utoipa::path(post, path = "/api/millrace/ruleChain/lint", tag = "rule chain",
    request_body = RuleChainMetaData, responses((status = 200, body = Vec<ChainFinding>)))]
pub(crate) async fn lint(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(chain): EntityBody<RuleChainMetaData>,
) -> Answer<Vec<ChainFinding>> {
    api.answer(move |platform| platform.chains.lint(&caller, chain))
        .await
}

/// What went through the nodes of a rule chain
///
/// In the order of its metadata; empty for a chain that does not run.
#[utoipa::path(get, path = "/api/millrace/ruleChain/{ruleChainId}/counters", tag = "rule chain",
    params(("ruleChainId" = Uuid, Path)), responses((status = 200, body = Vec<CountedNode>)))]
pub(crate) async fn counters(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Vec<CountedNode>> {
    api.answer(move |platform| {
        let id = RuleChainId(id);
        platform.chains.get(&caller, id)?;
        let chain = platform.path.chains().get(caller.tenant, id);
        let counts = chain.map(|chain| chain.counts()).unwrap_or_default();
        Ok(counts
            .into_iter()
            .map(|(id, counts)| CountedNode { id, counts })
            .collect())
    })
    .await
}
