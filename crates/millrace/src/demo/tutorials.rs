//! Both tutorials as a person would have set them up: the folders under `examples/`, applied.

use anyhow::{Context, Result};
use millrace_model::{
    TenantId,
    entity::{Integration, Tenant},
};
use millrace_platform::{Platform, Scope};
use rust_embed::Embed;
use serde_json::{Value as Json, json};

use crate::transfer::{Document, Door, Files, Kind, apply, documents};

#[derive(Embed)]
#[folder = "../../examples/sensor/"]
struct Sensor;

#[derive(Embed)]
#[folder = "../../examples/thermostat/"]
struct Thermostat;

/// Where an integration says which port its broker has.
const PORT: &str = "/configuration/clientConfiguration/port";

/// Sets up what a first start has not. What a person changed since is left alone, but for the
/// broker's port.
pub(super) async fn set_up(platform: &Platform, door: &Door, port: u16) -> Result<()> {
    let scope = Scope::server(tenant(platform)?);
    let known: Vec<Integration> = platform.records.table().all()?;
    if !known.is_empty() {
        return known
            .into_iter()
            .try_for_each(|integration| move_port(platform, &scope, integration, port));
    }
    let folders = [embedded::<Sensor>(), embedded::<Thermostat>()];
    for files in folders {
        let mut tutorial = documents(&files)?;
        for document in &mut tutorial {
            set_port(document, port)?;
        }
        apply(door, tutorial, false, &mut |_| {}).await?;
    }
    Ok(())
}

fn embedded<E: Embed>() -> Files {
    E::iter()
        .filter_map(|path| {
            let file = E::get(&path)?;
            let text = String::from_utf8(file.data.into_owned()).ok()?;
            Some((path.into_owned(), text))
        })
        .collect()
}

fn tenant(platform: &Platform) -> Result<TenantId> {
    let tenants = platform.records.table::<Tenant>().all()?;
    tenants
        .into_iter()
        .find_map(|tenant| tenant.id)
        .context("there is no tenant")
}

/// The examples name the usual port; the built-in broker may have another one.
fn set_port(document: &mut Document, port: u16) -> Result<()> {
    if document.kind == Kind::Integration {
        let mut integration: Json = serde_json::from_str(&document.text)?;
        if let Some(member) = integration.pointer_mut(PORT) {
            *member = json!(port);
        }
        document.text = integration.to_string();
    }
    Ok(())
}

/// An integration with the broker of an earlier demonstration finds the one of this.
fn move_port(
    platform: &Platform,
    scope: &Scope,
    mut integration: Integration,
    port: u16,
) -> Result<()> {
    let local = integration
        .configuration
        .pointer("/clientConfiguration/host")
        .is_some_and(|host| host == "127.0.0.1");
    let stored = integration
        .configuration
        .pointer("/clientConfiguration/port")
        .and_then(Json::as_u64);
    if !local || stored == Some(u64::from(port)) {
        return Ok(());
    }
    if let Some(member) = integration
        .configuration
        .pointer_mut("/clientConfiguration/port")
    {
        *member = json!(port);
    }
    platform.integrations.save(scope, integration)?;
    Ok(())
}
