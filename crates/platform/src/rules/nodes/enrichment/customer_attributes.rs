//! *customer attributes*: adds values of the originator's customer.

use std::sync::Arc;

use super::entity_data::{self, EntityData};
use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor},
    message::RuleMessage,
    node::{Node, Outcome, Services, off_lane},
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.metadata.TbGetCustomerAttributeNode",
    name: "customer attributes",
    old_names: &[],
    kind: ComponentKind::Enrichment,
    description: "Adds server attributes, latest telemetry or fields of the originator's customer to the message. Values that are not there are left out; an originator without customer fails.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &entity_data::SETTINGS,
    upgrade: entity_data::upgrade,
    build: |settings| {
        let data: EntityData = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(CustomerAttributes(Arc::new(data))))
    },
    examples: &[
        Example {
            title: "a limit of the customer",
            settings: r#"{"dataMapping":{"threshold":"limit","absent":"x"}}"#,
            leaves: r#"{"metadata":{"limit":"60","x":null}}"#,
            ..Example::BASIC
        },
        Example {
            title: "typed, into the body; the key comes from the metadata",
            settings: r#"{"dataMapping":{"${which}":"limit"},"fetchTo":"DATA"}"#,
            metadata: r#"{"which":"threshold"}"#,
            data: r#"{"temperature":25.1}"#,
            leaves: r#"{"data":{"temperature":25.1,"limit":60}}"#,
            ..Example::BASIC
        },
        Example {
            title: "an asset without customer",
            originator: "Cellar",
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"\"Cellar\" is assigned to no customer"}}"#,
            ..Example::BASIC
        },
    ],
};

struct CustomerAttributes(Arc<EntityData>);

impl Node for CustomerAttributes {
    fn process(&self, mut message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (data, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            let added = directory
                .customer_of(tenant, message.originator)
                .and_then(|customer| data.add(&mut message, directory, tenant, customer));
            match added {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}
