//! The forms in which files hold rule chains.

use std::collections::HashMap;

use millrace_model::entity::{RuleChain, RuleChainMetaData};
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::transfer::{CHAINS_MAX, ChainBundle, ReferenceName};
use crate::{PlatformError, Result};

/// Name of a chain whose file has none.
const NAMELESS: &str = "Imported rule chain";

/// One chain in a file of its own, or inside a version-control export.
#[derive(Deserialize)]
struct OneChain {
    #[serde(rename = "ruleChain", alias = "entity")]
    chain: Option<RuleChain>,
    #[serde(alias = "metaData")]
    metadata: RuleChainMetaData,
    #[serde(default)]
    references: HashMap<Uuid, ReferenceName>,
}

/// Reads a file: a bundle, one chain with its metadata, metadata alone, or a list of these.
///
/// # Errors
/// [`PlatformError::Invalid`] when it is none of them.
pub(super) fn read(content: Json) -> Result<ChainBundle> {
    let mut bundle = ChainBundle::default();
    add(content, &mut bundle, 2)?;
    if bundle.rule_chains.len() > CHAINS_MAX {
        return Err(invalid(format!(
            "content has more than {CHAINS_MAX} rule chains: import them in parts"
        )));
    }
    Ok(bundle)
}

fn add(content: Json, bundle: &mut ChainBundle, depth: usize) -> Result<()> {
    let unread =
        |error: serde_json::Error| invalid(format!("content holds no rule chain: {error}"));
    match without_nulls(content) {
        Json::Array(files) if depth > 0 => {
            for file in files {
                add(file, bundle, depth - 1)?;
            }
        }
        Json::Object(members) if members.contains_key("ruleChains") => {
            let more: ChainBundle =
                serde_json::from_value(Json::Object(members)).map_err(unread)?;
            bundle.rule_chains.extend(more.rule_chains);
            bundle.metadata.extend(more.metadata);
            bundle.references.extend(more.references);
        }
        Json::Object(members) if members.contains_key("nodes") => {
            let metadata = serde_json::from_value(Json::Object(members)).map_err(unread)?;
            pair(bundle, RuleChain::default(), metadata);
        }
        other => {
            let one: OneChain = serde_json::from_value(other).map_err(unread)?;
            bundle.references.extend(one.references);
            pair(bundle, one.chain.unwrap_or_default(), one.metadata);
        }
    }
    Ok(())
}

/// Members that hold rows of known objects, or one of them.
const ROWS: [&str; 8] = [
    "entity",
    "ruleChain",
    "ruleChains",
    "metadata",
    "metaData",
    "nodes",
    "connections",
    "ruleChainConnections",
];

/// Without null members of files, chains, nodes and connections: older programs write null for
/// what is absent. What is free JSON stays as it is.
fn without_nulls(mut json: Json) -> Json {
    fn clean(json: &mut Json, depth: usize) {
        match json {
            Json::Array(rows) if depth > 0 => {
                for row in rows {
                    clean(row, depth - 1);
                }
            }
            Json::Object(members) if depth > 0 => {
                members.retain(|_, value| !value.is_null());
                for row in ROWS {
                    if let Some(value) = members.get_mut(row) {
                        clean(value, depth - 1);
                    }
                }
            }
            _ => {}
        }
    }
    clean(&mut json, 8);
    json
}

/// Adds a chain with its metadata; files without ids get one that holds them together.
fn pair(bundle: &mut ChainBundle, mut chain: RuleChain, mut metadata: RuleChainMetaData) {
    let id = chain.id.or(metadata.rule_chain_id).unwrap_or_default();
    chain.id = Some(id);
    metadata.rule_chain_id = Some(id);
    if chain.name.trim().is_empty() {
        NAMELESS.clone_into(&mut chain.name);
    }
    bundle.rule_chains.push(chain);
    bundle.metadata.push(metadata);
}

fn invalid(message: String) -> PlatformError {
    PlatformError::invalid("content", message)
}
