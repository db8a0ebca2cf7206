//! Rule chains in and out as a whole.

use axum::extract::State;
use millrace_model::entity::RuleChain;
use millrace_platform::chains::{ChainBundle, ChainImport};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    error::Answer,
    extract::{Caller, EntityBody, Query},
    state::Api,
};

/// The name of a chain to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct NewChain {
    name: String,
}

/// A new chain with the nodes a root chain starts with
#[utoipa::path(post, path = "/api/ruleChain/device/default", tag = "rule chain",
    request_body = NewChain, responses((status = 200, body = RuleChain)))]
pub(crate) async fn create_default(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(new): EntityBody<NewChain>,
) -> Answer<RuleChain> {
    api.answer(move |platform| platform.chains.create_default(&caller, &new.name))
        .await
}

/// The first chains with their nodes
#[utoipa::path(get, path = "/api/ruleChains/export", tag = "rule chain",
    params(("limit" = u32, Query)), responses((status = 200, body = ChainBundle)))]
pub(crate) async fn export(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<ChainBundle> {
    let limit = query.required_number("limit")?;
    api.answer(move |platform| platform.chains.export(&caller, limit))
        .await
}

/// Make the chains of an export
///
/// With `overwrite` a chain of the same name takes the nodes instead. A chain that cannot be made
/// says so in its row and stops no other.
#[utoipa::path(post, path = "/api/ruleChains/import", tag = "rule chain",
    params(("overwrite" = Option<bool>, Query)), request_body = ChainBundle,
    responses((status = 200, body = Vec<ChainImport>)))]
pub(crate) async fn import(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(bundle): EntityBody<ChainBundle>,
) -> Answer<Vec<ChainImport>> {
    let overwrite = query.flag("overwrite", false)?;
    api.answer(move |platform| platform.chains.import(&caller, bundle, overwrite))
        .await
}
