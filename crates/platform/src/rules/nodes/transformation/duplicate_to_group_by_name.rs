//! *duplicate to group by name*: a copy of the message for each member of a group that is looked
//! for by name.

use std::sync::Arc;

use millrace_model::{EntityId, EntityType, TenantId};
use serde::Deserialize;

use super::duplicate_to_group::copies;
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
    directory::Directory,
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services, off_lane},
    template::Template,
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbDuplicateMsgToGroupByNameNode",
    name: "duplicate to group by name",
    old_names: &[],
    kind: ComponentKind::Transformation,
    description: "Sends a copy of the message on for each member of a group, with the member as originator. The group is looked for by name among those of the originator's owner, then upwards to the tenant.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "groupType",
            label: "Kind of members",
            description: "Kind of the entities in the group.",
            kind: SettingKind::Choice(&[
                ("DEVICE", "Device"),
                ("ASSET", "Asset"),
                ("ENTITY_VIEW", "Entity view"),
                ("CUSTOMER", "Customer"),
                ("USER", "User"),
                ("DASHBOARD", "Dashboard"),
                ("EDGE", "Edge"),
            ]),
            default: r#""DEVICE""#,
            ..Setting::TEXT
        },
        Setting {
            name: "groupName",
            label: "Name of the group",
            description: "Compared letter by letter.",
            default: r#""All""#,
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "searchEntityGroupForTenantOnly",
            label: "Only the tenant's groups",
            description: "Look only among the groups the tenant owns.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "considerMessageOriginatorAsAGroupOwner",
            label: "The originator owns the group",
            description: "Look first among the groups of the originator itself, a customer or the tenant.",
            ..Setting::BOOLEAN
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        let kind = settings.group_type.parse().map_err(|_| {
            BuildError(format!(
                "groupType \"{}\" is no kind of entity: choose one",
                settings.group_type
            ))
        })?;
        Ok(Arc::new(DuplicateByName(Arc::new((kind, settings)))))
    },
    examples: &[
        Example {
            title: "a group of the device's customer",
            settings: r#"{"groupName":"Boilers"}"#,
            leaves: r#"[{"label":"Success","originator":"Boiler"}]"#,
            ..Example::BASIC
        },
        Example {
            title: "a customer looks among its own",
            settings: r#"{"groupName":"${group}","considerMessageOriginatorAsAGroupOwner":true}"#,
            originator: "Acme",
            metadata: r#"{"group":"Boilers"}"#,
            leaves: r#"[{"label":"Success","originator":"Boiler"}]"#,
            ..Example::BASIC
        },
        Example {
            title: "the tenant has no such group",
            settings: r#"{"groupName":"Boilers","searchEntityGroupForTenantOnly":true}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"there is no group \"Boilers\" of devices"}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    group_type: String,
    group_name: Template,
    #[serde(rename = "searchEntityGroupForTenantOnly")]
    tenant_only: bool,
    #[serde(rename = "considerMessageOriginatorAsAGroupOwner")]
    originator_owns: bool,
}

impl Settings {
    /// Whose groups are looked through, nearest first.
    fn owners(
        &self,
        message: &RuleMessage,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<Vec<EntityId>, String> {
        let mut owners = Vec::new();
        if !self.tenant_only {
            if self.originator_owns {
                owners.push(message.originator);
            } else if message.originator.entity_type != EntityType::Tenant {
                owners.extend(directory.existing(tenant, message.originator)?.customer());
            }
        }
        if owners.first() != Some(&tenant.into()) {
            owners.push(tenant.into());
        }
        Ok(owners)
    }
}

struct DuplicateByName(Arc<(EntityType, Settings)>);

impl Node for DuplicateByName {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (settings, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            let (kind, settings) = &*settings;
            let found = settings.group_name.fill_from(&message).and_then(|name| {
                let owners = settings.owners(&message, directory, tenant)?;
                directory.group_named(tenant, &owners, *kind, &name)
            });
            match found {
                Ok(group) => copies(message, group, directory, tenant),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
