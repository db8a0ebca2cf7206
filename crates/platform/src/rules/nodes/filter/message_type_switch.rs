//! *message type switch*: a message leaves by the label of its type.

use std::{borrow::Cow, sync::Arc};

use millrace_model::message::relation;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, no_upgrade},
    message::RuleMessage,
    node::{Node, Outcome, Services},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode",
    name: "message type switch",
    old_names: &[],
    kind: ComponentKind::Filter,
    description: "Sends a message on by the label of its type. A type that a script made up leaves by Other.",
    outputs: OUTPUTS,
    custom_outputs: false,
    version: 0,
    settings: &[],
    upgrade: no_upgrade,
    build: |_| Ok(Arc::new(MessageTypeSwitch)),
    examples: &[
        Example {
            title: "telemetry",
            metadata: r#"{"deviceName":"SN-001"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves_by: "Post telemetry",
            ..Example::BASIC
        },
        Example {
            title: "a type of a script's own",
            msg_type: "MY_TYPE",
            leaves_by: "Other",
            ..Example::BASIC
        },
    ],
};

const OUTPUTS: &[&str] = &[
    "Post attributes",
    "Post telemetry",
    "RPC Request from Device",
    "RPC Request to Device",
    "Activity Event",
    "Inactivity Event",
    "Connect Event",
    "Disconnect Event",
    "Entity Created",
    "Entity Updated",
    "Entity Deleted",
    "Entity Assigned",
    "Entity Unassigned",
    "Attributes Updated",
    "Attributes Deleted",
    "Alarm",
    "Alarm Created",
    "Alarm Updated",
    "Alarm Severity Updated",
    "Alarm Acknowledged",
    "Alarm Cleared",
    "Alarm Assigned",
    "Alarm Unassigned",
    "Comment Created",
    "Comment Updated",
    "Entity Assigned From Tenant",
    "Entity Assigned To Tenant",
    "Timeseries Updated",
    "Timeseries Deleted",
    "RPC Queued",
    "RPC Sent",
    "RPC Delivered",
    "RPC Successful",
    "RPC Timeout",
    "RPC Expired",
    "RPC Failed",
    "RPC Deleted",
    "Relation Added or Updated",
    "Relation Deleted",
    "All Relations Deleted",
    "REST API request",
    "Other",
];

struct MessageTypeSwitch;

impl Node for MessageTypeSwitch {
    fn process(&self, message: RuleMessage, _services: &mut dyn Services) -> Outcome {
        Outcome::Next(Cow::Borrowed(label(&message.msg_type)), message)
    }
}

/// The label of a message type.
fn label(msg_type: &str) -> &'static str {
    match msg_type {
        "POST_ATTRIBUTES_REQUEST" => "Post attributes",
        "POST_TELEMETRY_REQUEST" => "Post telemetry",
        "TO_SERVER_RPC_REQUEST" => "RPC Request from Device",
        "RPC_CALL_FROM_SERVER_TO_DEVICE" => "RPC Request to Device",
        "ACTIVITY_EVENT" => "Activity Event",
        "INACTIVITY_EVENT" => "Inactivity Event",
        "CONNECT_EVENT" => "Connect Event",
        "DISCONNECT_EVENT" => "Disconnect Event",
        "ENTITY_CREATED" => "Entity Created",
        "ENTITY_UPDATED" => "Entity Updated",
        "ENTITY_DELETED" => "Entity Deleted",
        "ENTITY_ASSIGNED" => "Entity Assigned",
        "ENTITY_UNASSIGNED" => "Entity Unassigned",
        "ATTRIBUTES_UPDATED" => "Attributes Updated",
        "ATTRIBUTES_DELETED" => "Attributes Deleted",
        "ALARM" => "Alarm",
        "ALARM_CREATED" => "Alarm Created",
        "ALARM_UPDATED" => "Alarm Updated",
        "ALARM_SEVERITY_UPDATED" => "Alarm Severity Updated",
        "ALARM_ACK" => "Alarm Acknowledged",
        "ALARM_CLEAR" => "Alarm Cleared",
        "ALARM_ASSIGNED" => "Alarm Assigned",
        "ALARM_UNASSIGNED" => "Alarm Unassigned",
        "COMMENT_CREATED" => "Comment Created",
        "COMMENT_UPDATED" => "Comment Updated",
        "ENTITY_ASSIGNED_FROM_TENANT" => "Entity Assigned From Tenant",
        "ENTITY_ASSIGNED_TO_TENANT" => "Entity Assigned To Tenant",
        "TIMESERIES_UPDATED" => "Timeseries Updated",
        "TIMESERIES_DELETED" => "Timeseries Deleted",
        "RPC_QUEUED" => "RPC Queued",
        "RPC_SENT" => "RPC Sent",
        "RPC_DELIVERED" => "RPC Delivered",
        "RPC_SUCCESSFUL" => "RPC Successful",
        "RPC_TIMEOUT" => "RPC Timeout",
        "RPC_EXPIRED" => "RPC Expired",
        "RPC_FAILED" => "RPC Failed",
        "RPC_DELETED" => "RPC Deleted",
        "RELATION_ADD_OR_UPDATE" => "Relation Added or Updated",
        "RELATION_DELETED" => "Relation Deleted",
        "RELATIONS_DELETED" => "All Relations Deleted",
        "REST_API_REQUEST" => "REST API request",
        _ => relation::OTHER,
    }
}
