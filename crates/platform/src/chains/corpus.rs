//! Public exports, when they are at hand: each imports, keeps everything, and runs or says why not.

use std::{collections::BTreeMap, path::Path};

use millrace_model::entity::RuleChainMetaData;
use serde_json::Value as Json;

use super::{AnsweredImport, Chains};
use crate::{fixture::Fixture, rules::nodes};

/// Nodes of the exports that stand in as placeholders: mail is not available.
const NOT_RUNNING: &[&str] = &["TbMsgToEmailNode", "TbSendEmailNode"];

#[test]
fn public_exports_import_keep_everything_and_run_or_say_why_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/rule-chains");
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    let fixture = Fixture::new();
    let chains = Chains::new(fixture.records.clone());
    let mut table: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen = 0;
    for file in files {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        seen += 1;
        let what = path.file_name().unwrap().to_string_lossy().into_owned();
        let content: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let plan = chains
            .plan_import(&fixture.admin, content.clone())
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(plan.chains.len(), 1, "{what}");
        let answered = AnsweredImport {
            content: content.clone(),
            ..AnsweredImport::default()
        };
        let rows = chains.apply_import(&fixture.admin, answered).unwrap();
        assert_eq!(rows[0].error, None, "{what}");
        let id = rows[0].rule_chain_id.unwrap();
        let stored = chains.metadata(&fixture.admin, id).unwrap();
        keeps_everything(&what, &content, &stored);
        chains.lint(&fixture.admin, stored.clone()).unwrap();
        for node in &stored.nodes {
            let class = node.node_type.rsplit('.').next().unwrap().to_owned();
            let outcome = match nodes::try_build(node) {
                Ok(_) => "runs".to_owned(),
                Err(error) => format!("placeholder: {error}"),
            };
            let known = nodes::descriptor(&node.node_type).is_some();
            assert!(
                known || NOT_RUNNING.contains(&class.as_str()),
                "{what}: {class} {outcome}"
            );
            *table.entry(format!("{class:<30} {outcome}")).or_default() += 1;
        }
    }
    assert!(seen > 0);
    println!("{seen} files");
    for (row, count) in table {
        println!("{count:>3} {row}");
    }
}

fn keeps_everything(what: &str, content: &Json, stored: &RuleChainMetaData) {
    let sent = content.get("metadata").unwrap_or(content);
    let nodes = sent["nodes"].as_array().unwrap();
    let mut expected = nodes.len();
    for (sent, stored) in nodes.iter().zip(&stored.nodes) {
        let stored = serde_json::to_value(stored).unwrap();
        for member in [
            "type",
            "name",
            "configuration",
            "additionalInfo",
            "singletonMode",
        ] {
            if !sent[member].is_null() {
                let (sent, stored) = (sent[member].to_string(), stored[member].to_string());
                assert_eq!(sent, stored, "{what}: {member}");
            }
        }
        if let Some(version) = sent["configurationVersion"].as_i64() {
            assert_eq!(stored["configurationVersion"], version, "{what}");
        }
    }
    let old = sent["ruleChainConnections"].as_array().map_or(0, Vec::len);
    expected += old;
    assert!(stored.nodes.len() <= expected, "{what}");
    let sent_connections = sent["connections"].as_array().map_or(0, Vec::len);
    let stored_connections = serde_json::to_value(&stored.connections).unwrap();
    let stored_connections = stored_connections.as_array().unwrap();
    assert_eq!(stored_connections.len(), sent_connections + old, "{what}");
    for (sent, stored) in sent["connections"]
        .as_array()
        .into_iter()
        .flatten()
        .zip(stored_connections)
    {
        assert_eq!(sent, stored, "{what}");
    }
    assert_eq!(
        sent["firstNodeIndex"].as_u64(),
        stored.first_node_index.map(|index| index as u64),
        "{what}"
    );
}
