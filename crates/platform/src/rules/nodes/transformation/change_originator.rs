//! *change originator*: the message goes on as one of another entity.

use std::sync::Arc;

use millrace_model::{EntityId, EntityType, TenantId};
use serde::Deserialize;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
    directory::Directory,
    looked_up::RelatedQuery,
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services, off_lane},
    template::Template,
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.transform.TbChangeOriginatorNode",
    name: "change originator",
    old_names: &[],
    kind: ComponentKind::Transformation,
    description: "Makes the message one of another entity: the originator's customer, the tenant, the first related entity, the originator of an alarm, or an entity by name. Later nodes store for that entity.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "originatorSource",
            label: "New originator",
            description: "Which entity the message becomes one of.",
            kind: SettingKind::Choice(&[
                ("CUSTOMER", "Customer of the originator"),
                ("TENANT", "Tenant"),
                ("RELATED", "Related entity"),
                ("ALARM_ORIGINATOR", "Originator of the alarm"),
                ("ENTITY", "Entity by name"),
            ]),
            default: r#""CUSTOMER""#,
            ..Setting::TEXT
        },
        Setting {
            name: "relationsQuery",
            label: "Relation",
            description: "For a related entity: direction, maxLevel, fetchLastLevelOnly and filters of relationType and entityTypes.",
            default: r#"{"direction":"FROM","maxLevel":1,"filters":[{"relationType":"Contains","entityTypes":[]}]}"#,
            ..Setting::JSON
        },
        Setting {
            name: "entityType",
            label: "Entity type",
            description: "For an entity by name: its kind.",
            kind: SettingKind::Choice(&[
                ("DEVICE", "Device"),
                ("ASSET", "Asset"),
                ("ENTITY_VIEW", "Entity view"),
                ("EDGE", "Edge"),
                ("USER", "User"),
                ("CUSTOMER", "Customer"),
            ]),
            default: "null",
            ..Setting::TEXT
        },
        Setting {
            name: "entityNamePattern",
            label: "Entity name",
            description: "For an entity by name: its name; a user's e-mail address.",
            default: "null",
            template: true,
            ..Setting::TEXT
        },
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(ChangeOriginator(Arc::new(settings.source()?))))
    },
    examples: &[
        Example {
            title: "to the customer",
            leaves: r#"{"originator":"Acme"}"#,
            ..Example::BASIC
        },
        Example {
            title: "to the tenant",
            settings: r#"{"originatorSource":"TENANT"}"#,
            leaves: r#"{"originator":"tenant"}"#,
            ..Example::BASIC
        },
        Example {
            title: "to the asset that contains the device",
            settings: r#"{"originatorSource":"RELATED","relationsQuery":{"direction":"TO","maxLevel":1,"filters":[{"relationType":"Contains","entityTypes":["ASSET"]}]}}"#,
            leaves: r#"{"originator":"Cellar"}"#,
            ..Example::BASIC
        },
        Example {
            title: "to an asset by the name in the metadata",
            settings: r#"{"originatorSource":"ENTITY","entityType":"ASSET","entityNamePattern":"${room}"}"#,
            metadata: r#"{"room":"Cellar"}"#,
            leaves: r#"{"originator":"Cellar"}"#,
            ..Example::BASIC
        },
        Example {
            title: "an unknown name",
            settings: r#"{"originatorSource":"ENTITY","entityType":"ASSET","entityNamePattern":"Attic"}"#,
            leaves_by: "Failure",
            leaves: r#"{"originator":"Boiler","metadata":{"error":"there is no asset named \"Attic\""}}"#,
            ..Example::BASIC
        },
        Example {
            title: "an asset without customer",
            originator: "Cellar",
            leaves_by: "Failure",
            leaves: r#"{"originator":"Cellar"}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    originator_source: String,
    relations_query: Option<RelatedQuery>,
    entity_type: Option<String>,
    entity_name_pattern: Template,
}

enum Source {
    Customer,
    Tenant,
    Related(RelatedQuery),
    AlarmOriginator,
    Named(EntityType, Template),
}

impl Settings {
    fn source(self) -> Result<Source, BuildError> {
        Ok(match self.originator_source.as_str() {
            "CUSTOMER" => Source::Customer,
            "TENANT" => Source::Tenant,
            "RELATED" => Source::Related(self.relations_query.unwrap_or_default()),
            "ALARM_ORIGINATOR" => Source::AlarmOriginator,
            "ENTITY" => {
                let kind = self.entity_type.unwrap_or_default();
                let kind = kind.parse().map_err(|_| {
                    BuildError(format!(
                        "entityType \"{kind}\" is no kind of entity: choose one"
                    ))
                })?;
                if self.entity_name_pattern.source().is_empty() {
                    return Err(BuildError(
                        "entityNamePattern is empty: give the name of the entity".to_owned(),
                    ));
                }
                Source::Named(kind, self.entity_name_pattern)
            }
            other => {
                return Err(BuildError(format!(
                    "originatorSource \"{other}\" is unknown: use CUSTOMER, TENANT, RELATED, ALARM_ORIGINATOR or ENTITY"
                )));
            }
        })
    }
}

struct ChangeOriginator(Arc<Source>);

impl Source {
    fn find(
        &self,
        message: &RuleMessage,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<EntityId, String> {
        match self {
            Self::Customer => directory.customer_of(tenant, message.originator),
            Self::Tenant => Ok(tenant.into()),
            Self::Related(query) => directory
                .related(tenant, message.originator, query)?
                .first()
                .copied()
                .ok_or_else(|| "the originator has no such relation".to_owned()),
            Self::AlarmOriginator => {
                let alarm = directory.existing(tenant, message.originator)?;
                let originator = alarm.field("originator").unwrap_or_default();
                serde_json::from_value(originator)
                    .map_err(|_| "the originator is no alarm".to_owned())
            }
            Self::Named(kind, name) => {
                let name = name.fill_from(message)?;
                directory.named(tenant, *kind, &name)
            }
        }
    }

    fn change(
        &self,
        message: &mut RuleMessage,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<(), String> {
        let originator = self.find(message, directory, tenant)?;
        let found = directory.existing(tenant, originator)?;
        message.originator = originator;
        message.customer = match originator.entity_type {
            EntityType::Customer => Some(originator.id),
            _ => found.customer().map(|customer| customer.id),
        };
        Ok(())
    }
}

impl Node for ChangeOriginator {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (source, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            match source.change(&mut message, directory, tenant) {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
