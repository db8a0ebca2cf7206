//! *create relation*: relates the originator to an entity.

use std::sync::Arc;

use millrace_model::TenantId;
use serde::Deserialize;

use super::relation::{self, RelationSettings};
use crate::{
    Scope,
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
        directory::Directory,
        message::RuleMessage,
        node::{BuildError, Node, Outcome, Services, off_lane},
    },
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.action.TbCreateRelationNode",
    name: "create relation",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Relates the originator to an entity that is found by its name. An entity that does not exist fails; making one is not available.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        relation::SETTINGS[0],
        relation::SETTINGS[1],
        relation::SETTINGS[2],
        relation::SETTINGS[3],
        Setting {
            name: "entityTypePattern",
            label: "Profile",
            description: "Kept; it would name the profile of a new entity.",
            ..Setting::TEXT
        },
        Setting {
            name: "createEntityIfNotExists",
            label: "Make the entity",
            description: "Not available: an entity that does not exist fails.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "removeCurrentRelations",
            label: "Remove others",
            description: "Remove the originator's other relations of this type and direction first.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "changeOriginatorToRelatedEntity",
            label: "Go on as the entity",
            description: "The message becomes one of the other entity.",
            ..Setting::BOOLEAN
        },
    ],
    upgrade: |settings, _from| {
        if let Some(members) = settings.as_object_mut() {
            members.remove("entityCacheExpiration");
        }
    },
    build: |settings| {
        let relation: RelationSettings = serde_json::from_value(settings.clone())?;
        if relation.entity_type.is_none() {
            return Err(BuildError(
                "entityType names no kind of entity: choose one".to_owned(),
            ));
        }
        Ok(Arc::new(CreateRelation(Arc::new(Create {
            relation,
            rest: serde_json::from_value(settings.clone())?,
        }))))
    },
    examples: &[
        Example {
            title: "to a room by its name",
            settings: r#"{"direction":"TO","entityType":"ASSET","entityNamePattern":"${room}","relationType":"Heats"}"#,
            metadata: r#"{"room":"Cellar"}"#,
            leaves: r#"{"originator":"Boiler"}"#,
            ..Example::BASIC
        },
        Example {
            title: "and on as a message of the room",
            settings: r#"{"entityType":"ASSET","entityNamePattern":"Cellar","relationType":"Heats","changeOriginatorToRelatedEntity":true,"removeCurrentRelations":true}"#,
            leaves: r#"{"originator":"Cellar"}"#,
            ..Example::BASIC
        },
        Example {
            title: "there is no such room",
            settings: r#"{"entityType":"ASSET","entityNamePattern":"Attic"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"there is no asset named \"Attic\""}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    remove_current_relations: bool,
    change_originator_to_related_entity: bool,
}

struct Create {
    relation: RelationSettings,
    rest: Rest,
}

impl Create {
    fn run(
        &self,
        message: &mut RuleMessage,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<(), String> {
        let relation = &self.relation;
        let other = relation.other(message, directory, tenant)?;
        let kind = relation.type_of(message)?;
        let scope = Scope::server(tenant);
        let originator = message.originator;
        if self.rest.remove_current_relations {
            for end in directory.relation_ends(tenant, originator, relation.direction, &kind)? {
                if end != other {
                    let old = relation.between(originator, end, &kind);
                    directory
                        .relations
                        .delete(&scope, old.from, old.to, &kind, None)
                        .map_err(|error| error.to_string())?;
                }
            }
        }
        directory
            .relations
            .save(&scope, relation.between(originator, other, &kind))
            .map_err(|error| error.to_string())?;
        if self.rest.change_originator_to_related_entity {
            let found = directory.existing(tenant, other)?;
            message.originator = other;
            message.customer = found.customer().map(|customer| customer.id);
        }
        Ok(())
    }
}

struct CreateRelation(Arc<Create>);

impl Node for CreateRelation {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (create, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            match create.run(&mut message, directory, tenant) {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
