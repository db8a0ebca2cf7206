//! *check relation presence*: whether the originator is related to an entity.

use std::{borrow::Cow, sync::Arc};

use millrace_model::{EntityId, TenantId};
use serde::Deserialize;
use uuid::Uuid;

use super::verdict;
use crate::{
    relations::RelationDirection,
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
        directory::Directory,
        message::RuleMessage,
        node::{BuildError, Node, Outcome, Services, off_lane},
    },
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbCheckRelationNode",
    name: "check relation presence",
    old_names: &["check relation"],
    kind: ComponentKind::Filter,
    description: "Leaves by True when the originator has a relation of the type: to one entity, or to any.",
    outputs: &["True", "False", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "direction",
            label: "Direction",
            description: "From the originator, or to it.",
            kind: SettingKind::Choice(&[
                ("FROM", "From the originator"),
                ("TO", "To the originator"),
            ]),
            default: r#""FROM""#,
            ..Setting::TEXT
        },
        Setting {
            name: "relationType",
            label: "Relation type",
            description: "Type of the relation.",
            default: r#""Contains""#,
            ..Setting::TEXT
        },
        Setting {
            name: "checkForSingleEntity",
            label: "One entity",
            description: "Look for a relation to one entity; off: to any.",
            default: "true",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "entityType",
            label: "Entity type",
            description: "Kind of that entity.",
            kind: SettingKind::Choice(super::KINDS),
            default: r#""DEVICE""#,
            ..Setting::TEXT
        },
        Setting {
            name: "entityId",
            label: "Entity",
            description: "Id of that entity.",
            ..Setting::TEXT
        },
    ],
    upgrade: |settings, from| {
        if let (0, Some(members)) = (from, settings.as_object_mut()) {
            members.retain(|_, value| !value.is_null());
            members.entry("checkForSingleEntity").or_insert(true.into());
        }
    },
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(CheckRelation(Arc::new(settings.relation()?))))
    },
    examples: &[
        Example {
            title: "some asset contains the device",
            settings: r#"{"direction":"TO","checkForSingleEntity":false}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "this asset contains it",
            settings: r#"{"direction":"TO","entityType":"ASSET","entityId":"<Cellar>"}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "the device contains nothing",
            settings: r#"{"checkForSingleEntity":false}"#,
            leaves_by: "False",
            ..Example::BASIC
        },
        Example {
            title: "an originator that was deleted",
            settings: r#"{"checkForSingleEntity":false}"#,
            originator: "nobody",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    direction: RelationDirection,
    relation_type: String,
    check_for_single_entity: bool,
    entity_type: Option<String>,
    entity_id: Option<String>,
}

struct Relation {
    direction: RelationDirection,
    relation_type: String,
    /// `None`: any.
    entity: Option<EntityId>,
}

impl Settings {
    fn relation(self) -> Result<Relation, BuildError> {
        let entity = if self.check_for_single_entity {
            let kind = self.entity_type.and_then(|kind| kind.parse().ok());
            let id = self.entity_id.and_then(|id| Uuid::parse_str(&id).ok());
            let (Some(kind), Some(id)) = (kind, id) else {
                return Err(BuildError(
                    "entityType and entityId name no entity: select one, or switch checkForSingleEntity off".to_owned(),
                ));
            };
            Some(EntityId::new(kind, id))
        } else {
            None
        };
        Ok(Relation {
            direction: self.direction,
            relation_type: self.relation_type,
            entity,
        })
    }
}

impl Relation {
    fn is_there(
        &self,
        originator: EntityId,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<bool, String> {
        let ends =
            directory.relation_ends(tenant, originator, self.direction, &self.relation_type)?;
        Ok(match self.entity {
            Some(entity) => ends.contains(&entity),
            None => !ends.is_empty(),
        })
    }
}

struct CheckRelation(Arc<Relation>);

impl Node for CheckRelation {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (relation, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            match relation.is_there(message.originator, directory, tenant) {
                Ok(there) => Outcome::Next(Cow::Borrowed(verdict(there)), message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
