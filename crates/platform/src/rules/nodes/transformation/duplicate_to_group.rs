//! *duplicate to group*: a copy of the message for each member of a group.

use std::sync::Arc;

use millrace_model::{EntityId, EntityType, TenantId, id::EntityGroupId};
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::script::several;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
    directory::Directory,
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services, off_lane},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbDuplicateMsgToGroupNode",
    name: "duplicate to group",
    old_names: &[],
    kind: ComponentKind::Transformation,
    description: "Sends a copy of the message on for each member of an entity group, with the member as originator. The group is the originator itself or a fixed one. An empty group fails.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "entityGroupIsMessageOriginator",
            label: "The originator is the group",
            description: "Take the members of the originator, which must be a group.",
            default: "true",
            absent: Some("false"),
            ..Setting::BOOLEAN
        },
        Setting {
            name: "entityGroupId",
            label: "Group",
            description: "The group, when it is not the originator.",
            kind: SettingKind::Entity(EntityType::EntityGroup),
            default: "null",
            ..Setting::TEXT
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(DuplicateToGroup(settings.group()?)))
    },
    examples: &[
        Example {
            title: "attributes of a group become attributes of its members",
            originator: "Boilers",
            msg_type: "POST_ATTRIBUTES_REQUEST",
            data: r#"{"season":"winter"}"#,
            leaves: r#"[{"label":"Success","originator":"Boiler","data":{"season":"winter"}}]"#,
            ..Example::BASIC
        },
        Example {
            title: "a fixed group",
            settings: r#"{"entityGroupIsMessageOriginator":false,"entityGroupId":"<Boilers>"}"#,
            originator: "Cellar",
            leaves: r#"[{"label":"Success","originator":"Boiler"}]"#,
            ..Example::BASIC
        },
        Example {
            title: "a device is no group",
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the originator is a device, not an entity group"}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    entity_group_is_message_originator: bool,
    /// A UUID, or an id object.
    entity_group_id: Json,
}

impl Settings {
    fn group(&self) -> Result<Option<EntityGroupId>, BuildError> {
        if self.entity_group_is_message_originator {
            return Ok(None);
        }
        let id = self
            .entity_group_id
            .get("id")
            .unwrap_or(&self.entity_group_id);
        id.as_str()
            .and_then(|text| Uuid::parse_str(text).ok())
            .map(|id| Some(EntityGroupId(id)))
            .ok_or_else(|| BuildError("entityGroupId names no group: select one".to_owned()))
    }
}

/// The group; `None` is the originator.
struct DuplicateToGroup(Option<EntityGroupId>);

impl Node for DuplicateToGroup {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let group = match (self.0, message.originator.entity_type) {
            (Some(group), _) => group,
            (None, EntityType::EntityGroup) => EntityGroupId(message.originator.id),
            (None, other) => {
                let kind = crate::access::words(other).to_lowercase();
                return Outcome::Failed(
                    format!("the originator is a {kind}, not an entity group"),
                    message,
                );
            }
        };
        let tenant = services.tenant();
        off_lane(services, move |directory| {
            copies(message, group, directory, tenant)
        })
    }
}

/// A copy of the message for each member of `group`.
pub(super) fn copies(
    message: RuleMessage,
    group: EntityGroupId,
    directory: &Directory,
    tenant: TenantId,
) -> Outcome {
    let members = match directory.members(tenant, group, super::script::MOST_MESSAGES) {
        Ok(members) if members.is_empty() => {
            return Outcome::Failed("the group has no members".to_owned(), message);
        }
        Ok(members) => members,
        Err(error) => return Outcome::Failed(error, message),
    };
    several(
        members
            .into_iter()
            .map(|(member, customer): (EntityId, Option<Uuid>)| RuleMessage {
                id: Uuid::new_v5(&message.id, member.id.as_bytes()),
                originator: member,
                customer,
                ..message.clone()
            })
            .collect(),
    )
}
