//! The REST API of the server that is read or changed.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value as Json, json};

use super::{Kind, members::Members, references::Reference};

/// Entities of one page.
const PAGE: usize = 100;

/// A signed-in client.
pub(crate) struct Door {
    base: String,
    authorization: String,
    client: Client,
}

/// One entity as the server has it.
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) members: Members,
}

impl Door {
    /// A client of `base` (`http://host:port`); `authorization` is the value of the header, for
    /// example `ApiKey …`.
    pub(crate) fn new(base: &str, authorization: String) -> Result<Self> {
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            authorization,
            client: Client::builder()
                .build()
                .context("no HTTP client can be made")?,
        })
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<(StatusCode, String)> {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base))
            .header("X-Authorization", &self.authorization);
        if let Some(body) = body {
            request = request
                .header("Content-Type", "application/json")
                .body(body);
        }
        let reply = request
            .send()
            .await
            .with_context(|| format!("{} does not answer", self.base))?;
        let status = reply.status();
        let text = reply.text().await.context("the answer broke off")?;
        if status == StatusCode::UNAUTHORIZED {
            bail!(
                "{} refuses the API key: make one in the settings of a tenant administrator and give it as MILLRACE_API_KEY",
                self.base
            );
        }
        Ok((status, text))
    }

    /// What a path holds; `None` when there is nothing.
    pub(crate) async fn get(&self, path: &str) -> Result<Option<String>> {
        let (status, text) = self.call(Method::GET, path, None).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        checked(status, text, path).map(Some)
    }

    /// Saves something and returns it as stored.
    pub(super) async fn post(&self, path: &str, body: String) -> Result<String> {
        let (status, text) = self.call(Method::POST, path, Some(body)).await?;
        checked(status, text, path)
    }

    /// All entities of a kind. Names that are not unique are an error: files could not tell them
    /// apart.
    pub(super) async fn all(&self, kind: Kind) -> Result<Vec<Stored>> {
        let mut found: Vec<Stored> = Vec::new();
        for page in 0.. {
            let path = format!(
                "{}?pageSize={PAGE}&page={page}&sortProperty={}&sortOrder=ASC",
                kind.list_path(),
                kind.name_member()
            );
            let text = self.get(&path).await?.unwrap_or_default();
            let listed = Members::read(&text).with_context(|| path.clone())?;
            for entry in listed.list("data")? {
                let id = id_of(&entry).with_context(|| format!("{path}: an entry has no id"))?;
                found.push(self.one(kind, &id).await?);
            }
            if listed.get("hasNext") != Some("true") {
                break;
            }
        }
        let mut names = HashMap::new();
        for entity in &found {
            if let Some(other) = names.insert(&entity.name, &entity.id) {
                bail!(
                    "two {}s are called \"{}\" ({other} and {}): rename one, files tell them apart by name",
                    kind.word(),
                    entity.name,
                    entity.id
                );
            }
        }
        Ok(found)
    }

    /// One entity, with all it has; a rule chain comes as `{ruleChain, metadata}`.
    pub(super) async fn one(&self, kind: Kind, id: &str) -> Result<Stored> {
        let path = format!("{}/{id}", kind.path());
        let text = self
            .get(&path)
            .await?
            .with_context(|| format!("{} {id} is gone", kind.word()))?;
        let entity = Members::read(&text).with_context(|| path.clone())?;
        let name = entity
            .text(kind.name_member())
            .with_context(|| format!("{path}: no {}", kind.name_member()))?;
        let members = if kind == Kind::RuleChain {
            let path = format!("{path}/metadata");
            let text = self
                .get(&path)
                .await?
                .context("a rule chain has no metadata")?;
            let mut both = Members::default();
            both.set("ruleChain", &entity)?;
            both.set("metadata", &Members::read(&text).with_context(|| path)?)?;
            both
        } else {
            entity
        };
        Ok(Stored {
            id: id.to_owned(),
            name,
            members,
        })
    }

    /// The name of an entity that files only refer to.
    pub(super) async fn name_of(&self, kind: &str, id: &str) -> Result<Option<Reference>> {
        let path = match kind {
            "DEVICE" => format!("/api/device/{id}"),
            "ASSET" => format!("/api/asset/{id}"),
            _ => return Ok(None),
        };
        let Some(text) = self.get(&path).await? else {
            return Ok(None);
        };
        let name = Members::read(&text)?.text("name");
        Ok(name.map(|name| (kind.to_owned(), name)))
    }

    /// The id of an entity that files only refer to.
    pub(super) async fn id_of_named(&self, kind: &str, name: &str) -> Result<Option<String>> {
        let (path, parameter) = match kind {
            "DEVICE" => ("/api/tenant/devices", "deviceName"),
            "ASSET" => ("/api/tenant/assets", "assetName"),
            _ => return Ok(None),
        };
        let path = format!("{path}?{parameter}={}", percent(name));
        match self.get(&path).await? {
            Some(text) => Ok(id_of(&Members::read(&text)?)),
            None => Ok(None),
        }
    }
}

/// The id of an entity, out of `{"entityType", "id"}`.
pub(super) fn id_of(entity: &Members) -> Option<String> {
    entity.object("id").ok()??.text("id")
}

fn checked(status: StatusCode, text: String, path: &str) -> Result<String> {
    if status.is_success() {
        return Ok(text);
    }
    let said = serde_json::from_str::<Json>(&text)
        .ok()
        .and_then(|body| {
            body.get("message")
                .and_then(Json::as_str)
                .map(str::to_owned)
        })
        .unwrap_or(text);
    bail!("{path}: {said} ({})", status.as_u16())
}

/// An entity id as members write it.
pub(super) fn entity_id(kind: Kind, id: &str) -> Json {
    json!({ "entityType": kind.entity_type(), "id": id })
}

/// Text as a part of an address.
pub(crate) fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
