//! Both tutorials as a person would have set them up.

use anyhow::{Context, Result};
use millrace_model::{
    PageLink, TenantId,
    entity::{
        Converter, ConverterConfiguration, ConverterType, Integration, IntegrationType, ScriptLang,
        Tenant,
    },
    id::ConverterId,
};
use millrace_platform::{Platform, Scope, converters::ConverterFilter};
use serde_json::{Value as Json, json};

struct Tutorial {
    integration: &'static str,
    filters: &'static [&'static str],
    uplink: Script,
    downlink: Script,
}

struct Script {
    name: &'static str,
    lang: ScriptLang,
    text: &'static str,
}

const TUTORIALS: [Tutorial; 2] = [
    Tutorial {
        integration: "MQTT Integration",
        filters: &[
            "tb/mqtt-integration-tutorial/sensors/+/temperature",
            "tb/mqtt-integration-tutorial/sensors/+/rx/response",
        ],
        uplink: Script {
            name: "MQTT Uplink Converter",
            lang: ScriptLang::Tbel,
            text: include_str!("../../../../examples/sensor/uplink-with-responses.tbel"),
        },
        downlink: Script {
            name: "MQTT Downlink Converter",
            lang: ScriptLang::Tbel,
            text: include_str!("../../../../examples/sensor/downlink.tbel"),
        },
    },
    Tutorial {
        integration: "Thermostat Integration",
        filters: &["devices/+/temperature/latest"],
        uplink: Script {
            name: "Thermostat Uplink Converter",
            lang: ScriptLang::Js,
            text: include_str!("../../../../examples/thermostat/uplink.js"),
        },
        downlink: Script {
            name: "Thermostat Downlink Converter",
            lang: ScriptLang::Js,
            text: include_str!("../../../../examples/thermostat/downlink.js"),
        },
    },
];

/// Sets up what is missing; what a person changed since is left alone, but for the broker's port.
pub(super) fn set_up(platform: &Platform, port: u16) -> Result<()> {
    let scope = Scope::server(tenant(platform)?);
    for tutorial in &TUTORIALS {
        let uplink = converter(platform, &scope, &tutorial.uplink, ConverterType::Uplink)?;
        let downlink = converter(
            platform,
            &scope,
            &tutorial.downlink,
            ConverterType::Downlink,
        )?;
        integration(platform, &scope, tutorial, uplink, downlink, port)?;
    }
    Ok(())
}

fn tenant(platform: &Platform) -> Result<TenantId> {
    let tenants = platform.records.table::<Tenant>().all()?;
    tenants
        .into_iter()
        .find_map(|tenant| tenant.id)
        .context("there is no tenant")
}

fn converter(
    platform: &Platform,
    scope: &Scope,
    script: &Script,
    direction: ConverterType,
) -> Result<ConverterId> {
    let mut link = PageLink::first(100);
    link.text_search = Some(script.name.to_owned());
    let known = platform
        .converters
        .page(scope, &ConverterFilter::default(), &link)?;
    if let Some(known) = known
        .data
        .into_iter()
        .find(|converter| converter.name == script.name)
    {
        return known.id.context("a stored converter has an id");
    }
    let mut configuration = serde_json::Map::new();
    configuration.insert("scriptLang".to_owned(), json!(script.lang));
    let member = ConverterConfiguration::script_member(direction, script.lang);
    configuration.insert(member.to_owned(), json!(script.text));
    let converter = Converter {
        name: script.name.to_owned(),
        converter_type: Some(direction),
        configuration: Json::Object(configuration),
        ..Converter::default()
    };
    platform
        .converters
        .save(scope, converter)?
        .id
        .context("a stored converter has an id")
}

fn integration(
    platform: &Platform,
    scope: &Scope,
    tutorial: &Tutorial,
    uplink: ConverterId,
    downlink: ConverterId,
    port: u16,
) -> Result<()> {
    let known: Option<Integration> = platform
        .records
        .table()
        .by_name(scope.tenant, tutorial.integration)?;
    if let Some(mut known) = known {
        let stored = known
            .configuration
            .pointer("/clientConfiguration/port")
            .and_then(Json::as_u64);
        if stored != Some(u64::from(port)) {
            if let Some(member) = known.configuration.pointer_mut("/clientConfiguration/port") {
                *member = json!(port);
            }
            platform.integrations.save(scope, known)?;
        }
        return Ok(());
    }
    let filters: Vec<Json> = tutorial
        .filters
        .iter()
        .map(|filter| json!({ "filter": filter, "qos": 1 }))
        .collect();
    let integration = Integration {
        name: tutorial.integration.to_owned(),
        integration_type: Some(IntegrationType::Mqtt),
        default_converter_id: Some(uplink),
        downlink_converter_id: Some(downlink),
        configuration: json!({
            "clientConfiguration": {
                "host": "127.0.0.1",
                "port": port,
                "cleanSession": false,
                "credentials": { "type": "anonymous" },
            },
            "topicFilters": filters,
            "downlinkTopicPattern": "${topic}",
            "metadata": {},
        }),
        ..Integration::default()
    };
    platform.integrations.save(scope, integration)?;
    Ok(())
}
