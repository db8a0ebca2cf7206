//! *delete relation*: takes relations of the originator away.

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
        node::{Node, Outcome, Services, off_lane},
    },
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.action.TbDeleteRelationNode",
    name: "delete relation",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Takes the originator's relation to one entity away, or all its relations of the type and direction. A relation that is not there fails when one entity is meant.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 1,
    settings: &[
        relation::SETTINGS[0],
        relation::SETTINGS[1],
        Setting {
            name: "deleteForSingleEntity",
            label: "One entity",
            description: "Only the relation to one entity; off: all of the type.",
            default: "true",
            ..Setting::BOOLEAN
        },
        relation::SETTINGS[2],
        relation::SETTINGS[3],
    ],
    upgrade: |settings, _from| {
        if let Some(members) = settings.as_object_mut() {
            members.remove("entityCacheExpiration");
        }
    },
    build: |settings| {
        Ok(Arc::new(DeleteRelation(Arc::new(Delete {
            relation: serde_json::from_value(settings.clone())?,
            rest: serde_json::from_value(settings.clone())?,
        }))))
    },
    examples: &[
        Example {
            title: "the device contains nothing: nothing is deleted",
            settings: r#"{"deleteForSingleEntity":false}"#,
            ..Example::BASIC
        },
        Example {
            title: "no relation to that room",
            settings: r#"{"entityType":"ASSET","entityNamePattern":"Cellar"}"#,
            leaves_by: "Failure",
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    delete_for_single_entity: bool,
}

struct Delete {
    relation: RelationSettings,
    rest: Rest,
}

impl Delete {
    fn run(
        &self,
        message: &RuleMessage,
        directory: &Directory,
        tenant: TenantId,
    ) -> Result<(), String> {
        let relation = &self.relation;
        let kind = relation.type_of(message)?;
        let others = if self.rest.delete_for_single_entity {
            vec![relation.other(message, directory, tenant)?]
        } else {
            directory.relation_ends(tenant, message.originator, relation.direction, &kind)?
        };
        for other in others {
            let old = relation.between(message.originator, other, &kind);
            directory
                .relations
                .delete(&Scope::server(tenant), old.from, old.to, &kind, None)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

struct DeleteRelation(Arc<Delete>);

impl Node for DeleteRelation {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let (delete, tenant) = (Arc::clone(&self.0), services.tenant());
        off_lane(services, move |directory| {
            match delete.run(&message, directory, tenant) {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error, message),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        relations::RelationDirection,
        rules::nodes::{tests::node, try_build, world::World},
    };

    #[test]
    fn what_one_node_relates_the_other_takes_away() {
        let world = World::new();
        let settings =
            r#"{"entityType":"ASSET","entityNamePattern":"Cellar","relationType":"Heats"}"#;
        let run = |class: &str| {
            let name = format!("org.thingsboard.rule.engine.action.{class}");
            let built = try_build(&node(&name, settings, Some(1))).unwrap();
            let message = world.message(world.boiler, "ANY", &json!({}), "{}");
            world.run(&*built, message, &mut world.services())[0]
                .0
                .clone()
        };
        let ends = || {
            let (tenant, from) = (world.tenant(), RelationDirection::From);
            let ends = world
                .directory
                .relation_ends(tenant, world.boiler, from, "Heats");
            ends.unwrap()
        };
        assert_eq!(run("TbCreateRelationNode"), "Success");
        assert_eq!(ends(), [world.cellar]);
        assert_eq!(run("TbDeleteRelationNode"), "Success");
        assert_eq!(ends(), []);
        assert_eq!(run("TbDeleteRelationNode"), "Failure");
    }
}
