//! What is doubtful in a chain, found without running it.

use std::{collections::HashSet, sync::LazyLock};

use millrace_model::{
    EntityId,
    entity::{RuleChainMetaData, RuleNode},
};
use regex::Regex;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Chains, metadata, references};
use crate::{
    Result, Scope, access,
    rules::nodes::{self, script::ScriptSettings},
};

/// Most findings of one chain.
const FINDINGS_MAX: usize = 1_000;

/// Something doubtful about a chain or one of its nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainFinding {
    /// Index of the node; absent when it is about the whole chain.
    pub node_index: Option<usize>,
    /// How bad it is.
    pub severity: FindingSeverity,
    /// Stable machine name, e.g. `unreachable-node`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub text: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum FindingSeverity {
    /// Messages will fail.
    Error,
    /// Probably not what was meant.
    Warning,
}

use FindingSeverity::{Error, Warning};

/// Names of the prefixes of fetched attributes, and what they stand for.
const PREFIXES: [(&str, &str, &str); 3] = [
    ("cs_", "clientAttributeNames", "client"),
    ("shared_", "sharedAttributeNames", "shared"),
    ("ss_", "serverAttributeNames", "server"),
];

const ATTRIBUTES_NODE: &str = "org.thingsboard.rule.engine.metadata.TbGetAttributesNode";

struct Findings(Vec<ChainFinding>);

impl Findings {
    fn add(
        &mut self,
        node_index: Option<usize>,
        severity: FindingSeverity,
        code: &'static str,
        text: String,
    ) {
        if self.0.len() < FINDINGS_MAX {
            self.0.push(ChainFinding {
                node_index,
                severity,
                code,
                text,
            });
        }
    }
}

impl Chains {
    /// What is doubtful in a chain, saved or not, in the order of its nodes.
    ///
    /// # Errors
    /// For what a save would refuse: indexes out of range and the like.
    pub fn lint(&self, scope: &Scope, mut chain: RuleChainMetaData) -> Result<Vec<ChainFinding>> {
        access::require_admin(scope)?;
        metadata::convert_chain_connections(&mut chain, self.names_of(scope))?;
        metadata::check(&mut chain)?;
        let mut findings = Findings(Vec::new());
        entry(&chain, &mut findings);
        for (index, node) in chain.nodes.iter().enumerate() {
            behaviour(index, node, &mut findings);
            self.named_entities(scope, index, node, &mut findings)?;
            labels(index, node, &chain, &mut findings);
        }
        prefixes(&chain, &mut findings);
        unreachable(&chain, &mut findings);
        findings.0.sort_by_key(|finding| finding.node_index);
        Ok(findings.0)
    }

    /// References to what is not there.
    fn named_entities(
        &self,
        scope: &Scope,
        index: usize,
        node: &RuleNode,
        findings: &mut Findings,
    ) -> Result<()> {
        for reference in references::of_node(node) {
            let id = EntityId::new(reference.kind, reference.id);
            let kind = access::words(reference.kind).to_lowercase();
            let found = self.records.store().get(scope.tenant, id)?;
            match found {
                None => findings.add(
                    Some(index),
                    Error,
                    "missing-entity",
                    format!(
                        "{} names {kind} {}, which does not exist: select one",
                        reference.setting, reference.id
                    ),
                ),
                Some(row) if row.body.get("enabled") == Some(&Json::Bool(false)) => findings.add(
                    Some(index),
                    Warning,
                    "disabled-entity",
                    format!("{kind} \"{}\" is disabled: enable it", row.name),
                ),
                Some(_) => {}
            }
        }
        Ok(())
    }
}

fn entry(chain: &RuleChainMetaData, findings: &mut Findings) {
    if chain.first_node_index.is_none() {
        findings.add(
            None,
            Error,
            "no-first-node",
            "the chain has no first node: connect the input to a node".to_owned(),
        );
    }
}

/// Whether the node runs, and what its script says of itself.
fn behaviour(index: usize, node: &RuleNode, findings: &mut Findings) {
    if let Err(error) = nodes::try_build(node) {
        let code = match nodes::descriptor(&node.node_type) {
            Some(_) => "wrong-settings",
            None => "unknown-node",
        };
        findings.add(Some(index), Error, code, error.to_string());
        return;
    }
    for warning in script_of(node)
        .and_then(|script| script.compile().ok())
        .map(|script| script.warnings())
        .unwrap_or_default()
    {
        findings.add(Some(index), Warning, "script", warning.to_string());
    }
}

/// Connections over labels that the node never gives.
fn labels(index: usize, node: &RuleNode, chain: &RuleChainMetaData, findings: &mut Findings) {
    let Some(descriptor) = nodes::descriptor(&node.node_type) else {
        return;
    };
    if descriptor.custom_outputs {
        return;
    }
    let mut told = HashSet::new();
    for connection in chain.connections.iter().flatten() {
        let label = connection.label.as_str();
        let given = descriptor
            .outputs
            .iter()
            .any(|output| output.eq_ignore_ascii_case(label));
        // Any node can fail, whatever its description lists.
        let failure = label.eq_ignore_ascii_case("Failure");
        if connection.from_index == index && !given && !failure && told.insert(label) {
            findings.add(
                Some(index),
                Warning,
                "unknown-label",
                format!(
                    "\"{}\" never sends a message over {label}: use {}",
                    node.name,
                    descriptor.outputs.join(", ")
                ),
            );
        }
    }
}

/// Scripts that read an attribute under another prefix than it is fetched with.
fn prefixes(chain: &RuleChainMetaData, findings: &mut Findings) {
    let mut fetched: HashSet<String> = HashSet::new();
    for node in &chain.nodes {
        if node.node_type != ATTRIBUTES_NODE {
            continue;
        }
        for (prefix, setting, _) in PREFIXES {
            let names = node.configuration.get(setting).and_then(Json::as_array);
            let names = names.into_iter().flatten().filter_map(Json::as_str);
            fetched.extend(names.map(|name| format!("{prefix}{name}")));
        }
    }
    if fetched.is_empty() {
        return;
    }
    for (index, node) in chain.nodes.iter().enumerate() {
        let Some(script) = script_of(node) else {
            continue;
        };
        let mut told = HashSet::new();
        for (prefix, name) in read_attributes(script.text()) {
            let read = format!("{prefix}{name}");
            if fetched.contains(&read) || !told.insert(read.clone()) {
                continue;
            }
            let other = PREFIXES
                .iter()
                .find(|(other, ..)| fetched.contains(&format!("{other}{name}")));
            if let Some((other, _, scope)) = other {
                findings.add(
                    Some(index),
                    Warning,
                    "attribute-prefix",
                    format!(
                        "the script reads {read}, but {name} is fetched as a {scope} attribute: read {other}{name}"
                    ),
                );
            }
        }
    }
}

/// The script that a node runs.
fn script_of(node: &RuleNode) -> Option<ScriptSettings> {
    let script: ScriptSettings = serde_json::from_value(node.configuration.clone()).ok()?;
    (!script.text().trim().is_empty()).then_some(script)
}

/// The prefixed names that a script reads from the metadata, or from the body.
fn read_attributes(script: &str) -> Vec<(&str, &str)> {
    static READ: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?:metadata|msg)(?:\.\??|\[\s*["'])(cs_|shared_|ss_)([A-Za-z0-9_$-]+)"#).ok()
    });
    let Some(read) = READ.as_ref() else {
        return Vec::new();
    };
    read.captures_iter(script)
        .filter_map(|found| {
            let (prefix, name) = (found.get(1)?, found.get(2)?);
            Some((prefix.as_str(), name.as_str()))
        })
        .collect()
}

/// Nodes that no message comes to.
fn unreachable(chain: &RuleChainMetaData, findings: &mut Findings) {
    let Some(first) = chain.first_node_index else {
        return;
    };
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); chain.nodes.len()];
    for connection in chain.connections.iter().flatten() {
        if let Some(targets) = next.get_mut(connection.from_index) {
            targets.push(connection.to_index);
        }
    }
    let mut reached = vec![false; chain.nodes.len()];
    // Nodes that make messages of their own need nobody before them.
    let mut open: Vec<usize> = chain
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| nodes::build(node).period().is_some())
        .map(|(index, _)| index)
        .chain([first])
        .collect();
    while let Some(index) = open.pop() {
        if let Some(seen) = reached.get_mut(index)
            && !std::mem::replace(seen, true)
        {
            open.extend(next.get(index).into_iter().flatten());
        }
    }
    for (index, node) in chain.nodes.iter().enumerate() {
        if !reached.get(index).copied().unwrap_or(false) {
            findings.add(
                Some(index),
                Warning,
                "unreachable-node",
                format!(
                    "no message comes to \"{}\": connect it or delete it",
                    node.name
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use millrace_model::entity::NodeConnection;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::fixture::Fixture;

    fn node(class: &str, configuration: Json) -> RuleNode {
        RuleNode {
            node_type: format!("org.thingsboard.rule.engine.{class}"),
            name: class.rsplit('.').next().unwrap().to_owned(),
            configuration_version: Some(9),
            configuration,
            ..RuleNode::default()
        }
    }

    fn codes(
        fixture: &Fixture,
        first: Option<usize>,
        nodes: Vec<RuleNode>,
        connections: &[(usize, usize, &str)],
    ) -> Vec<(Option<usize>, &'static str)> {
        let chain = RuleChainMetaData {
            first_node_index: first,
            nodes,
            connections: Some(
                connections
                    .iter()
                    .map(|(from_index, to_index, label)| NodeConnection {
                        from_index: *from_index,
                        to_index: *to_index,
                        label: (*label).to_owned(),
                    })
                    .collect(),
            ),
            ..RuleChainMetaData::default()
        };
        let found = Chains::new(fixture.records.clone())
            .lint(&fixture.admin, chain)
            .unwrap();
        found
            .into_iter()
            .map(|finding| (finding.node_index, finding.code))
            .collect()
    }

    fn fetch(setting: &str) -> RuleNode {
        node(
            "metadata.TbGetAttributesNode",
            json!({ setting: ["limit"] }),
        )
    }

    fn reads(script: &str) -> RuleNode {
        node(
            "filter.TbJsFilterNode",
            json!({ "scriptLang": "TBEL", "tbelScript": script }),
        )
    }

    #[test]
    fn a_chain_without_faults_has_no_findings() {
        let fixture = Fixture::new();
        let root = super::super::default_root_metadata();
        let found = Chains::new(fixture.records.clone())
            .lint(&fixture.admin, root)
            .unwrap();
        assert_eq!(found, []);
    }

    #[test]
    fn each_fault_is_found_at_its_node() {
        let fixture = Fixture::new();
        let switch = || node("filter.TbMsgTypeSwitchNode", json!({}));
        let log = || node("action.TbLogNode", json!({}));
        assert_eq!(
            codes(&fixture, None, vec![log()], &[]),
            [(None, "no-first-node")]
        );
        assert_eq!(
            codes(&fixture, Some(0), vec![log(), switch()], &[]),
            [(Some(1), "unreachable-node")]
        );
        assert_eq!(
            codes(
                &fixture,
                Some(0),
                vec![switch(), log()],
                &[
                    (0, 1, "post TELEMETRY"),
                    (0, 1, "Sucess"),
                    (0, 1, "Failure")
                ]
            ),
            [(Some(0), "unknown-label")]
        );
        assert_eq!(
            codes(&fixture, Some(0), vec![node("geo.Unknown", json!({}))], &[]),
            [(Some(0), "unknown-node")]
        );
        assert_eq!(
            codes(&fixture, Some(0), vec![reads("return msg.a >;")], &[]),
            [(Some(0), "wrong-settings")]
        );
        let call = node(
            "flow.TbRuleChainInputNode",
            json!({ "ruleChainId": Uuid::from_u128(1) }),
        );
        assert_eq!(
            codes(&fixture, Some(0), vec![call], &[]),
            [(Some(0), "missing-entity")]
        );
    }

    #[test]
    fn an_attribute_that_is_read_under_another_prefix_is_found() {
        let fixture = Fixture::new();
        let run = |fetch: RuleNode, script: &str| {
            codes(
                &fixture,
                Some(0),
                vec![fetch, reads(script)],
                &[(0, 1, "Success")],
            )
        };
        let found = run(
            fetch("serverAttributeNames"),
            "return metadata.cs_limit > 1;",
        );
        assert_eq!(found, [(Some(1), "attribute-prefix")]);
        let found = run(
            fetch("clientAttributeNames"),
            "return metadata['ss_limit'] > 1;",
        );
        assert_eq!(found, [(Some(1), "attribute-prefix")]);
        let right = run(
            fetch("serverAttributeNames"),
            "return metadata.ss_limit > 1;",
        );
        assert_eq!(right, []);
        let unrelated = run(
            fetch("serverAttributeNames"),
            "return metadata.cs_other > 1;",
        );
        assert_eq!(unrelated, []);
    }
}
