//! Chains out of one tenant and into another, with the references among them kept.

use std::collections::HashMap;

use millrace_model::{
    EntityId, EntityType, PageLink,
    entity::{RuleChain, RuleChainMetaData, RuleChainType, RuleNode},
    id::RuleChainId,
};
use millrace_store::entities::EntityFilter;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Chains, WHAT,
    default_root::default_root_metadata,
    first_node,
    metadata::{self, RULE_CHAIN_NODE},
    references,
};
use crate::{
    PlatformError, Result, Scope, access,
    clock::now_ms,
    records::{by_creation, check_name},
};

/// Most chains of one export or import.
pub(super) const CHAINS_MAX: usize = 1_000;

/// Chains with their nodes; metadata belong to the chain whose id they name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ChainBundle {
    /// The chains.
    pub rule_chains: Vec<RuleChain>,
    /// Their nodes and connections.
    pub metadata: Vec<RuleChainMetaData>,
    /// Kind and name of the entities that nodes name by id, so that they can be found elsewhere.
    #[serde(skip_serializing_if = "HashMap::is_empty")]
    pub references: HashMap<Uuid, ReferenceName>,
}

/// What an id in an export stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferenceName {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Its name.
    pub name: String,
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
        let metadata: Vec<RuleChainMetaData> = rule_chains
            .iter()
            .filter_map(|chain| chain.id)
            .map(|id| self.metadata(scope, id))
            .collect::<Result<_>>()?;
        let references = self.reference_names(scope, &metadata)?;
        Ok(ChainBundle {
            rule_chains,
            metadata,
            references,
        })
    }

    fn reference_names(
        &self,
        scope: &Scope,
        metadata: &[RuleChainMetaData],
    ) -> Result<HashMap<Uuid, ReferenceName>> {
        let mut names = HashMap::new();
        for node in metadata.iter().flat_map(|metadata| &metadata.nodes) {
            for reference in references::of_node(node) {
                if names.contains_key(&reference.id) {
                    continue;
                }
                let id = EntityId::new(reference.kind, reference.id);
                if let Some(row) = self.records.store().get(scope.tenant, id)? {
                    let name = ReferenceName {
                        kind: reference.kind,
                        name: row.name,
                    };
                    names.insert(reference.id, name);
                }
            }
        }
        Ok(names)
    }

    /// Makes the chains of a bundle; with `overwrite` a chain of the same name and type takes
    /// the nodes instead. Nodes that call a chain of the bundle call the one made for it. A chain
    /// is saved with its nodes or not at all; one chain's failure is told in its row and stops no
    /// other.
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
        // Ids first: chains of the bundle may call each other in any order.
        let mut here: HashMap<Uuid, RuleChainId> = HashMap::new();
        let mut places = Vec::with_capacity(bundle.rule_chains.len());
        for chain in bundle.rule_chains {
            let old = if overwrite {
                self.namesake(scope, &chain)?
            } else {
                None
            };
            let id = old
                .as_ref()
                .and_then(|old| old.id)
                .unwrap_or_else(RuleChainId::new);
            let there = chain.id.map(|there| there.0);
            here.extend(there.map(|there| (there, id)));
            places.push((there, id, old, chain));
        }
        let mut metadata: HashMap<Uuid, RuleChainMetaData> = bundle
            .metadata
            .into_iter()
            .filter_map(|metadata| Some((metadata.rule_chain_id?.0, metadata)))
            .collect();
        let mut rows = Vec::with_capacity(places.len());
        for (there, id, old, chain) in places {
            let metadata = there.and_then(|there| metadata.remove(&there));
            let metadata = metadata.map(|mut metadata| {
                rebind(&mut metadata, &here);
                metadata
            });
            let (name, updated) = (chain.name.clone(), old.is_some());
            rows.push(match self.save_whole(scope, id, old, chain, metadata) {
                Ok(chain) => ChainImport {
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
            });
        }
        Ok(rows)
    }

    /// Saves a chain with its nodes in one transaction, in place of `old` when there is one.
    fn save_whole(
        &self,
        scope: &Scope,
        id: RuleChainId,
        old: Option<RuleChain>,
        mut chain: RuleChain,
        metadata: Option<RuleChainMetaData>,
    ) -> Result<RuleChain> {
        check_name("name", WHAT, &mut chain.name)?;
        let created = old.is_none();
        let before = match &old {
            Some(old) => self.read_metadata(scope.tenant, old)?,
            None => RuleChainMetaData::default(),
        };
        let mut metadata = metadata.unwrap_or_else(|| before.clone());
        metadata::convert_chain_connections(&mut metadata, self.names_of(scope))?;
        metadata::complete(&mut metadata, id, &before.nodes, now_ms())?;
        chain.id = Some(id);
        chain.tenant_id = Some(scope.tenant);
        chain.created_time = old
            .as_ref()
            .and_then(|old| old.created_time)
            .or_else(|| Some(now_ms()));
        chain.version = old.as_ref().and_then(|old| old.version);
        chain.root = old.is_some_and(|old| old.root);
        chain.debug_mode = false;
        chain.first_rule_node_id = first_node(&metadata);
        let documents = self.metadata_changes(scope.tenant, &chain, &mut metadata)?;
        self.records.commit(scope, chain, created, documents)
    }

    pub(super) fn namesake(&self, scope: &Scope, sent: &RuleChain) -> Result<Option<RuleChain>> {
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
