//! Brings a server in line with a folder. Nothing is ever deleted.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, bail};
use serde_json::{Value as Json, json};

use super::{
    Document, Kind,
    compare::differences,
    door::{Door, Stored, entity_id, id_of},
    export,
    members::Members,
    references::{Reference, find_ids, named},
    secrets,
};

/// What becomes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The server has nothing of this name.
    Create,
    /// It differs in these members.
    Update(Vec<String>),
    /// It is the same.
    Keep,
}

/// One line of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) change: Change,
}

/// What the server has.
struct Current {
    stored: Vec<(Kind, Stored)>,
    /// As documents, in the same order.
    documents: Vec<Document>,
    ids: HashMap<Reference, String>,
}

/// Compares, tells the plan to `tell`, and carries it out unless `dry_run`. Everything that can be
/// known to fail is found before anything is changed.
///
/// # Errors
/// Names that lead nowhere, variables without a value, and whatever the server refuses.
pub(crate) async fn apply(
    door: &Door,
    documents: Vec<Document>,
    dry_run: bool,
    tell: &mut dyn FnMut(&[Planned]),
) -> Result<()> {
    let mut current = read(door).await?;
    resolve_others(door, &documents, &mut current).await?;
    let plan = plan(&documents, &current)?;
    check_names(&documents, &current)?;
    let variable = |name: &str| std::env::var(name).ok();
    let filled = fill_secrets(&documents, &plan, &variable)?;
    tell(&plan);
    if dry_run {
        return Ok(());
    }
    // Chains name each other in circles: they are made first and filled later.
    for (document, planned) in filled.iter().zip(&plan) {
        if document.kind == Kind::RuleChain && planned.change == Change::Create {
            let body = json!({ "name": document.name, "type": "CORE" }).to_string();
            let made = Members::read(&door.post(Kind::RuleChain.path(), body).await?)?;
            current.learn(document, id_of(&made));
        }
    }
    for (document, planned) in filled.iter().zip(&plan) {
        if planned.change != Change::Keep {
            let id = save(door, document, &current)
                .await
                .with_context(|| format!("{} \"{}\"", document.kind.word(), document.name))?;
            current.learn(document, id);
        }
    }
    Ok(())
}

impl Current {
    fn id(&self, document: &Document) -> Option<&String> {
        self.ids.get(&(
            document.kind.entity_type().to_owned(),
            document.name.clone(),
        ))
    }

    fn learn(&mut self, document: &Document, id: Option<String>) {
        if let Some(id) = id {
            let reference = (
                document.kind.entity_type().to_owned(),
                document.name.clone(),
            );
            self.ids.insert(reference, id);
        }
    }
}

async fn read(door: &Door) -> Result<Current> {
    let mut stored = Vec::new();
    for kind in Kind::ALL {
        for entity in door.all(kind).await? {
            stored.push((kind, entity));
        }
    }
    let mut names = export::index(&stored);
    let ids = names
        .iter()
        .map(|(id, reference)| (reference.clone(), id.clone()))
        .collect();
    export::name_others(door, &stored, &mut names).await?;
    let documents = stored
        .iter()
        .map(|(kind, entity)| export::document(*kind, entity, &names))
        .collect::<Result<_>>()?;
    Ok(Current {
        stored,
        documents,
        ids,
    })
}

/// Finds devices and assets that documents name.
async fn resolve_others(door: &Door, documents: &[Document], current: &mut Current) -> Result<()> {
    for reference in documents.iter().flat_map(|document| named(&document.text)) {
        if !current.ids.contains_key(&reference)
            && let Some(id) = door.id_of_named(&reference.0, &reference.1).await?
        {
            current.ids.insert(reference, id);
        }
    }
    Ok(())
}

fn plan(documents: &[Document], current: &Current) -> Result<Vec<Planned>> {
    documents
        .iter()
        .map(|document| {
            let known = current
                .documents
                .iter()
                .find(|known| known.kind == document.kind && known.name == document.name);
            let change = match known {
                None => Change::Create,
                Some(known) => {
                    let found = differences(
                        &serde_json::from_str(&document.text)?,
                        &serde_json::from_str(&known.text)?,
                    );
                    if found.is_empty() {
                        Change::Keep
                    } else {
                        Change::Update(found)
                    }
                }
            };
            Ok(Planned {
                kind: document.kind,
                name: document.name.clone(),
                change,
            })
        })
        .collect()
}

/// Every name must be on the server or in the folder.
fn check_names(documents: &[Document], current: &Current) -> Result<()> {
    let made: BTreeSet<Reference> = documents
        .iter()
        .map(|document| {
            (
                document.kind.entity_type().to_owned(),
                document.name.clone(),
            )
        })
        .collect();
    let mut missing = Vec::new();
    for document in documents {
        for (kind, name) in named(&document.text) {
            let reference = (kind, name);
            if !made.contains(&reference) && !current.ids.contains_key(&reference) {
                missing.push(format!(
                    "{} \"{}\" names {} \"{}\"",
                    document.kind.word(),
                    document.name,
                    reference.0.to_lowercase().replace('_', " "),
                    reference.1
                ));
            }
        }
    }
    if !missing.is_empty() {
        bail!(
            "nothing was changed, these are neither in the folder nor on the server:\n  {}",
            missing.join("\n  ")
        );
    }
    Ok(())
}

/// Documents with the values of environment variables.
fn fill_secrets(
    documents: &[Document],
    plan: &[Planned],
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Document>> {
    let mut missing = BTreeSet::new();
    let mut filled = documents.to_vec();
    for (document, planned) in filled.iter_mut().zip(plan) {
        let may_hold = matches!(document.kind, Kind::Integration | Kind::RuleChain);
        if !may_hold || planned.change == Change::Keep || !document.text.contains("${env:") {
            continue;
        }
        let mut value: Json = serde_json::from_str(&document.text)?;
        let keep = planned.change != Change::Create;
        secrets::fill(&mut value, keep, variable, &mut missing);
        document.text = value.to_string();
    }
    if !missing.is_empty() {
        bail!(
            "nothing was changed, these environment variables have no value:\n  {}",
            missing.into_iter().collect::<Vec<_>>().join("\n  ")
        );
    }
    Ok(filled)
}

/// Saves one document; returns its id.
async fn save(door: &Door, document: &Document, current: &Current) -> Result<Option<String>> {
    let text = find_ids(&document.text, &current.ids).map_err(|missing| {
        let missing: Vec<String> = missing.into_iter().map(|(_, name)| name).collect();
        anyhow::anyhow!("{} could not be made", missing.join(", "))
    })?;
    let wanted = Members::read(&text)?;
    if document.kind == Kind::RuleChain {
        return save_chain(door, document, &wanted, current).await;
    }
    let mut body = current
        .stored
        .iter()
        .find(|(kind, entity)| *kind == document.kind && entity.name == document.name)
        .map(|(_, entity)| entity.members.clone())
        .unwrap_or_default();
    body.merge(wanted);
    let saved = door.post(document.kind.path(), body.to_text()?).await?;
    Ok(id_of(&Members::read(&saved)?))
}

async fn save_chain(
    door: &Door,
    document: &Document,
    wanted: &Members,
    current: &Current,
) -> Result<Option<String>> {
    let id = current
        .id(document)
        .context("the chain could not be made")?
        .clone();
    let stored = door.one(Kind::RuleChain, &id).await?;
    let mut chain = stored.members.object("ruleChain")?.unwrap_or_default();
    let was_root = chain.get("root") == Some("true");
    let mut wanted_chain = wanted.object("ruleChain")?.unwrap_or_default();
    let root = wanted_chain.get("root") == Some("true");
    wanted_chain.drop_all(&["root"]);
    chain.merge(wanted_chain);
    door.post(Kind::RuleChain.path(), chain.to_text()?).await?;

    let known = stored.members.object("metadata")?.unwrap_or_default();
    let mut metadata = wanted.object("metadata")?.unwrap_or_default();
    let mut nodes = metadata.list("nodes")?;
    keep_ids(&mut nodes, &known.list("nodes")?)?;
    metadata.set("nodes", &nodes)?;
    metadata.set("ruleChainId", &entity_id(Kind::RuleChain, &id))?;
    // The version of the chain that was just saved.
    let saved = door.one(Kind::RuleChain, &id).await?;
    if let Some(version) = saved
        .members
        .object("metadata")?
        .and_then(|saved| saved.value("version"))
    {
        metadata.set("version", &version)?;
    }
    door.post("/api/ruleChain/metadata", metadata.to_text()?)
        .await?;
    if root && !was_root {
        door.post(&format!("/api/ruleChain/{id}/root"), String::new())
            .await?;
    }
    Ok(Some(id))
}

/// A node that stays keeps its id, and with it its events and figures: the one of the same name
/// and type.
fn keep_ids(nodes: &mut [Members], known: &[Members]) -> Result<()> {
    let mut taken = BTreeSet::new();
    for node in nodes {
        let same = known.iter().enumerate().find(|(index, other)| {
            !taken.contains(index)
                && other.get("name") == node.get("name")
                && other.get("type") == node.get("type")
        });
        if let Some((index, other)) = same {
            taken.insert(index);
            if let Some(id) = other.object("id")? {
                node.set("id", &id)?;
            }
        }
    }
    Ok(())
}
