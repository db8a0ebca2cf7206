//! Chains out of one tenant and into another, with the references among them kept.

use std::collections::HashMap;

use millrace_model::{
    PageLink,
    entity::{RuleChain, RuleChainMetaData, RuleChainType, RuleNode},
    id::RuleChainId,
};
use millrace_store::entities::EntityFilter;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Chains, default_root::default_root_metadata, metadata::RULE_CHAIN_NODE};
use crate::{PlatformError, Result, Scope, access, records::by_creation};

/// Most chains of one export or import.
const CHAINS_MAX: usize = 1_000;

/// Chains with their nodes; metadata belong to the chain whose id they name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ChainBundle {
    /// The chains.
    pub rule_chains: Vec<RuleChain>,
    /// Their nodes and connections.
    pub metadata: Vec<RuleChainMetaData>,
}

/// What became of one chain of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainImport {
    /// The chain here; absent when it could not be made.
    pub rule_chain_id: Option<RuleChainId>,
    /// Its name.
    pub rule_chain_name: String,
    /// Whether a chain of that name was overwritten.
    pub updated: bool,
    /// Why it could not be imported.
    pub error: Option<String>,
}

impl Chains {
    /// A new chain with the nodes a root chain starts with, for a device profile.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing name.
    pub fn create_default(&self, scope: &Scope, name: &str) -> Result<RuleChain> {
        let chain = self.save(
            scope,
            RuleChain {
                name: name.to_owned(),
                ..RuleChain::default()
            },
        )?;
        self.save_metadata(
            scope,
            RuleChainMetaData {
                rule_chain_id: chain.id,
                ..default_root_metadata()
            },
        )?;
        self.get(scope, chain.id.unwrap_or_default())
    }

    /// The first `limit` chains with their nodes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn export(&self, scope: &Scope, limit: u32) -> Result<ChainBundle> {
        access::require_admin(scope)?;
        let link = PageLink {
            page_size: limit.clamp(1, u32::try_from(CHAINS_MAX).unwrap_or(u32::MAX)),
            ..by_creation()
        };
        let rule_chains = self.page(scope, Some(RuleChainType::Core), &link)?.data;
        let metadata = rule_chains
            .iter()
            .filter_map(|chain| chain.id)
            .map(|id| self.metadata(scope, id))
            .collect::<Result<_>>()?;
        Ok(ChainBundle {
            rule_chains,
            metadata,
        })
    }

    /// Makes the chains of a bundle; with `overwrite` a chain of the same name and type takes
    /// the nodes instead. Nodes that call a chain of the bundle call the one made for it. One
    /// chain's failure is told in its row and stops no other.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for too many chains.
    pub fn import(
        &self,
        scope: &Scope,
        bundle: ChainBundle,
        overwrite: bool,
    ) -> Result<Vec<ChainImport>> {
        access::require_admin(scope)?;
        if bundle.rule_chains.len() > CHAINS_MAX {
            return Err(PlatformError::invalid(
                "ruleChains",
                format!("ruleChains has more than {CHAINS_MAX} entries: import them in parts"),
            ));
        }
        let mut here: HashMap<Uuid, RuleChainId> = HashMap::new();
        let mut rows = Vec::with_capacity(bundle.rule_chains.len());
        for chain in bundle.rule_chains {
            let there = chain.id;
            let row = self.import_chain(scope, chain, overwrite);
            if let (Some(there), Some(id)) = (there, row.rule_chain_id) {
                here.insert(there.0, id);
            }
            rows.push(row);
        }
        for mut metadata in bundle.metadata {
            let Some(id) = metadata
                .rule_chain_id
                .and_then(|there| here.get(&there.0).copied())
            else {
                continue;
            };
            metadata.rule_chain_id = Some(id);
            metadata.version = None;
            rebind(&mut metadata, &here);
            if let Err(error) = self.save_metadata(scope, metadata)
                && let Some(row) = rows.iter_mut().find(|row| row.rule_chain_id == Some(id))
            {
                row.error = Some(error.to_string());
            }
        }
        Ok(rows)
    }

    fn import_chain(&self, scope: &Scope, sent: RuleChain, overwrite: bool) -> ChainImport {
        let name = sent.name.clone();
        let found = if overwrite {
            self.namesake(scope, &sent)
        } else {
            Ok(None)
        };
        let outcome = found.and_then(|old| {
            let updated = old.is_some();
            let chain = RuleChain {
                id: old.and_then(|old| old.id),
                version: None,
                ..sent
            };
            Ok((self.save(scope, chain)?, updated))
        });
        match outcome {
            Ok((chain, updated)) => ChainImport {
                rule_chain_id: chain.id,
                rule_chain_name: chain.name,
                updated,
                error: None,
            },
            Err(error) => ChainImport {
                rule_chain_id: None,
                rule_chain_name: name,
                updated: false,
                error: Some(error.to_string()),
            },
        }
    }

    fn namesake(&self, scope: &Scope, sent: &RuleChain) -> Result<Option<RuleChain>> {
        let mut found = None;
        let all = EntityFilter::default();
        self.records
            .walk(scope, &all, by_creation(), |chain: RuleChain| {
                if chain.name == sent.name.trim() && chain.chain_type == sent.chain_type {
                    found = Some(chain);
                }
                Ok(found.is_none())
            })?;
        Ok(found)
    }
}

/// Points references to chains of the bundle at the ones made for them, and lets go of ids that
/// mean nothing here.
fn rebind(metadata: &mut RuleChainMetaData, here: &HashMap<Uuid, RuleChainId>) {
    for node in &mut metadata.nodes {
        node.id = None;
        if node.node_type == RULE_CHAIN_NODE {
            rebind_node(node, here);
        }
    }
    for connection in metadata.rule_chain_connections.iter_mut().flatten() {
        if let Some(id) = here.get(&connection.target_rule_chain_id.0) {
            connection.target_rule_chain_id = *id;
        }
    }
}

fn rebind_node(node: &mut RuleNode, here: &HashMap<Uuid, RuleChainId>) {
    let target = node
        .configuration
        .get("ruleChainId")
        .and_then(Json::as_str)
        .and_then(|text| Uuid::parse_str(text).ok())
        .and_then(|there| here.get(&there));
    if let (Some(id), Some(members)) = (target, node.configuration.as_object_mut()) {
        members.insert("ruleChainId".to_owned(), json!(id.0));
    }
}
