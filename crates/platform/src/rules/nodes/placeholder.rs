//! Stands in for a node that cannot run: keeps its place and says why on every message.

use crate::rules::{
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
};

pub(super) struct Placeholder {
    reason: String,
}

impl Placeholder {
    pub(super) fn new(name: &str, error: &BuildError) -> Self {
        Self {
            reason: format!("node \"{name}\" does not run: {error}"),
        }
    }
}

/// Why a type has no behaviour here. *rpc call request* stands in every default chain and gets a
/// text of its own.
pub(super) fn unknown_type(type_name: &str) -> String {
    let class = type_name.rsplit('.').next().unwrap_or(type_name);
    if class == "TbSendRPCRequestNode" {
        return "remote procedure calls to devices are not available yet".to_owned();
    }
    format!("node type {class} is not available; its settings are kept")
}

impl Node for Placeholder {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::Failed(self.reason.clone(), message)
    }
}
