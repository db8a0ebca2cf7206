use millrace_model::{
    DebugSettings, PageLink,
    entity::{NodeConnection, RuleChainConnection, RuleNode},
    id::RuleNodeId,
};
use serde_json::json;

use super::*;
use crate::{clock::now_ms, devices::DeviceProfiles, fixture::Fixture};

fn chains(fixture: &Fixture) -> Chains {
    Chains::new(fixture.records.clone())
}

fn new_chain(fixture: &Fixture, name: &str) -> RuleChainId {
    let chain = RuleChain {
        name: name.to_owned(),
        ..RuleChain::default()
    };
    let saved = chains(fixture).save(&fixture.admin, chain).unwrap();
    saved.id.unwrap()
}

fn node(name: &str) -> RuleNode {
    RuleNode {
        node_type: "org.example.Anything".to_owned(),
        name: name.to_owned(),
        ..RuleNode::default()
    }
}

fn link(from_index: usize, to_index: usize, label: &str) -> NodeConnection {
    NodeConnection {
        from_index,
        to_index,
        label: label.to_owned(),
    }
}

fn refused_field<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome.unwrap_err() {
        PlatformError::Invalid { field, .. } => field,
        other => panic!("not a refused field: {other:?}"),
    }
}

#[test]
fn the_first_start_makes_the_default_root_chain() {
    let fixture = Fixture::new();
    let chains = chains(&fixture);
    let root = chains.root(&fixture.admin).unwrap();
    assert_eq!(root.name, "Root Rule Chain");
    assert!(root.root);
    let metadata = chains
        .load_metadata(fixture.admin.tenant, root.id.unwrap())
        .unwrap()
        .unwrap();
    let first = &metadata.nodes[metadata.first_node_index.unwrap()];
    assert_eq!(first.name, "Message Type Switch");
    assert_eq!(root.first_rule_node_id, first.id);
    let mut ways: Vec<_> = metadata
        .connections
        .as_ref()
        .unwrap()
        .iter()
        .map(|way| {
            let target = &metadata.nodes[way.to_index];
            let kind = target.node_type.rsplit('.').next().unwrap();
            format!("{} -> {kind}", way.label)
        })
        .collect();
    ways.sort();
    assert_eq!(
        ways,
        [
            "Other -> TbLogNode",
            "Post attributes -> TbMsgAttributesNode",
            "Post telemetry -> TbMsgTimeseriesNode",
            "RPC Request from Device -> TbLogNode",
            "RPC Request to Device -> TbSendRPCRequestNode",
        ]
    );
    assert_eq!(metadata.rule_chain_connections, Some(Vec::new()));
}

#[test]
fn the_default_root_chain_equals_the_reference_export_when_it_is_at_hand() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/rule-chains/default-root-rule-chain.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        return;
    };
    let export: Json = serde_json::from_str(&text).unwrap();
    let theirs: RuleChainMetaData = serde_json::from_value(export["metadata"].clone()).unwrap();
    let ours = default_root_metadata();
    assert_eq!(ours.nodes, theirs.nodes);
    assert_eq!(ours.connections, theirs.connections);
    assert_eq!(ours.first_node_index, theirs.first_node_index);
}

#[test]
fn nodes_keep_their_ids_and_unknown_json_and_others_are_gone() {
    let fixture = Fixture::new();
    let chains = chains(&fixture);
    let id = new_chain(&fixture, "mine");
    let odd = json!({ "fromTheFuture": [1, { "x": null }] });
    let saved = chains
        .save_metadata(
            &fixture.admin,
            RuleChainMetaData {
                rule_chain_id: Some(id),
                first_node_index: Some(1),
                nodes: vec![
                    RuleNode {
                        configuration: odd.clone(),
                        additional_info: Some(json!({ "layoutX": 5 })),
                        debug_settings: Some(DebugSettings {
                            failures_enabled: true,
                            all_enabled: true,
                            all_enabled_until: 0,
                        }),
                        ..node("a")
                    },
                    node("b"),
                ],
                connections: Some(vec![link(1, 0, "Success")]),
                notes: Some(json!([{ "text": "read me" }])),
                ..RuleChainMetaData::default()
            },
        )
        .unwrap();
    assert_eq!(chains.metadata(&fixture.admin, id).unwrap(), saved);
    assert_eq!(saved.nodes[0].configuration, odd);
    assert_eq!(saved.notes, Some(json!([{ "text": "read me" }])));
    let debug = saved.nodes[0].debug_settings.unwrap();
    let left = debug.all_enabled_until - now_ms();
    assert!((890_000..=900_000).contains(&left), "{left} ms left");
    assert_eq!(saved.version, Some(2));
    let chain = chains.get(&fixture.admin, id).unwrap();
    assert_eq!(chain.first_rule_node_id, saved.nodes[1].id);

    let mut next = saved.clone();
    next.nodes.remove(1);
    next.nodes[0].name = "renamed".to_owned();
    next.nodes[0].debug_settings = None;
    next.nodes.push(RuleNode {
        id: Some(RuleNodeId::new()),
        ..node("pasted")
    });
    next.nodes.push(RuleNode {
        id: saved.nodes[0].id,
        ..node("twin")
    });
    next.first_node_index = None;
    next.connections = Some(Vec::new());
    let again = chains.save_metadata(&fixture.admin, next.clone()).unwrap();
    assert_eq!(again.nodes[0].id, saved.nodes[0].id);
    assert_eq!(again.nodes[0].created_time, saved.nodes[0].created_time);
    assert_eq!(again.nodes[0].debug_settings, Some(debug));
    assert_ne!(again.nodes[1].id, next.nodes[1].id);
    assert_ne!(again.nodes[2].id, saved.nodes[0].id);

    let old = chains.save_metadata(&fixture.admin, saved).unwrap_err();
    assert!(old.to_string().contains("expected version 2, stored is 3"));
}

#[test]
fn indexes_labels_and_names_are_checked() {
    let fixture = Fixture::new();
    let id = new_chain(&fixture, "mine");
    let field = |change: &dyn Fn(&mut RuleChainMetaData)| {
        let mut metadata = RuleChainMetaData {
            rule_chain_id: Some(id),
            nodes: vec![node("a")],
            ..RuleChainMetaData::default()
        };
        change(&mut metadata);
        refused_field(chains(&fixture).save_metadata(&fixture.admin, metadata))
    };
    assert_eq!(field(&|m| m.first_node_index = Some(1)), "firstNodeIndex");
    assert_eq!(
        field(&|m| {
            m.nodes.push(node("b"));
            m.connections = Some(vec![link(0, 1, "x"), link(0, 7, "x")]);
        }),
        "connections[1].toIndex"
    );
    assert_eq!(
        field(&|m| m.connections = Some(vec![link(0, 0, "x")])),
        "connections[0].toIndex",
        "a node is not its own successor"
    );
    assert_eq!(
        field(&|m| {
            m.nodes.push(node("b"));
            m.connections = Some(vec![link(0, 1, " ")]);
        }),
        "connections[0].type"
    );
    assert_eq!(field(&|m| m.nodes[0].name.clear()), "nodes[0].name");
    assert_eq!(field(&|m| m.nodes[0].node_type.clear()), "nodes[0].type");
    assert_eq!(field(&|m| m.rule_chain_id = None), "ruleChainId");
    assert_eq!(
        field(&|m| m.nodes = vec![node("n"); metadata::NODES_MAX + 1]),
        "nodes"
    );
}

#[test]
fn five_thousand_nodes_in_a_row_are_saved_and_read_back() {
    let fixture = Fixture::new();
    let id = new_chain(&fixture, "long");
    let count = metadata::NODES_MAX;
    let saved = chains(&fixture)
        .save_metadata(
            &fixture.admin,
            RuleChainMetaData {
                rule_chain_id: Some(id),
                first_node_index: Some(0),
                nodes: vec![node("n"); count],
                connections: Some((1..count).map(|to| link(to - 1, to, "Success")).collect()),
                ..RuleChainMetaData::default()
            },
        )
        .unwrap();
    assert_eq!(saved.nodes.len(), 5_000);
    let again = chains(&fixture)
        .save_metadata(&fixture.admin, saved.clone())
        .unwrap();
    assert_eq!(again.nodes, saved.nodes);
}

#[test]
fn old_connections_to_chains_become_rule_chain_nodes() {
    let fixture = Fixture::new();
    let target = new_chain(&fixture, "Target");
    let id = new_chain(&fixture, "mine");
    let old = |from_index, label: &str, x: i32| RuleChainConnection {
        from_index,
        target_rule_chain_id: target,
        additional_info: Some(json!({ "layoutX": x })),
        label: label.to_owned(),
    };
    let saved = chains(&fixture)
        .save_metadata(
            &fixture.admin,
            RuleChainMetaData {
                rule_chain_id: Some(id),
                nodes: vec![node("a"), node("b")],
                rule_chain_connections: Some(vec![
                    old(0, "Success", 1),
                    old(1, "Failure", 1),
                    old(1, "Other", 2),
                ]),
                ..RuleChainMetaData::default()
            },
        )
        .unwrap();
    assert_eq!(saved.nodes.len(), 4);
    let made = &saved.nodes[2];
    assert_eq!(made.node_type, metadata::RULE_CHAIN_NODE);
    assert_eq!(made.name, "Target");
    assert_eq!(made.configuration["ruleChainId"], json!(target.0));
    assert_eq!(
        saved.connections,
        Some(vec![
            link(0, 2, "Success"),
            link(1, 2, "Failure"),
            link(1, 3, "Other")
        ])
    );
    assert_eq!(saved.rule_chain_connections, Some(Vec::new()));
}

#[test]
fn exactly_one_chain_is_root_and_neither_it_nor_a_used_one_is_deleted() {
    let fixture = Fixture::new();
    let chains = chains(&fixture);
    let first = chains.root(&fixture.admin).unwrap().id.unwrap();
    let second = new_chain(&fixture, "second");
    let sent = RuleChain {
        root: true,
        ..chains.get(&fixture.admin, second).unwrap()
    };
    assert!(!chains.save(&fixture.admin, sent).unwrap().root);
    let root = chains.set_root(&fixture.admin, second).unwrap();
    assert!(root.root);
    assert_eq!(chains.root(&fixture.admin).unwrap().id, Some(second));
    assert!(!chains.get(&fixture.admin, first).unwrap().root);
    assert_eq!(
        refused_field(chains.delete(&fixture.admin, second)),
        "ruleChainId"
    );
    let profiles = DeviceProfiles::new(fixture.records.clone());
    let mut profile = profiles.default(&fixture.admin).unwrap();
    profile.default_rule_chain_id = Some(first);
    let mut profile = profiles.save(&fixture.admin, profile).unwrap();
    let refusal = chains.delete(&fixture.admin, first).unwrap_err();
    assert!(refusal.to_string().contains("device profile 'default'"));
    profile.default_rule_chain_id = None;
    profiles.save(&fixture.admin, profile).unwrap();
    chains.delete(&fixture.admin, first).unwrap();
    assert_eq!(
        chains.load_metadata(fixture.admin.tenant, first).unwrap(),
        None
    );
}

#[test]
fn lists_know_types_and_walls_hold() {
    let fixture = Fixture::new();
    let chains = chains(&fixture);
    let edge = RuleChain {
        name: "edge".to_owned(),
        chain_type: RuleChainType::Edge,
        ..RuleChain::default()
    };
    let edge = chains.save(&fixture.admin, edge).unwrap().id.unwrap();
    let names = |kind| {
        let page = chains
            .page(&fixture.admin, kind, &PageLink::first(10))
            .unwrap();
        page.data
            .into_iter()
            .map(|chain| chain.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(None), ["Root Rule Chain", "edge"]);
    assert_eq!(names(Some(RuleChainType::Core)), ["Root Rule Chain"]);
    assert_eq!(names(Some(RuleChainType::Edge)), ["edge"]);
    assert!(chains.set_root(&fixture.admin, edge).is_err());
    let stranger = fixture.stranger();
    assert!(chains.get(&stranger, edge).is_err());
    assert_eq!(chains.load_metadata(stranger.tenant, edge).unwrap(), None);
    let theirs = RuleChainMetaData {
        rule_chain_id: Some(edge),
        ..RuleChainMetaData::default()
    };
    assert!(chains.save_metadata(&stranger, theirs).is_err());
    let (_, customer) = fixture.customer("A");
    assert!(matches!(
        chains.metadata(&customer, edge),
        Err(PlatformError::Denied(_))
    ));
}

#[test]
fn exported_chains_import_elsewhere_with_their_references() {
    let fixture = Fixture::new();
    let chains = chains(&fixture);
    let admin = &fixture.admin;
    let target = new_chain(&fixture, "Target");
    let caller = new_chain(&fixture, "Caller");
    let call = RuleNode {
        node_type: metadata::RULE_CHAIN_NODE.to_owned(),
        configuration: json!({ "ruleChainId": target.0 }),
        ..node("call")
    };
    chains
        .save_metadata(
            admin,
            RuleChainMetaData {
                rule_chain_id: Some(caller),
                nodes: vec![call],
                first_node_index: Some(0),
                ..RuleChainMetaData::default()
            },
        )
        .unwrap();
    let bundle = chains.export(admin, 10).unwrap();
    assert_eq!((bundle.rule_chains.len(), bundle.metadata.len()), (3, 3));
    assert_eq!(chains.export(admin, 1).unwrap().rule_chains.len(), 1);

    let elsewhere = fixture.stranger();
    let made = chains.import(&elsewhere, bundle.clone(), false).unwrap();
    let id_of = |rows: &[ChainImport], name: &str| {
        let row = rows.iter().find(|row| row.rule_chain_name == name);
        row.and_then(|row| row.rule_chain_id).unwrap()
    };
    assert!(made.iter().all(|row| row.error.is_none() && !row.updated));
    let new_caller = id_of(&made, "Caller");
    assert_ne!(new_caller, caller);
    let nodes = chains.metadata(&elsewhere, new_caller).unwrap().nodes;
    assert_eq!(
        nodes[0].configuration["ruleChainId"],
        json!(id_of(&made, "Target").0)
    );

    let mut broken = bundle.clone();
    broken.metadata[2].first_node_index = Some(9);
    broken.rule_chains.push(RuleChain::default());
    let again = chains.import(&elsewhere, broken, true).unwrap();
    assert_eq!(id_of(&again, "Target"), id_of(&made, "Target"));
    let updated: Vec<_> = again.iter().map(|row| row.updated).collect();
    assert_eq!(updated, [true, true, false, false]);
    assert_eq!(
        chains.metadata(&elsewhere, new_caller).unwrap().nodes,
        nodes,
        "the chain that could not be imported stays as it was"
    );
    let errors: Vec<_> = again
        .iter()
        .filter_map(|row| row.error.as_deref())
        .collect();
    assert!(errors[0].contains("firstNodeIndex"), "{errors:?}");
    assert!(errors[1].contains("name"), "{errors:?}");
}

#[test]
fn a_default_chain_for_a_profile_has_the_root_chains_nodes() {
    let fixture = Fixture::new();
    let chains = chains(&fixture);
    let chain = chains.create_default(&fixture.admin, "Sensors").unwrap();
    assert!(!chain.root && chain.first_rule_node_id.is_some());
    let metadata = chains.metadata(&fixture.admin, chain.id.unwrap()).unwrap();
    assert_eq!(metadata.nodes.len(), default_root_metadata().nodes.len());
}

#[test]
fn secrets_of_nodes_are_sealed_masked_and_kept_for_the_engine() {
    let (fixture, dir) = (Fixture::new(), tempfile::TempDir::new().unwrap());
    let key = millrace_store::secrets::SecretKey::load(dir.path(), None).unwrap();
    let chains = chains(&fixture).with_key(std::sync::Arc::new(key));
    let admin = &fixture.admin;
    let chain = RuleChain {
        name: "calls".to_owned(),
        ..RuleChain::default()
    };
    let id = chains.save(admin, chain).unwrap().id.unwrap();
    let sent = serde_json::json!({
        "ruleChainId": id, "firstNodeIndex": 0, "connections": [],
        "nodes": [{
            "type": "org.thingsboard.rule.engine.rest.TbRestApiCallNode", "name": "call",
            "configurationVersion": 4,
            "configuration": {
                "restEndpointUrlPattern": "https://a.example/x",
                "credentials": { "type": "basic", "username": "u", "password": "hunter2" },
            },
        }],
    });
    let saved = chains
        .save_metadata(admin, serde_json::from_value(sent).unwrap())
        .unwrap();
    let read = chains.metadata(admin, id).unwrap();
    let stored = fixture
        .records
        .store()
        .document(admin.tenant, id.into(), "node-secrets");
    for shown in [
        serde_json::to_string(&saved).unwrap(),
        serde_json::to_string(&read).unwrap(),
        stored.unwrap().unwrap().to_string(),
    ] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    // Sent back unchanged it is kept, and the engine has it in clear.
    chains.save_metadata(admin, read).unwrap();
    let password = |metadata: RuleChainMetaData| {
        metadata.nodes[0].configuration["credentials"]["password"].clone()
    };
    let clear = chains.load_metadata(admin.tenant, id).unwrap().unwrap();
    assert_eq!(password(clear), "hunter2");
    let mut elsewhere = chains.metadata(admin, id).unwrap();
    elsewhere.nodes[0].configuration["restEndpointUrlPattern"] = "https://evil.example/".into();
    let error = chains
        .save_metadata(admin, elsewhere)
        .unwrap_err()
        .to_string();
    assert!(error.contains("must be entered again"), "{error}");
    let mut emptied = chains.metadata(admin, id).unwrap();
    emptied.nodes[0].configuration["credentials"]["password"] = "".into();
    chains.save_metadata(admin, emptied).unwrap();
    let clear = chains.load_metadata(admin.tenant, id).unwrap().unwrap();
    assert_eq!(password(clear), "");
}
