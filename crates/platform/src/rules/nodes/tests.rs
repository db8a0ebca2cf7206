//! What examples cannot show.

use std::sync::Arc;

use millrace_model::{AttributeScope, EntityId, EntityType, entity::RuleNode, telemetry::TsValue};
use millrace_store::journal::OutRecord;

use crate::rules::{
    message::{Data, Metadata, RuleMessage},
    node::Outcome,
    recording::Recording,
};

use super::build;

fn message(msg_type: &'static str, metadata: &str, data: &str) -> RuleMessage {
    let mut entries = Metadata::default();
    let parsed: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(metadata).unwrap();
    for (key, value) in parsed {
        entries.set(key, value.as_str().unwrap().to_owned());
    }
    RuleMessage {
        id: uuid::Uuid::nil(),
        ts: 1_000,
        msg_type: msg_type.into(),
        originator: EntityId::new(EntityType::Device, uuid::Uuid::nil()),
        customer: None,
        metadata: entries,
        call: None,
        data: Data::Text(data.into()),
    }
}

pub(super) fn node(type_name: &str, settings: &str, version: Option<i64>) -> RuleNode {
    RuleNode {
        node_type: type_name.to_owned(),
        name: "n".to_owned(),
        configuration: serde_json::from_str(settings).unwrap(),
        configuration_version: version,
        ..RuleNode::default()
    }
}

fn run(node: &RuleNode, message: RuleMessage, services: &mut Recording) -> (String, RuleMessage) {
    match build(node).process(message, services) {
        Outcome::Next(label, message) => (label.into_owned(), message),
        Outcome::Failed(error, mut message) => {
            message.metadata.set("error", error);
            ("Failure".to_owned(), message)
        }
        _ => panic!("one message leaves"),
    }
}

#[test]
fn telemetry_takes_its_time_from_entry_then_metadata_then_message() {
    let time = |settings: &str, metadata: &str, data: &str| {
        let mut services = Recording::default();
        let node = node(
            "org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode",
            settings,
            Some(1),
        );
        let (label, _) = run(
            &node,
            message("POST_TELEMETRY_REQUEST", metadata, data),
            &mut services,
        );
        assert_eq!(label, "Success");
        match services.saved.first() {
            Some(OutRecord::Points { ts, expires, .. }) => (*ts, *expires),
            other => panic!("points, not {other:?}"),
        }
    };
    assert_eq!(
        time("{}", r#"{"ts":"7"}"#, r#"{"ts":5,"values":{"a":1}}"#),
        (5, None)
    );
    assert_eq!(time("{}", r#"{"ts":"7"}"#, r#"{"a":1}"#), (7, None));
    assert_eq!(time("{}", "{}", r#"{"a":1}"#), (1_000, None));
    assert_eq!(
        time(r#"{"useServerTs":true}"#, r#"{"ts":"7"}"#, r#"{"a":1}"#),
        (1_234, None)
    );
    assert_eq!(
        time(r#"{"defaultTTL":2}"#, "{}", r#"{"a":1}"#),
        (1_000, Some(3_234))
    );
    assert_eq!(
        time(r#"{"defaultTTL":2}"#, r#"{"TTL":"9"}"#, r#"{"a":1}"#),
        (1_000, Some(10_234))
    );
}

#[test]
fn unchanged_attributes_are_written_only_by_old_exports() {
    let written = |version: Option<i64>| {
        let mut services = Recording::default();
        let known = TsValue {
            ts: 1,
            value: millrace_model::Value::Long(1),
        };
        services
            .attributes
            .insert((AttributeScope::Client, "same".to_owned()), known);
        let node = node(
            "org.thingsboard.rule.engine.telemetry.TbMsgAttributesNode",
            r#"{"scope":"CLIENT_SCOPE"}"#,
            version,
        );
        run(
            &node,
            message("POST_ATTRIBUTES_REQUEST", "{}", r#"{"same":1,"other":2}"#),
            &mut services,
        );
        match services.saved.first() {
            Some(OutRecord::Attributes { values, .. }) => values
                .iter()
                .map(|(key, _)| Arc::clone(key))
                .collect::<Vec<_>>(),
            other => panic!("attributes, not {other:?}"),
        }
    };
    assert_eq!(written(Some(3)), ["other".into()]);
    assert_eq!(written(None), ["same".into(), "other".into()]);
}

#[test]
fn an_unknown_node_fails_each_message_with_its_reason() {
    let unknown = node(
        "org.thingsboard.rule.engine.geo.TbGpsGeofencingFilterNode",
        r#"{"kept":true}"#,
        None,
    );
    let (label, message) = run(
        &unknown,
        message("POST_TELEMETRY_REQUEST", "{}", "{}"),
        &mut Recording::default(),
    );
    assert_eq!(label, "Failure");
    assert!(
        message
            .metadata
            .get("error")
            .unwrap()
            .contains("TbGpsGeofencingFilterNode is not available")
    );
}
