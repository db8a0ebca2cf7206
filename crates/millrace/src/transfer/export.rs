//! Reads the configuration of a server.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result};

use super::{
    Document, Kind,
    door::{Door, Stored},
    members::Members,
    references::{Reference, entity_ids, name_ids},
    secrets::name_secrets,
};

/// Members that belong to one server, not to the configuration.
const OWN: [&str; 13] = [
    "id",
    "createdTime",
    "tenantId",
    "customerId",
    "ownerId",
    "externalId",
    "version",
    "assignedCustomers",
    "allEnabledUntil",
    "firstRuleNodeId",
    "ruleChainId",
    "routingKey",
    "secret",
];

/// Everything of every kind, in the order it would be applied.
///
/// # Errors
/// When the server does not answer, or two entities of a kind have one name.
pub(crate) async fn export(door: &Door) -> Result<Vec<Document>> {
    let mut stored = Vec::new();
    for kind in Kind::ALL {
        for entity in door.all(kind).await? {
            stored.push((kind, entity));
        }
    }
    let mut names = index(&stored);
    name_others(door, &stored, &mut names).await?;
    stored
        .iter()
        .map(|(kind, entity)| document(*kind, entity, &names))
        .collect()
}

/// Names of the entities that are carried, by id.
pub(super) fn index(stored: &[(Kind, Stored)]) -> HashMap<String, Reference> {
    stored
        .iter()
        .map(|(kind, entity)| {
            let reference = (kind.entity_type().to_owned(), entity.name.clone());
            (entity.id.clone(), reference)
        })
        .collect()
}

/// Adds the names of devices and assets that documents refer to.
pub(super) async fn name_others(
    door: &Door,
    stored: &[(Kind, Stored)],
    names: &mut HashMap<String, Reference>,
) -> Result<()> {
    let mut others = BTreeSet::new();
    for (kind, entity) in stored {
        let text = strip(*kind, entity)?;
        entity_ids(&serde_json::from_str(&text)?, names, &mut others);
    }
    for (kind, id) in others {
        if let Some(reference) = door.name_of(&kind, &id).await? {
            names.insert(id, reference);
        }
    }
    Ok(())
}

/// An entity as a document.
pub(super) fn document(
    kind: Kind,
    entity: &Stored,
    names: &HashMap<String, Reference>,
) -> Result<Document> {
    let text = name_ids(&strip(kind, entity)?, names);
    Ok(Document {
        kind,
        name: entity.name.clone(),
        text: name_secrets(&text, &entity.name),
    })
}

fn strip(kind: Kind, entity: &Stored) -> Result<String> {
    let mut members = entity.members.clone();
    if kind == Kind::RuleChain {
        let mut chain = members.object("ruleChain")?.unwrap_or_default();
        clean(&mut chain)?;
        let mut metadata = members.object("metadata")?.unwrap_or_default();
        let mut nodes = metadata.list("nodes")?;
        for node in &mut nodes {
            clean(node)?;
        }
        metadata.drop_all(&OWN);
        metadata.drop_nulls();
        metadata.set("nodes", &nodes)?;
        members.set("ruleChain", &chain)?;
        members.set("metadata", &metadata)?;
    } else {
        clean(&mut members)?;
    }
    members
        .to_text()
        .with_context(|| format!("{} \"{}\"", kind.word(), entity.name))
}

/// Leaves out what belongs to the server, and what is null.
fn clean(members: &mut Members) -> Result<()> {
    members.drop_all(&OWN);
    members.drop_nulls();
    if let Some(mut debug) = members.object("debugSettings").ok().flatten() {
        debug.drop_all(&OWN);
        members.set("debugSettings", &debug)?;
    }
    Ok(())
}
