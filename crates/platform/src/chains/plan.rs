//! Imports that ask first: what a file names and is not here, and what to put in its place.

use std::collections::HashMap;

use millrace_model::{EntityId, EntityType, PageLink, id::RuleChainId};
use millrace_store::entities::EntityFilter;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChainBundle, ChainImport, Chains, file, references};
use crate::{PlatformError, Result, Scope, access, rules::nodes};

/// Most entities offered in place of a missing one.
const CANDIDATES: u32 = 100;
/// Most missing entities of one file.
const MISSING_MAX: usize = 1_000;

/// What an import would do, and what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportPlan {
    /// The chains in the file.
    pub chains: Vec<PlannedChain>,
    /// Entities that nodes name and that are not here.
    pub missing: Vec<MissingEntity>,
}

/// A chain of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedChain {
    /// Its name.
    pub name: String,
    /// How many nodes it has.
    pub nodes: usize,
    /// The chain of that name here, which `overwrite` would replace.
    pub existing: Option<RuleChainId>,
    /// Nodes that would not run as they are.
    pub not_running: Vec<NotRunning>,
}

/// A node that would fail every message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotRunning {
    /// Its index in the chain.
    pub node_index: usize,
    /// Its name.
    pub node: String,
    /// Its type.
    #[serde(rename = "type")]
    pub node_type: String,
    /// Why.
    pub reason: String,
}

/// An entity that is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissingEntity {
    /// Its id in the file.
    pub id: Uuid,
    /// Its kind.
    pub entity_type: EntityType,
    /// Its name, when the file tells.
    pub name: Option<String>,
    /// Where it is named.
    pub places: Vec<ReferencePlace>,
    /// The entity of that name here.
    pub suggestion: Option<Uuid>,
    /// Entities of its kind here, at most 100.
    pub candidates: Vec<Candidate>,
}

/// A setting that names a missing entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferencePlace {
    /// The chain.
    pub chain: String,
    /// Index of the node.
    pub node_index: usize,
    /// Name of the node.
    pub node: String,
    /// Name of the setting.
    pub setting: String,
}

/// An entity that could take the place of a missing one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Candidate {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A file with the answers to its plan.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AnsweredImport {
    /// The file, as it was sent for the plan.
    #[schema(value_type = Object)]
    pub content: Json,
    /// Entities here by the ids of missing ones; null or absent leaves a reference as it is.
    pub answers: HashMap<Uuid, Option<Uuid>>,
    /// Whether chains of the same name are replaced.
    pub overwrite: bool,
}

impl Chains {
    /// What importing a file would do. Changes nothing.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] when the file holds no chain.
    pub fn plan_import(&self, scope: &Scope, content: Json) -> Result<ImportPlan> {
        access::require_admin(scope)?;
        let bundle = file::read(content)?;
        let mut chains = Vec::with_capacity(bundle.rule_chains.len());
        for chain in &bundle.rule_chains {
            let metadata = bundle
                .metadata
                .iter()
                .find(|metadata| metadata.rule_chain_id == chain.id);
            let nodes = metadata.map_or(&[][..], |metadata| &metadata.nodes);
            let not_running = nodes
                .iter()
                .enumerate()
                .filter_map(|(node_index, node)| {
                    let reason = nodes::try_build(node).err()?.to_string();
                    Some(NotRunning {
                        node_index,
                        node: node.name.clone(),
                        node_type: node.node_type.clone(),
                        reason,
                    })
                })
                .collect();
            chains.push(PlannedChain {
                name: chain.name.clone(),
                nodes: nodes.len(),
                existing: self.namesake(scope, chain)?.and_then(|chain| chain.id),
                not_running,
            });
        }
        Ok(ImportPlan {
            chains,
            missing: self.missing(scope, &bundle)?,
        })
    }

    /// Imports a file with the answers to its plan. One chain's failure is told in its row and
    /// stops no other; a chain that fails leaves nothing behind.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] when the file holds no chain, or an answer names no entity of
    /// the kind that is missing.
    pub fn apply_import(
        &self,
        scope: &Scope,
        answered: AnsweredImport,
    ) -> Result<Vec<ChainImport>> {
        access::require_admin(scope)?;
        let mut bundle = file::read(answered.content)?;
        let answers: HashMap<Uuid, Uuid> = answered
            .answers
            .into_iter()
            .filter_map(|(id, answer)| Some((id, answer?)))
            .collect();
        for metadata in &mut bundle.metadata {
            for node in &mut metadata.nodes {
                for reference in references::of_node(node) {
                    if let Some(answer) = answers.get(&reference.id) {
                        self.check_answer(scope, &reference, *answer)?;
                    }
                }
                references::rebind(node, &answers);
            }
        }
        self.import(scope, bundle, answered.overwrite)
    }

    fn check_answer(
        &self,
        scope: &Scope,
        reference: &references::Reference,
        answer: Uuid,
    ) -> Result<()> {
        let id = EntityId::new(reference.kind, answer);
        if self.records.store().get(scope.tenant, id)?.is_some() {
            return Ok(());
        }
        Err(PlatformError::invalid(
            format!("answers.{}", reference.id),
            format!(
                "answers.{} names {answer}, which is no {} here: choose one of the candidates",
                reference.id,
                access::words(reference.kind).to_lowercase()
            ),
        ))
    }

    fn missing(&self, scope: &Scope, bundle: &ChainBundle) -> Result<Vec<MissingEntity>> {
        let mut missing: Vec<MissingEntity> = Vec::new();
        let mut here: HashMap<EntityId, bool> = bundle
            .rule_chains
            .iter()
            .filter_map(|chain| Some((EntityId::from(chain.id?), true)))
            .collect();
        for metadata in &bundle.metadata {
            let chain = bundle
                .rule_chains
                .iter()
                .find(|chain| chain.id == metadata.rule_chain_id)
                .map_or("", |chain| chain.name.as_str());
            for (node_index, node) in metadata.nodes.iter().enumerate() {
                for reference in references::of_node(node) {
                    let id = EntityId::new(reference.kind, reference.id);
                    let known = match here.get(&id) {
                        Some(known) => *known,
                        None => {
                            let known = self.records.store().get(scope.tenant, id)?.is_some();
                            here.insert(id, known);
                            known
                        }
                    };
                    if known {
                        continue;
                    }
                    let place = ReferencePlace {
                        chain: chain.to_owned(),
                        node_index,
                        node: node.name.clone(),
                        setting: reference.setting,
                    };
                    let told = missing.len();
                    match missing.iter_mut().find(|known| known.id == reference.id) {
                        Some(known) => known.places.push(place),
                        None if told >= MISSING_MAX => {}
                        None => {
                            let name = bundle.references.get(&reference.id);
                            let name = name.map(|reference| reference.name.clone());
                            missing.push(self.missing_entity(scope, id, name, place)?);
                        }
                    }
                }
            }
        }
        Ok(missing)
    }

    fn missing_entity(
        &self,
        scope: &Scope,
        id: EntityId,
        name: Option<String>,
        place: ReferencePlace,
    ) -> Result<MissingEntity> {
        let kind = id.entity_type;
        let page = self.records.store().page(
            scope.tenant,
            kind,
            &EntityFilter::default(),
            &PageLink::first(CANDIDATES),
        )?;
        let candidates: Vec<Candidate> = page
            .data
            .into_iter()
            .map(|row| Candidate {
                id: row.id.id,
                name: row.name,
            })
            .collect();
        let suggestion = candidates
            .iter()
            .find(|candidate| Some(&candidate.name) == name.as_ref())
            .map(|candidate| candidate.id);
        Ok(MissingEntity {
            id: id.id,
            entity_type: kind,
            name,
            places: vec![place],
            suggestion,
            candidates,
        })
    }
}

#[cfg(test)]
mod tests {
    use millrace_model::entity::{RuleChain, RuleNode};
    use serde_json::json;

    use super::*;
    use crate::fixture::Fixture;

    const DOWNLINK: &str = "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode";
    const GROUP: &str = "org.thingsboard.rule.engine.transform.TbDuplicateMsgToGroupNode";

    fn file(integration: Uuid, group: Uuid) -> Json {
        json!({
            "ruleChain": { "name": "Imported", "root": true },
            "metadata": {
                "firstNodeIndex": 0,
                "nodes": [
                    {
                        "type": GROUP,
                        "name": "to members",
                        "configuration": { "entityGroupId": group, "entityGroupIsMessageOriginator": false },
                    },
                    { "type": DOWNLINK, "name": "send", "configuration": { "integrationId": integration } },
                    { "type": "vendor.Unknown", "name": "odd", "configuration": { "keep": 1 } },
                ],
                "connections": [{ "fromIndex": 0, "toIndex": 1, "type": "Success" }],
            },
            "references": { group.to_string(): { "type": "ENTITY_GROUP", "name": "All" } },
        })
    }

    #[test]
    fn a_plan_names_what_is_missing_and_what_does_not_run_and_the_answers_are_put_in() {
        let fixture = Fixture::new();
        let (admin, chains) = (&fixture.admin, Chains::new(fixture.records.clone()));
        let (integration, group) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let content = file(integration, group);
        let plan = chains.plan_import(admin, content.clone()).unwrap();
        let chain = &plan.chains[0];
        assert_eq!((chain.name.as_str(), chain.nodes), ("Imported", 3));
        assert_eq!(chain.existing, None);
        assert!(chain.not_running.iter().any(|node| node.node == "odd"));
        let [first, second] = plan.missing.as_slice() else {
            panic!("two are missing: {:?}", plan.missing);
        };
        assert_eq!(
            (first.id, first.entity_type, first.name.as_deref()),
            (group, EntityType::EntityGroup, Some("All"))
        );
        let here = first.suggestion.expect("there is a group of that name");
        assert!(
            first
                .candidates
                .iter()
                .any(|candidate| candidate.id == here)
        );
        assert_eq!(
            (second.id, second.places[0].setting.as_str()),
            (integration, "integrationId")
        );
        assert_eq!((second.suggestion, second.candidates.len()), (None, 0));

        let answered = |answer| AnsweredImport {
            content: content.clone(),
            answers: HashMap::from([(group, Some(answer)), (integration, None)]),
            overwrite: false,
        };
        let wrong = chains.apply_import(admin, answered(Uuid::from_u128(3)));
        assert!(
            wrong
                .unwrap_err()
                .to_string()
                .contains("no entity group here")
        );
        let rows = chains.apply_import(admin, answered(here)).unwrap();
        let id = rows[0].rule_chain_id.unwrap();
        let nodes = chains.metadata(admin, id).unwrap().nodes;
        assert_eq!(nodes[0].configuration["entityGroupId"], json!(here));
        assert_eq!(nodes[1].configuration["integrationId"], json!(integration));
        assert_eq!(nodes[2].configuration, json!({ "keep": 1 }));
        assert!(
            !chains.get(admin, id).unwrap().root,
            "root in a file moves nothing"
        );
        let again = chains.plan_import(admin, content).unwrap();
        assert_eq!(again.chains[0].existing, Some(id));
    }

    #[test]
    fn files_come_in_several_forms() {
        let fixture = Fixture::new();
        let (admin, chains) = (&fixture.admin, Chains::new(fixture.records.clone()));
        let metadata = json!({
            "firstNodeIndex": 0,
            "nodes": [{
                "type": "a.B", "name": "n", "configuration": {},
                "debugMode": null, "singletonMode": null, "additionalInfo": null,
            }],
            "connections": [],
            "ruleChainConnections": null,
        });
        let names = |content: Json| -> Vec<String> {
            let plan = chains.plan_import(admin, content).unwrap();
            plan.chains.into_iter().map(|chain| chain.name).collect()
        };
        assert_eq!(names(metadata.clone()), ["Imported rule chain"]);
        let one = json!({ "ruleChain": { "name": "one", "type": null, "root": null }, "metadata": metadata });
        let versioned = json!({
            "entityType": "RULE_CHAIN",
            "entity": { "name": "two" },
            "metaData": metadata,
        });
        assert_eq!(names(json!([one, versioned])), ["one", "two"]);
        let bundle = serde_json::to_value(chains.export(admin, 10).unwrap()).unwrap();
        assert_eq!(names(bundle), ["Root Rule Chain"]);
        for nonsense in [
            json!(1),
            json!("x"),
            json!({}),
            json!([[[one]]]),
            Json::Null,
        ] {
            let refused = chains.plan_import(admin, nonsense.clone());
            assert!(
                matches!(refused, Err(PlatformError::Invalid { .. })),
                "{nonsense} {refused:?}"
            );
        }
    }

    #[test]
    fn an_export_names_the_entities_it_refers_to() {
        let fixture = Fixture::new();
        let (admin, chains) = (&fixture.admin, Chains::new(fixture.records.clone()));
        let (customer, _) = fixture.customer("Acme");
        let chain = RuleChain {
            name: "mine".to_owned(),
            ..RuleChain::default()
        };
        let id = chains.save(admin, chain).unwrap().id;
        let node = RuleNode {
            node_type: "a.B".to_owned(),
            name: "n".to_owned(),
            configuration: json!({ "entityType": "CUSTOMER", "entityId": customer.0 }),
            ..RuleNode::default()
        };
        chains
            .save_metadata(
                admin,
                millrace_model::entity::RuleChainMetaData {
                    rule_chain_id: id,
                    nodes: vec![node],
                    ..Default::default()
                },
            )
            .unwrap();
        let exported = chains.export(admin, 10).unwrap();
        assert_eq!(exported.references[&customer.0].name, "Acme");
    }
}
