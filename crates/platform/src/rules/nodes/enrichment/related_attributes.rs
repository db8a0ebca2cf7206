//! *related entity data*: adds values of an entity the originator is related to.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    entity_data::{self, EntityData},
    fetch,
};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting},
    looked_up::RelatedQuery,
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services, off_lane},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.TbGetRelatedAttributeNode",
    name: "related entity data",
    old_names: &["related attributes"],
    kind: ComponentKind::Enrichment,
    description: "Adds server attributes, latest telemetry or fields of the first entity that the originator is related to. Values that are not there are left out; an originator without such a relation fails.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        Setting {
            name: "relationsQuery",
            label: "Relation",
            description: "Direction, maxLevel, fetchLastLevelOnly and filters of relationType and entityTypes.",
            default: r#"{"direction":"FROM","maxLevel":1,"filters":[{"relationType":"Contains","entityTypes":[]}]}"#,
            ..Setting::JSON
        },
        entity_data::SETTINGS[0],
        entity_data::SETTINGS[1],
        fetch::SETTING,
    ],
    upgrade: entity_data::upgrade,
    build: |settings| {
        Ok(Arc::new(RelatedAttributes(Arc::new(Related::new(
            settings,
        )?))))
    },
    examples: &[
        Example {
            title: "a limit of the room the device is in",
            settings: r#"{"relationsQuery":{"direction":"TO","maxLevel":1,"filters":[{"relationType":"Contains","entityTypes":["ASSET"]}]},"dataMapping":{"threshold":"limit"}}"#,
            leaves: r#"{"metadata":{"limit":"70"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "its name",
            settings: r#"{"relationsQuery":{"direction":"TO","maxLevel":1,"filters":[]},"dataMapping":{"name":"room"},"dataToFetch":"FIELDS"}"#,
            leaves: r#"{"metadata":{"room":"Cellar"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "no such relation",
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the originator has no such relation"}}"#,
            ..Example::BASIC
        },
    ],
};

struct Related {
    query: RelatedQuery,
    data: EntityData,
}

impl Related {
    fn new(settings: &Json) -> Result<Self, BuildError> {
        let query = settings.get("relationsQuery").cloned().unwrap_or_default();
        Ok(Self {
            query: serde_json::from_value::<Option<RelatedQuery>>(query)?.unwrap_or_default(),
            data: serde_json::from_value(settings.clone())?,
        })
    }
}

struct RelatedAttributes(Arc<Related>);

impl Node for RelatedAttributes {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (related, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            let added = directory
                .related(tenant, message.originator, &related.query)
                .and_then(|found| {
                    found
                        .first()
                        .copied()
                        .ok_or_else(|| "the originator has no such relation".to_owned())
                })
                .and_then(|entity| related.data.add(&mut message, directory, tenant, entity));
            match added {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
