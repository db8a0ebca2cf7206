//! Runs the examples of every node.

use millrace_model::{AttributeScope, Value, telemetry::TsValue};
use serde_json::{Value as Json, json};

use super::{
    descriptors,
    tests::node,
    try_build,
    world::{NOW, World},
};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor},
    message::RuleMessage,
    recording::Recording,
};

#[test]
fn every_example_comes_out_as_it_promises() {
    let world = World::new();
    for descriptor in descriptors() {
        for example in descriptor.examples {
            run(&world, descriptor, example);
        }
    }
}

fn run(world: &World, descriptor: &NodeDescriptor, example: &Example) {
    let what = format!("{}: {}", descriptor.name, example.title);
    let mut settings = descriptor.default_settings();
    let given: Json = serde_json::from_str(&with_ids(world, example.settings)).unwrap();
    let members = settings.as_object_mut().unwrap();
    members.extend(given.as_object().unwrap().clone());
    let node = node(
        descriptor.type_name,
        &settings.to_string(),
        Some(descriptor.version),
    );
    let built = try_build(&node).unwrap_or_else(|error| panic!("{what}: {error}"));
    let metadata = serde_json::from_str(example.metadata).unwrap();
    let originator = world.entity(example.originator);
    let mut services = world.services();
    store(&mut services, example.stored);
    let message = world.message(
        originator,
        example.msg_type,
        &metadata,
        &with_ids(world, example.data),
    );
    let left = world.run(&*built, message, &mut services);
    let shown: Vec<String> = left.iter().map(show).collect();
    let wanted: Json = serde_json::from_str(&with_ids(world, example.leaves)).unwrap();
    let wanted: Vec<Json> = match wanted {
        Json::Array(several) => several,
        _ if example.leaves_by.is_empty() => Vec::new(),
        one => vec![one],
    };
    assert_eq!(left.len(), wanted.len(), "{what}: {shown:#?}");
    for ((label, message), wanted) in left.iter().zip(&wanted) {
        let by = wanted["label"].as_str().unwrap_or(example.leaves_by);
        assert_eq!(label, by, "{what}: {shown:#?}");
        compare(world, &what, message, wanted);
    }
}

/// Ids of the examples' tenant in place of `<Name>`.
fn with_ids(world: &World, text: &str) -> String {
    ["Boiler", "Acme", "Cellar", "Boilers", "Alarm"]
        .iter()
        .fold(text.to_owned(), |text, name| {
            text.replace(&format!("<{name}>"), &world.entity(name).id.to_string())
        })
}

fn show((label, message): &(String, RuleMessage)) -> String {
    format!(
        "{label}: {} {} {}",
        message.msg_type,
        message.data.text(),
        message.metadata.to_json()
    )
}

fn compare(world: &World, what: &str, message: &RuleMessage, wanted: &Json) {
    for (member, wanted) in wanted.as_object().unwrap() {
        match member.as_str() {
            "data" => {
                let data = message.data.json().unwrap();
                assert_eq!(data, *wanted, "{what}");
            }
            "metadata" => {
                for (key, wanted) in wanted.as_object().unwrap() {
                    let found = message.metadata.get(key).map_or(Json::Null, |v| json!(v));
                    assert_eq!(found, *wanted, "{what}: metadata.{key}");
                }
            }
            "msgType" => assert_eq!(json!(&*message.msg_type), *wanted, "{what}"),
            "originator" => {
                let entity = world.entity(wanted.as_str().unwrap());
                assert_eq!(message.originator, entity, "{what}");
            }
            "label" => {}
            other => panic!("{what}: an example cannot say {other}"),
        }
    }
}

fn store(services: &mut Recording, stored: &str) {
    let stored: Json = serde_json::from_str(stored).unwrap();
    for (place, values) in stored.as_object().unwrap() {
        for (key, value) in values.as_object().unwrap() {
            let value = TsValue {
                ts: NOW - 1_000,
                value: Value::from_json(value, false).unwrap(),
            };
            let scope = match place.as_str() {
                "latest" => {
                    services.latest.insert(key.clone(), value);
                    continue;
                }
                "client" => AttributeScope::Client,
                "shared" => AttributeScope::Shared,
                "server" => AttributeScope::Server,
                other => panic!("values cannot be stored in {other}"),
            };
            services.attributes.insert((scope, key.clone()), value);
        }
    }
}

#[test]
fn every_node_has_an_example_for_each_of_its_few_labels_and_json_in_its_constants() {
    let world = World::new();
    for descriptor in descriptors() {
        let name = descriptor.name;
        assert!(!descriptor.examples.is_empty(), "{name} has no example");
        for setting in descriptor.settings {
            for text in [Some(setting.default), setting.absent]
                .into_iter()
                .flatten()
            {
                let json: Result<Json, _> = serde_json::from_str(text);
                assert!(json.is_ok(), "{name}.{}: {text}", setting.name);
            }
            assert!(
                !setting.label.is_empty(),
                "{name}.{} has no label",
                setting.name
            );
            assert!(!setting.description.is_empty(), "{name}.{}", setting.name);
        }
        // A switch over types has dozens of labels, all made by one table; what a node that
        // calls another chain fails with comes from the walk; what actions reach out for is not
        // here.
        let calls = |example: &Example| example.leaves_by.starts_with("into ");
        if descriptor.outputs.len() > 5
            || descriptor.examples.iter().any(calls)
            || matches!(
                descriptor.kind,
                ComponentKind::Action | ComponentKind::External
            )
        {
            continue;
        }
        for label in descriptor.outputs {
            let shown = descriptor.examples.iter().any(|example| {
                example.leaves_by == *label || example.leaves.contains(&format!("\"{label}\""))
            });
            assert!(shown, "{name} has no example that leaves by {label}");
        }
    }
    drop(world);
}
