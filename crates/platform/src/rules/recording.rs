//! Services for tests of nodes and walks: real scripts, everything else recorded or set before.

use std::{collections::HashMap, sync::Arc};

use millrace_model::{
    AttributeScope, EntityId, Millis, TenantId,
    id::{IntegrationId, RuleChainId},
    telemetry::TsValue,
};
use millrace_script::{
    Argument, Engine, EngineOptions, HostCall, Script, ScriptError, Value as ScriptValue,
};
use millrace_store::journal::OutRecord;
use uuid::Uuid;

use super::{
    chain::Chain,
    directory::Directory,
    message::RuleMessage,
    node::{ChainTarget, Commands, Place, Services},
    walk::Position,
};

/// What nodes did, and what they find.
pub(crate) struct Recording {
    pub(crate) tenant: TenantId,
    pub(crate) arrival_ms: Millis,
    pub(crate) engine: Engine,
    pub(crate) saved: Vec<OutRecord>,
    /// Id of the message and the line.
    pub(crate) logged: Vec<(Uuid, String)>,
    pub(crate) emitted: Vec<RuleMessage>,
    pub(crate) downlinks: Vec<(IntegrationId, RuleMessage)>,
    pub(crate) scheduled: Vec<(RuleMessage, Millis)>,
    pub(crate) attributes: HashMap<(AttributeScope, String), TsValue>,
    pub(crate) latest: HashMap<String, TsValue>,
    pub(crate) chains: HashMap<RuleChainId, Arc<Chain>>,
    /// Needed only by tests of nodes that look things up.
    pub(crate) directory: Option<Arc<Directory>>,
    pub(crate) commands: Option<Arc<dyn Commands>>,
    pub(crate) at: Option<Position>,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            tenant: TenantId::null(),
            arrival_ms: 1_234,
            engine: Engine::new(EngineOptions::default()),
            saved: Vec::new(),
            logged: Vec::new(),
            emitted: Vec::new(),
            downlinks: Vec::new(),
            scheduled: Vec::new(),
            attributes: HashMap::new(),
            latest: HashMap::new(),
            chains: HashMap::new(),
            directory: None,
            commands: None,
            at: None,
        }
    }
}

impl Services for Recording {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn save(&mut self, record: OutRecord) {
        self.saved.push(record);
    }

    fn enter(&mut self, at: &Position) {
        self.at = Some(at.clone());
    }

    fn place(&self) -> Option<Place> {
        self.at.as_ref()?.place()
    }

    fn latest(&self, _entity: EntityId, key: &str) -> Option<TsValue> {
        self.latest.get(key).cloned()
    }

    fn directory(&self) -> Arc<Directory> {
        self.directory.clone().expect("the test gives a directory")
    }

    fn commands(&self) -> Option<Arc<dyn Commands>> {
        self.commands.clone()
    }

    fn downlink(
        &mut self,
        integration: IntegrationId,
        message: &RuleMessage,
    ) -> Result<(), String> {
        self.downlinks.push((integration, message.clone()));
        Ok(())
    }

    fn schedule(&mut self, message: RuleMessage, due: Millis, most: usize) -> Result<(), String> {
        if self.scheduled.len() >= most {
            return Err(format!("{most} messages wait in this node already"));
        }
        self.scheduled.push((message, due));
        Ok(())
    }

    fn chain(&self, target: ChainTarget, _message: &RuleMessage) -> Option<Arc<Chain>> {
        match target {
            ChainTarget::Id(id) => self.chains.get(&id).cloned(),
            ChainTarget::OfOriginator => None,
        }
    }

    fn attribute(&self, _entity: EntityId, scope: AttributeScope, key: &str) -> Option<TsValue> {
        self.attributes.get(&(scope, key.to_owned())).cloned()
    }

    fn run_script(
        &mut self,
        script: &Script,
        _message: &RuleMessage,
        arguments: &[Argument<'_>],
    ) -> Result<ScriptValue, ScriptError> {
        self.engine.run(script, arguments, &HostCall::default())
    }

    fn log(&mut self, message: &RuleMessage, line: &str) {
        self.logged.push((message.id, line.to_owned()));
    }

    fn emit(&mut self, message: RuleMessage) {
        self.emitted.push(message);
    }

    fn arrival_ms(&self) -> Millis {
        self.arrival_ms
    }
}
