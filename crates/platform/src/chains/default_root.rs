//! The chain a new tenant starts with: telemetry and attributes are stored, commands reach
//! devices, the rest is logged.

use millrace_model::entity::{NodeConnection, RuleChain, RuleChainMetaData, RuleNode};
use serde_json::{Value as Json, json};

/// A new tenant's root chain, without id.
#[must_use]
pub fn default_root_chain() -> RuleChain {
    RuleChain {
        name: "Root Rule Chain".to_owned(),
        root: true,
        ..RuleChain::default()
    }
}

/// The nodes and connections of [`default_root_chain`].
#[must_use]
pub fn default_root_metadata() -> RuleChainMetaData {
    const SWITCH: usize = 2;
    RuleChainMetaData {
        first_node_index: Some(SWITCH),
        nodes: vec![
            node(
                "telemetry.TbMsgTimeseriesNode",
                "Save Timeseries",
                Some(1),
                json!({
                    "defaultTTL": 0,
                    "useServerTs": false,
                    "processingSettings": { "type": "ON_EVERY_MESSAGE" },
                }),
                (824, 156),
            ),
            node(
                "telemetry.TbMsgAttributesNode",
                "Save Client Attributes",
                Some(3),
                json!({
                    "processingSettings": { "type": "ON_EVERY_MESSAGE" },
                    "scope": "CLIENT_SCOPE",
                    "notifyDevice": false,
                    "sendAttributesUpdatedNotification": false,
                    "updateAttributesOnlyOnValueChange": true,
                }),
                (825, 52),
            ),
            node(
                "filter.TbMsgTypeSwitchNode",
                "Message Type Switch",
                None,
                json!({ "version": 0 }),
                (347, 149),
            ),
            log("Log RPC from Device", (825, 266)),
            log("Log Other", (825, 379)),
            node(
                "rpc.TbSendRPCRequestNode",
                "RPC Call Request",
                None,
                json!({ "timeoutInSeconds": 60 }),
                (825, 468),
            ),
        ],
        connections: Some(vec![
            from_switch(SWITCH, 4, "Other"),
            from_switch(SWITCH, 1, "Post attributes"),
            from_switch(SWITCH, 0, "Post telemetry"),
            from_switch(SWITCH, 3, "RPC Request from Device"),
            from_switch(SWITCH, 5, "RPC Request to Device"),
        ]),
        ..RuleChainMetaData::default()
    }
}

/// A log node with the script that log nodes start with: the engine knows it by its text and
/// writes the message without running it.
fn log(name: &str, place: (i32, i32)) -> RuleNode {
    const SCRIPT: &str = "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + JSON.stringify(metadata);";
    node(
        "action.TbLogNode",
        name,
        None,
        json!({ "scriptLang": "TBEL", "jsScript": SCRIPT, "tbelScript": SCRIPT }),
        place,
    )
}

fn node(
    kind: &str,
    name: &str,
    configuration_version: Option<i64>,
    configuration: Json,
    (x, y): (i32, i32),
) -> RuleNode {
    RuleNode {
        node_type: format!("org.thingsboard.rule.engine.{kind}"),
        name: name.to_owned(),
        configuration_version,
        configuration,
        additional_info: Some(json!({ "layoutX": x, "layoutY": y })),
        ..RuleNode::default()
    }
}

fn from_switch(switch: usize, to: usize, label: &str) -> NodeConnection {
    NodeConnection {
        from_index: switch,
        to_index: to,
        label: label.to_owned(),
    }
}
