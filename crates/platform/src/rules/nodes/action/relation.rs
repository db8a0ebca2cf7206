//! What *create relation* and *delete relation* share.

use millrace_model::{EntityId, EntityType, TenantId, entity::EntityRelation};
use serde::Deserialize;

use crate::{
    relations::{COMMON, RelationDirection},
    rules::{
        descriptor::{Setting, SettingKind},
        directory::Directory,
        message::RuleMessage,
        template::{Filling, Template},
    },
};

/// The settings both have.
pub(super) const SETTINGS: [Setting; 4] = [
    Setting {
        name: "direction",
        label: "Direction",
        description: "From the originator, or to it.",
        kind: SettingKind::Choice(&[("FROM", "From the originator"), ("TO", "To the originator")]),
        default: r#""FROM""#,
        ..Setting::TEXT
    },
    Setting {
        name: "relationType",
        label: "Relation type",
        description: "Type of the relation.",
        default: r#""Contains""#,
        template: true,
        ..Setting::TEXT
    },
    Setting {
        name: "entityType",
        label: "Entity type",
        description: "Kind of the other entity.",
        kind: SettingKind::Choice(&[
            ("DEVICE", "Device"),
            ("ASSET", "Asset"),
            ("ENTITY_VIEW", "Entity view"),
            ("TENANT", "Tenant"),
            ("CUSTOMER", "Customer"),
            ("USER", "User"),
            ("DASHBOARD", "Dashboard"),
            ("EDGE", "Edge"),
        ]),
        default: "null",
        ..Setting::TEXT
    },
    Setting {
        name: "entityNamePattern",
        label: "Entity name",
        description: "Name of the other entity; not for the tenant.",
        template: true,
        ..Setting::TEXT
    },
];

/// Which relation of the originator is meant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RelationSettings {
    pub(super) direction: RelationDirection,
    pub(super) relation_type: Template,
    pub(super) entity_type: Option<EntityType>,
    pub(super) entity_name_pattern: Template,
}

impl RelationSettings {
    /// The other entity, by its name.
    pub(super) fn other(
        &self,
        message: &RuleMessage,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<EntityId, String> {
        match self.entity_type {
            Some(EntityType::Tenant) => Ok(tenant.into()),
            Some(kind) => {
                let name = self.entity_name_pattern.fill_from(message)?;
                directory.named(tenant, kind, &name)
            }
            None => Err("entityType names no kind of entity: choose one".to_owned()),
        }
    }

    /// The type of the relation.
    pub(super) fn type_of(&self, message: &RuleMessage) -> Result<String, String> {
        let text = self.relation_type.fill(&Filling::of(message))?;
        Ok(text.into_owned())
    }

    /// The relation between the originator and another entity.
    pub(super) fn between(
        &self,
        originator: EntityId,
        other: EntityId,
        relation_type: &str,
    ) -> EntityRelation {
        let (from, to) = match self.direction {
            RelationDirection::From => (originator, other),
            RelationDirection::To => (other, originator),
        };
        EntityRelation {
            from,
            to,
            relation_type: relation_type.to_owned(),
            type_group: COMMON.to_owned(),
            additional_info: None,
            version: None,
        }
    }
}
