//! Ticks of nodes that make messages of their own, while their chain is in force.
//!
//! A node ticks at multiples of its period after its chain came into force, whatever the ticks
//! themselves take. It never has two ticks under way: those that come meanwhile are left out, so
//! a slow node costs nobody else anything.

use std::{
    collections::HashMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use millrace_model::id::{RuleChainId, RuleNodeId};
use tokio::time::Instant;

use super::{lane::Work, start::Path};
use crate::rules::{Chain, ChainNode, ChainRegistry};

/// Shortest period; anything faster would be nothing but load.
const SHORTEST: Duration = Duration::from_millis(10);

/// A tick on its way to the lane of its node.
pub struct Tick {
    pub(super) chain: Arc<Chain>,
    /// Index of the node.
    pub(super) node: usize,
    _under_way: UnderWay,
}

/// Set while a tick of a node is queued or runs.
struct UnderWay(Arc<AtomicBool>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

struct Ticking {
    chain: Arc<Chain>,
    node: usize,
    due: Instant,
    under_way: Arc<AtomicBool>,
}

impl Ticking {
    fn node(&self) -> Option<&ChainNode> {
        self.chain.nodes.get(self.node)
    }

    fn period(&self) -> Option<Duration> {
        Some(self.node()?.node.period()?.max(SHORTEST))
    }

    /// The tick that is due, if no other is under way; sets the time of the next one.
    fn tick(&mut self, now: Instant) -> Option<Tick> {
        let period = self.period()?;
        while self.due <= now {
            self.due += period;
        }
        if self.under_way.swap(true, Ordering::AcqRel) {
            return None;
        }
        Some(Tick {
            chain: Arc::clone(&self.chain),
            node: self.node,
            _under_way: UnderWay(Arc::clone(&self.under_way)),
        })
    }
}

/// Every node that ticks.
#[derive(Default)]
struct Tickers(HashMap<(RuleChainId, RuleNodeId), Ticking>);

impl Tickers {
    /// Follows the chains in force: a chain that was saved starts anew.
    fn follow(&mut self, chains: Vec<Arc<Chain>>, now: Instant) {
        let mut before = std::mem::take(&mut self.0);
        for chain in chains {
            for (index, node) in chain.nodes.iter().enumerate() {
                let Some(period) = node.node.period() else {
                    continue;
                };
                let key = (chain.id, node.id);
                let same = before
                    .remove(&key)
                    .filter(|ticking| Arc::ptr_eq(&ticking.chain, &chain));
                self.0.insert(
                    key,
                    same.unwrap_or_else(|| Ticking {
                        chain: Arc::clone(&chain),
                        node: index,
                        due: now + period.max(SHORTEST),
                        under_way: Arc::default(),
                    }),
                );
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        self.0.values().map(|ticking| ticking.due).min()
    }

    /// The ticks that are due. A node that is through with ticking is forgotten.
    fn due(&mut self, now: Instant) -> Vec<Tick> {
        self.0.retain(|_, ticking| ticking.period().is_some());
        self.0
            .values_mut()
            .filter(|ticking| ticking.due <= now)
            .filter_map(|ticking| ticking.tick(now))
            .collect()
    }
}

/// Sends ticks to lanes until the path is gone.
pub(super) async fn run(path: Weak<Path>, chains: Arc<ChainRegistry>) {
    let mut swaps = chains.swaps();
    let mut tickers = Tickers::default();
    loop {
        swaps.borrow_and_update();
        tickers.follow(chains.all(), Instant::now());
        while !swaps.has_changed().unwrap_or(true) {
            match tickers.next_due() {
                Some(due) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(due) => {}
                        changed = swaps.changed() => {
                            if changed.is_err() { return; }
                            break;
                        }
                    }
                }
                None => {
                    if swaps.changed().await.is_err() {
                        return;
                    }
                    break;
                }
            }
            let Some(path) = path.upgrade() else {
                return;
            };
            for tick in tickers.due(Instant::now()) {
                if let Some(node) = tick.chain.nodes.get(tick.node) {
                    let lane = path.lanes().of_originator(node.id.into());
                    path.lanes().send(lane, Work::Tick(Box::new(tick)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use millrace_model::{
        TenantId,
        entity::{RuleChain, RuleChainMetaData, RuleNode},
    };

    use super::*;

    const GENERATOR: &str = "org.thingsboard.rule.engine.debug.TbMsgGeneratorNode";

    fn chain(period_seconds: u64) -> Arc<Chain> {
        let node = RuleNode {
            id: Some(RuleNodeId(uuid::Uuid::from_u128(1))),
            name: "generator".to_owned(),
            node_type: GENERATOR.to_owned(),
            configuration_version: Some(2),
            configuration: serde_json::json!({
                "periodInSeconds": period_seconds, "msgCount": 0, "originatorType": "RULE_NODE",
                "scriptLang": "TBEL", "tbelScript": "return {};",
            }),
            ..RuleNode::default()
        };
        let named = RuleChain {
            id: Some(RuleChainId(uuid::Uuid::from_u128(2))),
            ..RuleChain::default()
        };
        let metadata = RuleChainMetaData {
            nodes: vec![node],
            ..RuleChainMetaData::default()
        };
        Arc::new(Chain::compile(&named, &metadata, TenantId::null()))
    }

    fn after(begin: Instant, millis: u64) -> Instant {
        begin + Duration::from_millis(millis)
    }

    #[test]
    fn ticks_keep_to_multiples_of_the_period_and_never_pile_up() {
        let begin = Instant::now();
        let mut tickers = Tickers::default();
        tickers.follow(vec![chain(1)], begin);
        assert!(tickers.due(after(begin, 999)).is_empty());
        let first = tickers.due(after(begin, 1_300));
        assert_eq!(first.len(), 1);
        assert_eq!(tickers.next_due(), Some(after(begin, 2_000)), "no drift");
        assert!(
            tickers.due(after(begin, 3_500)).is_empty(),
            "the first one is still under way"
        );
        drop(first);
        assert_eq!(tickers.next_due(), Some(after(begin, 4_000)));
        assert_eq!(
            tickers.due(after(begin, 9_000)).len(),
            1,
            "missed ticks are left out"
        );
    }

    #[test]
    fn a_saved_chain_starts_anew_and_a_deleted_one_stops() {
        let begin = Instant::now();
        let (old, new) = (chain(10), chain(2));
        let mut tickers = Tickers::default();
        tickers.follow(vec![Arc::clone(&old)], begin);
        tickers.follow(vec![Arc::clone(&old)], after(begin, 5_000));
        assert_eq!(
            tickers.next_due(),
            Some(after(begin, 10_000)),
            "another chain was saved"
        );
        tickers.follow(vec![Arc::clone(&new)], after(begin, 6_000));
        assert_eq!(tickers.next_due(), Some(after(begin, 8_000)));
        let ticks = tickers.due(after(begin, 8_000));
        assert!(ticks.iter().all(|tick| Arc::ptr_eq(&tick.chain, &new)));
        tickers.follow(Vec::new(), after(begin, 9_000));
        assert!(tickers.next_due().is_none() && tickers.due(after(begin, 99_000)).is_empty());
    }
}
