//! What a lane does with a message in a chain, and what comes of it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use millrace_model::{EntityId, Millis, TenantId};
use millrace_script::{Engine, EngineOptions};
use millrace_store::journal::{Append, OutRecord, Seq};

use super::{
    delivery::{Accepted, Branch, Cause},
    lane::{Resumed, Routed, Work},
    owed::DueMessage,
    patience,
    services::{DebugTap, RunServices},
    start::Path,
    ticker::Tick,
};
use crate::{
    clock::now_ms,
    provisioning::EntityRef,
    rules::{
        Outcome, Parked, Position, RuleMessage, Services, Step, Tap,
        walk::{resume, walk},
    },
    telemetry::Gate,
};

/// What one lane thread has.
pub(super) struct LaneContext {
    index: usize,
    pub(super) path: Arc<Path>,
    pub(super) engine: Engine,
    /// Records of the piece of work that runs.
    pub(super) outs: Vec<OutRecord>,
    /// Branches that end with it.
    finished: Vec<Branch>,
    /// Messages for this lane's chains.
    here: Vec<Routed>,
    /// Messages for other lanes.
    elsewhere: Vec<Vec<Routed>>,
    /// Messages caused by the one that runs.
    emitted: Vec<RuleMessage>,
}

impl LaneContext {
    pub(super) fn new(index: usize, path: Arc<Path>) -> Self {
        let lanes = path.lanes().count();
        Self {
            index,
            engine: Engine::new(EngineOptions::default()),
            outs: Vec::new(),
            finished: Vec::new(),
            here: Vec::new(),
            elsewhere: (0..lanes).map(|_| Vec::new()).collect(),
            emitted: Vec::new(),
            path,
        }
    }

    /// Forgets a broken run: what it had not handed over is dropped, and runs again.
    pub(super) fn recover(&mut self, path: &Arc<Path>) {
        *self = Self::new(self.index, Arc::clone(path));
    }

    /// Runs one piece of work and hands what came of it to the journal.
    pub(super) fn run(&mut self, work: Work) {
        match work {
            Work::Convert(messages) => {
                let mut waiting = messages.into_iter();
                while let Some(accepted) = waiting.next() {
                    let accepted = &accepted;
                    // A panic costs only its own message: its branch is dropped on the way out.
                    if catch_unwind(AssertUnwindSafe(|| {
                        let seq = accepted.recovered.then_some(accepted.seq);
                        self.in_hand(seq, |lane| lane.convert(accepted));
                    }))
                    .is_err()
                    {
                        tracing::error!(seq = accepted.seq, topic = %accepted.record.topic, "a defect ended a conversion; the message runs again");
                        self.engine = Engine::new(EngineOptions::default());
                    }
                    if self.path.lanes().has_urgent(self.index) {
                        let rest: Vec<_> = waiting.collect();
                        if !rest.is_empty() {
                            self.path.lanes().put_back(self.index, Work::Convert(rest));
                        }
                        break;
                    }
                }
                // What waits in the queue came before what was converted just now, of the same
                // originators perhaps: it goes first.
                let converted = std::mem::take(&mut self.here);
                self.here = self.path.lanes().take_routed(self.index);
                self.here.extend(converted);
                self.send_elsewhere();
            }
            Work::Route(messages) => self.here.extend(messages),
            Work::Due(due) => {
                let path = Arc::clone(&self.path);
                let gate = path.telemetry().gate();
                self.due(*due, &gate);
                self.flush();
                drop(gate);
            }
            Work::Tick(tick) => {
                let path = Arc::clone(&self.path);
                let gate = path.telemetry().gate();
                self.tick(&tick, &gate);
                self.flush();
                drop(gate);
            }
            Work::Resume(resumed) => {
                let path = Arc::clone(&self.path);
                let gate = path.telemetry().gate();
                self.resume(*resumed, &gate);
                self.flush();
                drop(gate);
            }
        }
        self.route_here();
    }

    /// Runs `work` on a message of an earlier process with a mark that survives the process.
    fn in_hand(&mut self, seq: Option<Seq>, work: impl FnOnce(&mut Self)) {
        let Some(seq) = seq else {
            return work(self);
        };
        self.path.note_in_hand(self.index, seq);
        work(self);
        self.path.note_in_hand(self.index, 0);
    }

    fn route_here(&mut self) {
        if self.here.is_empty() && self.outs.is_empty() && self.finished.is_empty() {
            return;
        }
        let path = Arc::clone(&self.path);
        // Held from the first change in memory to the append, so that a deletion has one place
        // in both orders.
        let gate = path.telemetry().gate();
        while !self.here.is_empty() {
            for routed in std::mem::take(&mut self.here) {
                let seq = routed.message.id;
                let recovered = routed.branch.recovered();
                if catch_unwind(AssertUnwindSafe(|| {
                    self.in_hand(recovered, |lane| lane.route(routed, &gate));
                }))
                .is_err()
                {
                    tracing::error!(message = %seq, "a defect ended a run in a chain; the message runs again");
                    self.engine = Engine::new(EngineOptions::default());
                }
            }
        }
        self.flush();
        drop(gate);
        self.send_elsewhere();
    }

    /// Sends a message to the chain of its originator, here or in another lane.
    pub(super) fn hand_over(&mut self, lane: usize, routed: Routed) {
        if lane == self.index {
            self.here.push(routed);
        } else if let Some(other) = self.elsewhere.get_mut(lane) {
            other.push(routed);
        }
    }

    fn send_elsewhere(&mut self) {
        for (lane, messages) in self.elsewhere.iter_mut().enumerate() {
            if messages.is_empty() {
                continue;
            }
            let (commands, others): (Vec<_>, Vec<_>) = std::mem::take(messages)
                .into_iter()
                .partition(|routed| routed.message.call.is_some());
            if !commands.is_empty() {
                self.path.lanes().send_urgent(lane, Work::Route(commands));
            }
            if !others.is_empty() {
                self.path.lanes().send(lane, Work::Route(others));
            }
        }
    }

    /// Ends a branch with the piece of work that runs.
    pub(super) fn finish(&mut self, branch: Branch) {
        self.finished.push(branch);
    }

    fn route(&mut self, routed: Routed, gate: &Gate<'_>) {
        let Routed {
            tenant,
            message,
            branch,
            entity,
            arrival_ms,
        } = routed;
        let path = Arc::clone(&self.path);
        // A message of the server about a device is no sign of life of the device.
        if let Some(entity) = entity.as_ref().filter(|_| branch.is_of_uplink()) {
            self.mark_active(entity, tenant, arrival_ms, gate);
        }
        let own = match &entity {
            Some(entity) => entity.rule_chain,
            // Not heard of just now, so it does not become active; its chain is its own all the same.
            None => path
                .provisioning()
                .known(message.originator)
                .and_then(|entity| entity.rule_chain),
        };
        let chain = path.chains().entry(tenant, own);
        let Some((chain, first)) = chain.and_then(|chain| chain.first.map(|first| (chain, first)))
        else {
            path.seen().no_chain(tenant, &message);
            if let Some(call) = &message.call {
                call.failed(
                    "there is no root rule chain with a first node: make a chain the root chain",
                );
            }
            self.finish(branch);
            return;
        };
        let originator = message.originator;
        let start = Step {
            at: Position::start(&chain, first),
            message,
            via: None,
        };
        let parked = self.in_chain(tenant, arrival_ms, gate, |services, tap| {
            walk(start, services, tap)
        });
        self.after_walk(tenant, parked, branch, originator, arrival_ms);
    }

    /// A message that a node kept leaves it, on the graph that is in force now.
    fn due(&mut self, due: DueMessage, gate: &Gate<'_>) {
        let DueMessage {
            tenant,
            chain,
            node,
            message,
            branch,
        } = due;
        let graph = self.path.chains().get(tenant, chain);
        let place = graph.and_then(|graph| {
            let index = graph.nodes.iter().position(|known| known.id == node)?;
            Some(Position::start(&graph, index))
        });
        let Some(at) = place else {
            self.path.seen().node_gone(tenant, chain, &message);
            self.finish(branch);
            return;
        };
        let (originator, now) = (message.originator, now_ms());
        let parked = self.in_chain(tenant, now, gate, |services, tap| {
            resume(&at, Outcome::success(message), false, services, tap)
        });
        self.after_walk(tenant, parked, branch, originator, now);
    }

    /// A node makes a message of its own. It is in no journal: after a kill the node goes on with
    /// the next one.
    fn tick(&mut self, tick: &Tick, gate: &Gate<'_>) {
        let chain = &tick.chain;
        let in_force = self.path.chains().get(chain.tenant, chain.id);
        let Some(node) = chain
            .nodes
            .get(tick.node)
            .filter(|_| in_force.is_some_and(|now| Arc::ptr_eq(&now, chain)))
        else {
            return;
        };
        let (at, now) = (Position::start(chain, tick.node), now_ms());
        let behaviour = Arc::clone(&node.node);
        let made = Outcome::Continue(Box::new(move |services| behaviour.tick(services)));
        let parked = self.in_chain(chain.tenant, now, gate, |services, tap| {
            resume(&at, made, false, services, tap)
        });
        self.after_walk(
            chain.tenant,
            parked,
            Branch::untracked(),
            node.id.into(),
            now,
        );
    }

    fn resume(&mut self, resumed: Resumed, gate: &Gate<'_>) {
        let Resumed {
            at,
            outcome,
            branch,
            originator,
            arrival_ms,
            urgent,
        } = resumed;
        let tenant = at.chain.tenant;
        let parked = self.in_chain(tenant, arrival_ms, gate, |services, tap| {
            resume(&at, outcome, urgent, services, tap)
        });
        self.after_walk(tenant, parked, branch, originator, arrival_ms);
    }

    fn in_chain(
        &mut self,
        tenant: TenantId,
        arrival_ms: Millis,
        gate: &Gate<'_>,
        run: impl FnOnce(&mut dyn Services, &mut dyn Tap) -> Vec<Parked>,
    ) -> Vec<Parked> {
        let path = Arc::clone(&self.path);
        let mut services = RunServices {
            path: &path,
            gate,
            engine: &mut self.engine,
            outs: &mut self.outs,
            emitted: &mut self.emitted,
            tenant,
            arrival_ms,
            at: None,
        };
        let mut tap = DebugTap {
            path: &path,
            tenant,
        };
        run(&mut services, &mut tap)
    }

    fn after_walk(
        &mut self,
        tenant: TenantId,
        parked: Vec<Parked>,
        branch: Branch,
        originator: EntityId,
        arrival_ms: Millis,
    ) {
        for message in std::mem::take(&mut self.emitted) {
            let lane = self.path.lanes().of_originator(message.originator);
            self.hand_over(
                lane,
                Routed {
                    tenant,
                    branch: branch.fork(),
                    entity: None,
                    arrival_ms,
                    message,
                },
            );
        }
        for parked in parked {
            let Parked {
                at,
                outcome,
                later,
                urgent,
            } = parked;
            let path = Arc::clone(&self.path);
            let branch = if later {
                Branch::untracked()
            } else {
                branch.fork()
            };
            self.path.spawn(async move {
                let outcome = patience::awaited(&path, &at, outcome).await;
                let lane = path.lanes().of_originator(originator);
                let resumed = Work::Resume(Box::new(Resumed {
                    at,
                    outcome,
                    branch,
                    originator,
                    arrival_ms,
                    urgent,
                }));
                if urgent {
                    path.lanes().send_urgent(lane, resumed);
                } else {
                    path.lanes().send(lane, resumed);
                }
            });
        }
        self.finish(branch);
    }

    /// The first message after a silence makes a device active at once.
    fn mark_active(
        &mut self,
        entity: &EntityRef,
        tenant: TenantId,
        arrival_ms: Millis,
        gate: &Gate<'_>,
    ) {
        if let Some(record) = entity.became_active(tenant, arrival_ms) {
            self.path.telemetry().apply(gate, &record);
            self.outs.push(record);
        }
    }

    /// Hands records and ends to the journal, in one append: nothing is "done" before what it
    /// caused is written.
    fn flush(&mut self) {
        let mut done: Vec<Arc<Accepted>> = Vec::new();
        let mut settled = Vec::new();
        for branch in self.finished.drain(..) {
            match branch.finish() {
                Some(Cause::Uplink(accepted)) => {
                    self.outs.push(OutRecord::Done(accepted.seq));
                    done.push(accepted);
                }
                Some(Cause::Owed(id)) => settled.push(id),
                None => {}
            }
        }
        let mut outs = std::mem::take(&mut self.outs);
        let append = |outs: Vec<OutRecord>| {
            if !outs.is_empty() {
                self.path.journal().append(Append {
                    outs,
                    ..Append::default()
                });
            }
        };
        if settled.is_empty() {
            append(outs);
        } else {
            self.path.owed().settle(&settled, |records| {
                outs.extend(records);
                append(outs);
            });
        }
        if !done.is_empty() {
            let seqs: Vec<Seq> = done.iter().map(|accepted| accepted.seq).collect();
            self.path.outstanding().done(&seqs);
            self.path
                .budget()
                .release(done.iter().map(|accepted| accepted.bytes()).sum());
        }
    }
}
