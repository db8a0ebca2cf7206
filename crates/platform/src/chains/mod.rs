//! The rule chains of a tenant and their nodes and connections: saved, listed and guarded here,
//! compiled and run by the rule engine.
//!
//! Exactly one chain of a tenant is its root. Nodes of unknown types keep their JSON. The nodes
//! of a chain share its version: saving them raises it.

mod default_root;
mod file;
mod lint;
mod metadata;
mod plan;
mod references;
mod secrets;
mod test_script;
mod transfer;

use std::sync::Arc;

use millrace_model::{
    PageData, PageLink, TenantId,
    entity::{AssetProfile, DeviceProfile, RuleChain, RuleChainMetaData, RuleChainType},
    id::{RuleChainId, RuleNodeId},
};
use millrace_store::{
    entities::{Change, EntityFilter, put},
    secrets::SecretKey,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    PlatformError, Records, Result, Scope, access,
    changes::ChangeKind,
    clock::now_ms,
    paging,
    records::{by_creation, check_name},
};

pub use default_root::{default_root_chain, default_root_metadata};
pub use lint::{ChainFinding, FindingSeverity};
pub use plan::{
    AnsweredImport, Candidate, ImportPlan, MissingEntity, NotRunning, PlannedChain, ReferencePlace,
};
pub use test_script::{ScriptTest, ScriptType, test_script};
pub use transfer::{ChainBundle, ChainImport, ReferenceName};

const WHAT: &str = "Rule chain";

/// Name of the document that holds a chain's nodes and connections.
const METADATA: &str = "metadata";

/// Name of the document that holds the sealed secrets of a chain's nodes.
const SECRETS: &str = "node-secrets";

/// The rule chains of a tenant. Only its administrators reach them.
#[derive(Clone)]
pub struct Chains {
    records: Records,
    /// Seals the secrets of nodes.
    key: Option<Arc<SecretKey>>,
}

impl Chains {
    /// Chains kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records, key: None }
    }

    /// The same with a key, without which no secret of a node can be stored.
    #[must_use]
    pub fn with_key(mut self, key: Arc<SecretKey>) -> Self {
        self.key = Some(key);
        self
    }

    /// Creates (without id) or updates a chain. `root` in the request moves nothing.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing name; an old version.
    pub fn save(&self, scope: &Scope, mut chain: RuleChain) -> Result<RuleChain> {
        access::require_admin(scope)?;
        let stored = self.records.prepare(scope, WHAT, &mut chain)?;
        check_name("name", WHAT, &mut chain.name)?;
        chain.debug_mode = false;
        chain.root = stored.as_ref().is_some_and(|stored| stored.root);
        chain.first_rule_node_id = stored.as_ref().and_then(|stored| stored.first_rule_node_id);
        let created = stored.is_none();
        let more = if created {
            self.metadata_changes(scope.tenant, &chain, &mut RuleChainMetaData::default())?
        } else {
            Vec::new()
        };
        self.records.commit(scope, chain, created, more)
    }

    /// A chain.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: RuleChainId) -> Result<RuleChain> {
        access::require_admin(scope)?;
        self.records.get(scope, WHAT, id.0)
    }

    /// The chains with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<RuleChain>> {
        access::require_admin(scope)?;
        self.records.list(scope, ids, None)
    }

    /// A page of chains, of one type when given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        chain_type: Option<RuleChainType>,
        link: &PageLink,
    ) -> Result<PageData<RuleChain>> {
        access::require_admin(scope)?;
        let all = EntityFilter::default();
        match chain_type {
            None => Ok(self.records.table().page(scope.tenant, &all, link)?),
            Some(wanted) => {
                paging::page_where(&self.records, scope, &all, link, |chain: &RuleChain| {
                    chain.chain_type == wanted
                })
            }
        }
    }

    /// The tenant's root chain.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when the tenant has none.
    pub fn root(&self, scope: &Scope) -> Result<RuleChain> {
        self.find_root(scope)?
            .ok_or_else(|| PlatformError::not_found(WHAT, "root"))
    }

    /// Makes a chain the tenant's root and returns it.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`]; [`PlatformError::Invalid`] for a chain of an edge.
    pub fn set_root(&self, scope: &Scope, id: RuleChainId) -> Result<RuleChain> {
        let mut chain = self.get(scope, id)?;
        if chain.chain_type == RuleChainType::Edge {
            return Err(PlatformError::invalid(
                "ruleChainId",
                format!(
                    "rule chain '{}' is for edge: choose a CORE chain as root",
                    chain.name
                ),
            ));
        }
        let Some(mut old) = self.find_root(scope)? else {
            chain.root = true;
            return self.records.commit(scope, chain, false, Vec::new());
        };
        if old.id == chain.id {
            return Ok(old);
        }
        old.root = false;
        chain.root = true;
        let old_id = old.id;
        let chain = self.records.commit(scope, chain, false, vec![put(&old)?])?;
        if let Some(old_id) = old_id {
            self.records
                .publish(scope, old_id.into(), ChangeKind::Updated);
        }
        Ok(chain)
    }

    /// Deletes a chain that is neither the root nor used by a profile.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] that says what uses it; [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: RuleChainId) -> Result<()> {
        let chain = self.get(scope, id)?;
        if chain.root {
            return Err(PlatformError::invalid(
                "ruleChainId",
                format!(
                    "rule chain '{}' is the root chain: make another chain root first",
                    chain.name
                ),
            ));
        }
        if let Some(profile) = self.profile_using(scope, id)? {
            return Err(PlatformError::invalid(
                "ruleChainId",
                format!(
                    "rule chain '{}' is used by {profile}: give the profile another chain first",
                    chain.name
                ),
            ));
        }
        self.records.delete(scope, id.into(), Vec::new())
    }

    /// The nodes and connections of a chain.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn metadata(&self, scope: &Scope, id: RuleChainId) -> Result<RuleChainMetaData> {
        let chain = self.get(scope, id)?;
        self.read_metadata(scope.tenant, &chain)
    }

    /// Saves the nodes and connections of a chain and returns them as stored. Nodes with an id
    /// of the chain are updated, others are new, and those not listed are gone.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] naming the node or connection; an old version;
    /// [`PlatformError::NotFound`] for the chain.
    pub fn save_metadata(
        &self,
        scope: &Scope,
        mut sent: RuleChainMetaData,
    ) -> Result<RuleChainMetaData> {
        access::require_admin(scope)?;
        let id = sent.rule_chain_id.ok_or_else(|| {
            PlatformError::invalid(
                "ruleChainId",
                "ruleChainId should be specified: save the rule chain first and give its id",
            )
        })?;
        let mut chain: RuleChain = RuleChain {
            id: Some(id),
            version: sent.version,
            ..RuleChain::default()
        };
        let stored: RuleChain = self
            .records
            .prepare(scope, WHAT, &mut chain)?
            .ok_or_else(|| PlatformError::not_found(WHAT, id))?;
        let before = self.read_metadata(scope.tenant, &stored)?;
        metadata::convert_chain_connections(&mut sent, self.names_of(scope))?;
        metadata::complete(&mut sent, id, &before.nodes, now_ms())?;
        let mut chain = stored;
        chain.version = sent.version;
        chain.first_rule_node_id = first_node(&sent);
        let documents = self.metadata_changes(scope.tenant, &chain, &mut sent)?;
        let chain = self.records.commit(scope, chain, false, documents)?;
        sent.version = chain.version;
        Ok(sent)
    }

    /// The nodes and connections of a chain, for the engine, with secrets in clear; `None` when the
    /// chain is gone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn load_metadata(
        &self,
        tenant: TenantId,
        id: RuleChainId,
    ) -> Result<Option<RuleChainMetaData>> {
        let Some(chain) = self.records.table::<RuleChain>().get(tenant, id.0)? else {
            return Ok(None);
        };
        let mut metadata = self.read_metadata(tenant, &chain)?;
        secrets::put_back(&mut metadata.nodes, &self.secrets(tenant, id)?);
        Ok(Some(metadata))
    }

    /// The changes that make a new chain with its nodes, for a transaction of the caller's.
    /// `metadata` is completed like a save.
    pub(crate) fn changes_to_create(
        &self,
        tenant: TenantId,
        chain: &mut RuleChain,
        mut metadata: RuleChainMetaData,
    ) -> Result<Vec<Change>> {
        let id = chain.id.get_or_insert_default();
        metadata::complete(&mut metadata, *id, &[], now_ms())?;
        chain.tenant_id = Some(tenant);
        chain.created_time = Some(now_ms());
        chain.first_rule_node_id = first_node(&metadata);
        let mut changes = vec![put(chain)?];
        changes.extend(self.metadata_changes(tenant, chain, &mut metadata)?);
        Ok(changes)
    }

    /// The tenant's root chain, if it has one.
    pub(crate) fn find_root(&self, scope: &Scope) -> Result<Option<RuleChain>> {
        let filter = EntityFilter {
            body_equals: vec![("root".to_owned(), Json::Bool(true))],
            ..EntityFilter::default()
        };
        let mut link = by_creation();
        link.page_size = 1;
        let page = self.records.table().page(scope.tenant, &filter, &link)?;
        Ok(page.data.into_iter().next())
    }

    /// Finds the names of chains.
    fn names_of(&self, scope: &Scope) -> impl FnMut(RuleChainId) -> Result<Option<String>> {
        let tenant = scope.tenant;
        move |target| {
            let chain = self.records.table::<RuleChain>().get(tenant, target.0)?;
            Ok(chain.map(|chain| chain.name))
        }
    }

    fn profile_using(&self, scope: &Scope, id: RuleChainId) -> Result<Option<String>> {
        let all = EntityFilter::default();
        let devices: Vec<DeviceProfile> = self.records.collect(scope, &all)?;
        if let Some(profile) = devices
            .iter()
            .find(|profile| profile.default_rule_chain_id == Some(id))
        {
            return Ok(Some(format!("device profile '{}'", profile.name)));
        }
        let assets: Vec<AssetProfile> = self.records.collect(scope, &all)?;
        Ok(assets
            .iter()
            .find(|profile| profile.default_rule_chain_id == Some(id))
            .map(|profile| format!("asset profile '{}'", profile.name)))
    }

    fn read_metadata(&self, tenant: TenantId, chain: &RuleChain) -> Result<RuleChainMetaData> {
        let id = chain.id.unwrap_or_default();
        let document = self
            .records
            .store()
            .document(tenant, id.into(), METADATA)?
            .unwrap_or_else(|| json!({}));
        let mut metadata: RuleChainMetaData =
            serde_json::from_value(document).map_err(|error| {
                PlatformError::Internal(format!("rule chain {id} has damaged nodes: {error}"))
            })?;
        metadata.rule_chain_id = Some(id);
        metadata.version = chain.version;
        metadata.connections.get_or_insert_default();
        metadata.rule_chain_connections.get_or_insert_default();
        Ok(metadata)
    }

    /// The changes that store nodes and connections. Leaves masks in place of secrets.
    fn metadata_changes(
        &self,
        tenant: TenantId,
        chain: &RuleChain,
        metadata: &mut RuleChainMetaData,
    ) -> Result<Vec<Change>> {
        let id = chain.id.unwrap_or_default();
        let before = self.read_metadata(tenant, chain)?;
        let stored = self.secrets(tenant, id)?;
        let secrets = secrets::take_out(&mut metadata.nodes, &before.nodes, &stored)?;
        let body = serde_json::to_value(&*metadata).map_err(|error| {
            PlatformError::Internal(format!("rule chain {id} cannot be written: {error}"))
        })?;
        let document = |name: &str, body| Change::PutDocument {
            tenant,
            entity: id.into(),
            name: name.to_owned(),
            lookup: None,
            body,
        };
        let mut changes = vec![document(METADATA, body)];
        if !secrets.is_empty() {
            let sealed = secrets::seal(self.key.as_deref(), &secrets)?;
            changes.push(document(SECRETS, sealed));
        } else if !stored.is_empty() {
            changes.push(Change::DeleteDocument {
                tenant,
                entity: id.into(),
                name: SECRETS.to_owned(),
            });
        }
        Ok(changes)
    }

    fn secrets(&self, tenant: TenantId, id: RuleChainId) -> Result<secrets::Secrets> {
        let document = self.records.store().document(tenant, id.into(), SECRETS)?;
        secrets::unseal(self.key.as_deref(), document.as_ref())
    }
}

/// The node messages enter a chain at.
fn first_node(metadata: &RuleChainMetaData) -> Option<RuleNodeId> {
    let first = metadata.nodes.get(metadata.first_node_index?)?;
    first.id
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
