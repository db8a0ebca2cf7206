//! *tenant attributes*: adds values of the tenant.

use std::sync::Arc;

use super::entity_data::{self, EntityData};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor},
    message::RuleMessage,
    node::{Node, Outcome, Services, off_lane},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.TbGetTenantAttributeNode",
    name: "tenant attributes",
    old_names: &[],
    kind: ComponentKind::Enrichment,
    description: "Adds server attributes, latest telemetry or fields of the tenant to the message. Values that are not there are left out.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &entity_data::SETTINGS,
    upgrade: entity_data::upgrade,
    build: |settings| {
        let data: EntityData = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(TenantAttributes(Arc::new(data))))
    },
    examples: &[
        Example {
            title: "a limit for everybody",
            settings: r#"{"dataMapping":{"threshold":"limit"}}"#,
            leaves: r#"{"metadata":{"limit":"80"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a list has no place for it",
            settings: r#"{"dataMapping":{"threshold":"limit"},"fetchTo":"DATA"}"#,
            data: "[1]",
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

struct TenantAttributes(Arc<EntityData>);

impl Node for TenantAttributes {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (data, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            let added = data.add(&mut message, directory, tenant, tenant.into());
            match added {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
