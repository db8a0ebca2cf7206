//! References to other entities in the settings of nodes.

use std::collections::HashMap;

use millrace_model::{EntityType, entity::RuleNode, id::NULL_UUID};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Deepest settings that are looked through.
const DEPTH: usize = 16;

/// A setting that names an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Its id there.
    pub(super) id: Uuid,
    /// Its kind.
    pub(super) kind: EntityType,
    /// Name of the setting; inner ones with dots.
    pub(super) setting: String,
}

/// The entities a node names.
pub(super) fn of_node(node: &RuleNode) -> Vec<Reference> {
    let mut settings = node.configuration.clone();
    let mut found = Vec::new();
    each(&mut settings, "", DEPTH, &mut |reference| {
        found.push(reference);
        None
    });
    found
}

/// Names other entities where there is an answer.
pub(super) fn rebind(node: &mut RuleNode, answers: &HashMap<Uuid, Uuid>) {
    each(&mut node.configuration, "", DEPTH, &mut |reference| {
        answers.get(&reference.id).copied()
    });
}

/// Visits each reference; what `visit` returns takes its place.
fn each(
    settings: &mut Json,
    path: &str,
    depth: usize,
    visit: &mut dyn FnMut(Reference) -> Option<Uuid>,
) {
    if depth == 0 {
        return;
    }
    match settings {
        Json::Array(items) => {
            for item in items {
                each(item, path, depth - 1, visit);
            }
        }
        Json::Object(members) => {
            let kinds = kinds(members);
            for (name, value) in members.iter_mut() {
                let setting = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                let (Some(kind), Some(id)) = (kinds.get(name.as_str()), uuid(value)) else {
                    each(value, &setting, depth - 1, visit);
                    continue;
                };
                let reference = Reference {
                    id,
                    kind: *kind,
                    setting,
                };
                if let Some(answer) = visit(reference) {
                    *value = Json::String(answer.to_string());
                }
            }
        }
        _ => {}
    }
}

/// Kinds of the entities that the members of an object name.
fn kinds(members: &Map<String, Json>) -> HashMap<String, EntityType> {
    let named = |name: &str| {
        let kind = members.get(name)?.as_str()?;
        kind.parse::<EntityType>().ok()
    };
    members
        .keys()
        .filter_map(|name| {
            let kind = match name.as_str() {
                // An id object, or an entity of a kind that stands beside it.
                "id" | "entityId" => named("entityType"),
                "originatorId" => named("originatorType"),
                other => kind_in_name(other),
            };
            Some((name.clone(), kind?))
        })
        .collect()
}

/// The kind in a name such as `entityGroupId` or `ruleChainId`.
fn kind_in_name(name: &str) -> Option<EntityType> {
    let stem = name.strip_suffix("Id").filter(|stem| !stem.is_empty())?;
    let mut words = String::with_capacity(stem.len() + 2);
    for c in stem.chars() {
        if c.is_ascii_uppercase() {
            words.push('_');
        }
        words.push(c.to_ascii_uppercase());
    }
    words.parse().ok()
}

fn uuid(value: &Json) -> Option<Uuid> {
    let id = Uuid::parse_str(value.as_str()?).ok()?;
    (!id.is_nil() && id != NULL_UUID).then_some(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_by_the_names_of_settings_and_in_id_objects() {
        let id = |n: u128| Uuid::from_u128(n).to_string();
        let mut node = RuleNode {
            configuration: json!({
                "integrationId": id(1),
                "entityGroupId": { "entityType": "ENTITY_GROUP", "id": id(2) },
                "originatorType": "DEVICE",
                "originatorId": id(3),
                "nested": [{ "entityType": "ASSET", "entityId": id(4) }],
                "clientId": id(5),
                "ruleChainId": "no id",
                "deviceId": NULL_UUID.to_string(),
                "text": id(1),
            }),
            ..RuleNode::default()
        };
        let mut found: Vec<_> = of_node(&node)
            .into_iter()
            .map(|found| (found.id.as_u128(), found.kind, found.setting))
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                (1, EntityType::Integration, "integrationId".to_owned()),
                (2, EntityType::EntityGroup, "entityGroupId.id".to_owned()),
                (3, EntityType::Device, "originatorId".to_owned()),
                (4, EntityType::Asset, "nested.entityId".to_owned()),
            ]
        );
        rebind(
            &mut node,
            &HashMap::from([(Uuid::from_u128(1), Uuid::from_u128(9))]),
        );
        assert_eq!(node.configuration["integrationId"], id(9));
        assert_eq!(node.configuration["text"], id(1), "other texts stay");
    }
}
