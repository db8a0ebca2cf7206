//! What nodes get from the path while they run in a lane, and what it sees of them.

use std::{sync::Arc, time::Duration};

use millrace_model::{
    AttributeScope, EntityId, Millis, TenantId, id::IntegrationId, telemetry::TsValue,
};
use millrace_script::{Argument, Engine, HostCall, Script, ScriptError, Value as ScriptValue};
use millrace_store::journal::OutRecord;

use super::{owed::waiting_message, start::Path};
use crate::{
    Scope,
    rules::{
        Chain, ChainNode, ChainTarget, Commands, Directory, Place, Position, RuleMessage, Services,
        Tap,
    },
    telemetry::Gate,
};

/// What the path provides to nodes while they run in a lane.
pub(super) struct RunServices<'a> {
    pub(super) path: &'a Path,
    pub(super) gate: &'a Gate<'a>,
    pub(super) engine: &'a mut Engine,
    pub(super) outs: &'a mut Vec<OutRecord>,
    pub(super) emitted: &'a mut Vec<RuleMessage>,
    pub(super) tenant: TenantId,
    pub(super) arrival_ms: Millis,
    /// The node that runs.
    pub(super) at: Option<Position>,
}

impl Services for RunServices<'_> {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn save(&mut self, record: OutRecord) {
        self.path.telemetry().apply(self.gate, &record);
        self.outs.push(record);
    }

    fn enter(&mut self, at: &Position) {
        self.at = Some(at.clone());
    }

    fn place(&self) -> Option<Place> {
        self.at.as_ref()?.place()
    }

    fn latest(&self, entity: EntityId, key: &str) -> Option<TsValue> {
        let read =
            self.path
                .telemetry()
                .latest(&Scope::server(self.tenant), entity, Some(&[key.into()]));
        match read {
            Ok(found) => found.into_iter().next().map(|(_, value)| value),
            Err(error) => {
                tracing::warn!(%entity, key, %error, "a latest value cannot be read");
                None
            }
        }
    }

    fn directory(&self) -> Arc<Directory> {
        Arc::clone(self.path.directory())
    }

    fn commands(&self) -> Option<Arc<dyn Commands>> {
        let calls = Arc::clone(self.path.calls()?);
        Some(calls)
    }

    fn downlink(&mut self, to: IntegrationId, message: &RuleMessage) -> Result<(), String> {
        let records = crate::downlinks::hand_over(
            self.path,
            self.engine,
            self.tenant,
            to,
            message,
            self.arrival_ms,
        )?;
        self.outs.extend(records);
        Ok(())
    }

    fn schedule(&mut self, message: RuleMessage, due: Millis, most: usize) -> Result<(), String> {
        let place = self
            .place()
            .ok_or("only a node of a chain can keep a message")?;
        if self.path.owed().waiting_for(place.node) >= most {
            return Err(format!("{most} messages wait in this node already"));
        }
        let item = waiting_message(self.tenant, place.chain, place.node, &message, due);
        let record = self.path.owed().owe(item);
        self.outs.push(record);
        Ok(())
    }

    fn chain(&self, target: ChainTarget, message: &RuleMessage) -> Option<Arc<Chain>> {
        match target {
            ChainTarget::Id(id) => self.path.chains().get(self.tenant, id),
            ChainTarget::OfOriginator => {
                let known = self.path.provisioning().known(message.originator);
                let own = known.and_then(|entity| entity.rule_chain);
                self.path.chains().entry(self.tenant, own)
            }
        }
    }

    fn attribute(&self, entity: EntityId, scope: AttributeScope, key: &str) -> Option<TsValue> {
        self.path.telemetry().attribute(entity, scope, key)
    }

    fn run_script(
        &mut self,
        script: &Script,
        message: &RuleMessage,
        arguments: &[Argument<'_>],
    ) -> Result<ScriptValue, ScriptError> {
        let host = HostCall {
            now_ms: self.arrival_ms,
            seed: message.id.as_u64_pair().1,
            ..HostCall::default()
        };
        self.engine.run(script, arguments, &host)
    }

    fn log(&mut self, message: &RuleMessage, line: &str) {
        tracing::info!(target: "millrace::rules::log", tenant = %self.tenant, originator = %message.originator, "{line}");
    }

    fn emit(&mut self, message: RuleMessage) {
        self.emitted.push(message);
    }

    fn arrival_ms(&self) -> Millis {
        self.arrival_ms
    }
}

/// Turns steps of a walk into debug events, for nodes that ask for them.
pub(super) struct DebugTap<'a> {
    pub(super) path: &'a Path,
    pub(super) tenant: TenantId,
}

impl Tap for DebugTap<'_> {
    fn entered(&mut self, node: &ChainNode, message: &RuleMessage, via: Option<&str>) {
        self.path.seen().node_in(self.tenant, node, message, via);
    }

    fn left(&mut self, node: &ChainNode, message: &RuleMessage, label: &str, error: Option<&str>) {
        self.path
            .seen()
            .node_out(self.tenant, node, message, label, error);
    }

    fn failed(&mut self, node: &ChainNode, message: &RuleMessage, error: &str) {
        self.path
            .seen()
            .unhandled_failure(self.tenant, node, message, error);
    }

    fn held(&mut self, node: &ChainNode, time: Duration) {
        self.path.seen().node_late(
            self.tenant,
            node,
            &format!("held its lane for {time:.1?}, and every message of that lane with it"),
        );
    }
}
