//! The chains in force, by tenant.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use millrace_model::{TenantId, id::RuleChainId};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::chain::Chain;

#[derive(Default, Clone)]
struct Chains {
    by_id: HashMap<(TenantId, RuleChainId), Arc<Chain>>,
    roots: HashMap<TenantId, RuleChainId>,
}

/// Compiled chains. Reading takes no lock; a save swaps the chain whole.
#[derive(Default)]
pub struct ChainRegistry {
    chains: ArcSwap<Chains>,
    writing: Mutex<()>,
    swaps: watch::Sender<u64>,
}

impl ChainRegistry {
    /// Puts a chain in force, in place of an earlier one with its id. Nodes that stay go on
    /// counting.
    pub fn put(&self, mut chain: Chain, root: bool) {
        self.change(|chains| {
            let (tenant, id) = (chain.tenant, chain.id);
            if let Some(earlier) = chains.by_id.get(&(tenant, id)) {
                chain.keep_counters(earlier);
            }
            if root {
                chains.roots.insert(tenant, id);
            } else if chains.roots.get(&tenant) == Some(&id) {
                chains.roots.remove(&tenant);
            }
            chains.by_id.insert((tenant, id), Arc::new(chain));
        });
    }

    /// Takes a chain out of force.
    pub fn remove(&self, tenant: TenantId, id: RuleChainId) {
        self.change(|chains| {
            chains.by_id.remove(&(tenant, id));
        });
    }

    /// The chain a message of this tenant enters: `own` (its profile's) or the root chain.
    #[must_use]
    pub fn entry(&self, tenant: TenantId, own: Option<RuleChainId>) -> Option<Arc<Chain>> {
        let chains = self.chains.load();
        own.and_then(|id| chains.by_id.get(&(tenant, id)))
            .or_else(|| chains.by_id.get(&(tenant, *chains.roots.get(&tenant)?)))
            .cloned()
    }

    /// A chain by id.
    #[must_use]
    pub fn get(&self, tenant: TenantId, id: RuleChainId) -> Option<Arc<Chain>> {
        self.chains.load().by_id.get(&(tenant, id)).cloned()
    }

    /// Every chain of every tenant.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Chain>> {
        self.chains.load().by_id.values().cloned().collect()
    }

    /// Changes with every swap of a chain.
    #[must_use]
    pub fn swaps(&self) -> watch::Receiver<u64> {
        self.swaps.subscribe()
    }

    fn change(&self, edit: impl FnOnce(&mut Chains)) {
        let _one_at_a_time = self.writing.lock();
        let mut next = Chains::clone(&self.chains.load());
        edit(&mut next);
        self.chains.store(Arc::new(next));
        self.swaps.send_modify(|count| *count += 1);
    }
}
