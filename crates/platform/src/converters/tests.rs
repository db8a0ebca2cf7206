use millrace_model::{
    DebugSettings, PageLink,
    entity::{Converter, ConverterConfiguration, ConverterType, Integration, ScriptLang},
    id::{ConverterId, IntegrationId},
};
use millrace_script::{Argument, Engine, EngineOptions, HostCall, Limits, Script};
use serde_json::json;

use super::*;
use crate::{changes::ChangeKind, fixture::Fixture};

fn converters(fixture: &Fixture) -> Converters {
    Converters::new(fixture.records.clone())
}

fn uplink(name: &str) -> Converter {
    Converter {
        name: name.to_owned(),
        converter_type: Some(ConverterType::Uplink),
        ..Converter::default()
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> (String, String) {
    match outcome.unwrap_err() {
        PlatformError::Invalid { field, message } => (field, message),
        other => panic!("not a refused field: {other:?}"),
    }
}

#[test]
fn a_new_converter_gets_the_default_script_of_its_language_and_starts_with_debug_on() {
    let fixture = Fixture::new();
    let converters = converters(&fixture);
    for (direction, lang) in [
        (ConverterType::Uplink, ScriptLang::Tbel),
        (ConverterType::Uplink, ScriptLang::Js),
        (ConverterType::Downlink, ScriptLang::Tbel),
        (ConverterType::Downlink, ScriptLang::Js),
    ] {
        let saved = converters
            .save(
                &fixture.admin,
                Converter {
                    converter_type: Some(direction),
                    configuration: json!({ "scriptLang": lang.as_str() }),
                    ..uplink(&format!("{direction:?} {lang:?}"))
                },
            )
            .unwrap();
        let configuration: ConverterConfiguration =
            serde_json::from_value(saved.configuration).unwrap();
        assert_eq!(
            configuration.script(direction),
            Some(default_script(direction, lang))
        );
        let debug = saved.debug_settings.unwrap();
        let left = debug.all_enabled_until - now_ms();
        assert!(debug.failures_enabled && !debug.all_enabled && !saved.debug_mode);
        assert!((3_590_000..=3_600_000).contains(&left), "{left} ms left");
    }
    assert!(!default_script(ConverterType::Uplink, ScriptLang::Js).contains("customerName"));
}

#[test]
fn a_configuration_is_kept_whole_and_the_other_language_untouched() {
    let fixture = Fixture::new();
    let sent = json!({
        "scriptLang": "TBEL", "decoder": null, "tbelDecoder": "return 1",
        "updateOnlyKeys": ["a"], "fromTheFuture": { "x": [1] },
    });
    let saved = converters(&fixture)
        .save(
            &fixture.admin,
            Converter {
                configuration: sent.clone(),
                ..uplink("whole")
            },
        )
        .unwrap();
    assert_eq!(saved.configuration, sent);
    let typed = json!({ "isDevice": true, "name": "$eui", "profile": "lora" });
    let saved = converters(&fixture)
        .save(
            &fixture.admin,
            Converter {
                configuration: typed.clone(),
                converter_version: Some(2),
                ..uplink("typed")
            },
        )
        .unwrap();
    assert_eq!(saved.configuration, typed);
}

#[test]
fn wrong_fields_are_refused_by_name() {
    let fixture = Fixture::new();
    let converters = converters(&fixture);
    let save = |converter| refusal(converters.save(&fixture.admin, converter));
    assert_eq!(save(uplink("  ")).0, "name");
    let no_type = Converter {
        converter_type: None,
        ..uplink("a")
    };
    assert_eq!(save(no_type).0, "type");
    let with = |configuration| Converter {
        configuration,
        ..uplink("a")
    };
    assert_eq!(save(with(json!([]))).0, "configuration");
    assert_eq!(
        save(with(json!({ "scriptLang": "LUA" }))).0,
        "configuration.scriptLang"
    );
    assert_eq!(
        save(with(json!({ "decoder": 1 }))).0,
        "configuration.decoder"
    );
    let long = "x".repeat(configuration::SCRIPT_MAX + 1);
    let (field, message) = save(with(json!({ "decoder": long })));
    assert_eq!(field, "configuration.decoder");
    assert!(message.contains("524289 bytes"), "{message}");
}

#[test]
fn updates_keep_debug_settings_and_refuse_an_old_version_or_a_taken_name() {
    let fixture = Fixture::new();
    let converters = converters(&fixture);
    let off = DebugSettings::default();
    let first = converters
        .save(
            &fixture.admin,
            Converter {
                debug_settings: Some(off),
                ..uplink("one")
            },
        )
        .unwrap();
    assert_eq!(first.version, Some(1));
    fixture.published();
    let again = converters
        .save(
            &fixture.admin,
            Converter {
                debug_settings: None,
                ..first.clone()
            },
        )
        .unwrap();
    assert_eq!((again.version, again.debug_settings), (Some(2), Some(off)));
    assert_eq!(again.created_time, first.created_time);
    let id = first.id.unwrap();
    assert_eq!(fixture.published(), [(id.into(), ChangeKind::Updated)]);
    let old = converters.save(&fixture.admin, first).unwrap_err();
    assert!(old.to_string().contains("expected version 1, stored is 2"));
    let twin = converters.save(&fixture.admin, uplink("one")).unwrap_err();
    assert!(twin.to_string().contains("already exists: one"), "{twin}");
}

#[test]
fn a_converter_in_use_is_not_deleted_and_the_integration_is_named() {
    let fixture = Fixture::new();
    let converters = converters(&fixture);
    let id = converters
        .save(&fixture.admin, uplink("used"))
        .unwrap()
        .id
        .unwrap();
    let integration = Integration {
        id: Some(IntegrationId::new()),
        tenant_id: Some(fixture.admin.tenant),
        created_time: Some(1),
        name: "Plant".to_owned(),
        downlink_converter_id: Some(id),
        ..Integration::default()
    };
    let integration = fixture
        .records
        .commit(&fixture.admin, integration, true, Vec::new())
        .unwrap();
    let (_, message) = refusal(converters.delete(&fixture.admin, id));
    assert!(message.contains("integration 'Plant'"), "{message}");
    fixture
        .records
        .delete(&fixture.admin, integration.id.unwrap().into(), Vec::new())
        .unwrap();
    converters.delete(&fixture.admin, id).unwrap();
    assert!(converters.get(&fixture.admin, id).is_err());
}

#[test]
fn lists_filter_by_text_template_and_integration_type() {
    let fixture = Fixture::new();
    let converters = converters(&fixture);
    let make = |name: &str, integration_type: Option<&str>, edge_template| {
        converters
            .save(
                &fixture.admin,
                Converter {
                    integration_type: integration_type.map(str::to_owned),
                    edge_template,
                    ..uplink(name)
                },
            )
            .unwrap()
            .id
            .unwrap()
    };
    let any = make("Any type", None, false);
    make("For LoRa", Some("TTN"), false);
    let mqtt = make("For MQTT", Some("MQTT"), false);
    make("Template", None, true);
    let names = |filter: ConverterFilter, text: Option<&str>| {
        let link = PageLink {
            text_search: text.map(str::to_owned),
            ..PageLink::first(10)
        };
        let page = converters.page(&fixture.admin, &filter, &link).unwrap();
        assert_eq!(page.total_elements, page.data.len() as u64);
        page.data
            .into_iter()
            .map(|converter| converter.name)
            .collect::<Vec<_>>()
    };
    let all = ConverterFilter::default();
    assert_eq!(
        names(all.clone(), None),
        ["Any type", "For LoRa", "For MQTT"]
    );
    assert_eq!(names(all, Some("fOR")), ["For LoRa", "For MQTT"]);
    let only_mqtt = ConverterFilter {
        integration_type: Some("MQTT".to_owned()),
        ..ConverterFilter::default()
    };
    assert_eq!(names(only_mqtt, None), ["Any type", "For MQTT"]);
    let templates = ConverterFilter {
        edge_template: true,
        ..ConverterFilter::default()
    };
    assert_eq!(names(templates, None), ["Template"]);
    let listed = converters
        .list(&fixture.admin, &[mqtt.0, ConverterId::new().0, any.0])
        .unwrap();
    let ids: Vec<_> = listed.into_iter().filter_map(|one| one.id).collect();
    assert_eq!(ids, [mqtt, any]);
}

#[test]
fn other_tenants_and_customers_reach_nothing() {
    let fixture = Fixture::new();
    let converters = converters(&fixture);
    let saved = converters.save(&fixture.admin, uplink("mine")).unwrap();
    let id = saved.id.unwrap();
    let stranger = fixture.stranger();
    assert!(matches!(
        converters.get(&stranger, id),
        Err(PlatformError::NotFound { .. })
    ));
    assert!(converters.save(&stranger, saved.clone()).is_err());
    assert!(converters.delete(&stranger, id).is_err());
    assert!(converters.list(&stranger, &[id.0]).unwrap().is_empty());
    let (_, customer) = fixture.customer("A");
    assert!(matches!(
        converters.get(&customer, id),
        Err(PlatformError::Denied(_))
    ));
    assert!(matches!(
        converters.save(&customer, saved),
        Err(PlatformError::Denied(_))
    ));
}

/// Runs a default script; what it returns as JSON.
fn run(direction: ConverterType, lang: ScriptLang, arguments: &[(&str, Argument<'_>)]) -> Json {
    let names: Vec<&str> = arguments.iter().map(|(name, _)| *name).collect();
    let values: Vec<Argument<'_>> = arguments.iter().map(|(_, value)| *value).collect();
    let source = default_script(direction, lang);
    let script = Script::compile(lang, source, &names, &Limits::of(lang)).unwrap();
    let mut engine = Engine::new(EngineOptions::default());
    let value = engine
        .run(&script, &values, &HostCall::default())
        .unwrap_or_else(|error| panic!("{direction:?} {lang:?}: {error}"));
    value.to_json()
}

#[test]
fn default_uplink_scripts_name_the_device_by_payload_or_topic() {
    let metadata = [("topic", "plant/7"), ("integrationName", "MQTT")];
    for lang in [ScriptLang::Tbel, ScriptLang::Js] {
        let uplink = |payload: &[u8]| {
            let arguments = [
                ("payload", Argument::Bytes(payload)),
                ("metadata", Argument::StringMap(&metadata)),
            ];
            run(ConverterType::Uplink, lang, &arguments)
        };
        assert_eq!(
            uplink(br#"{"deviceName":"SN-1","deviceType":"sensor","temperature":25.1}"#),
            json!({
                "deviceName": "SN-1", "deviceType": "sensor",
                "attributes": { "integrationName": "MQTT" },
                "telemetry": { "temperature": 25.1 },
            }),
            "{lang:?}"
        );
        let unnamed = uplink(br#"{"on":true}"#);
        assert_eq!(unnamed["deviceName"], "plant/7");
        assert_eq!(unnamed["deviceType"], "default");
        assert_eq!(unnamed["telemetry"], json!({ "on": true }));
    }
}

#[test]
fn default_downlink_scripts_branch_on_the_method() {
    let metadata = [("deviceName", "SN-1"), ("deviceType", "sensor")];
    for lang in [ScriptLang::Tbel, ScriptLang::Js] {
        let data = |message: &str| {
            let arguments = [
                ("msg", Argument::JsonText(message)),
                ("metadata", Argument::StringMap(&metadata)),
                ("msgType", Argument::Text("RPC_CALL_FROM_SERVER_TO_DEVICE")),
                ("integrationMetadata", Argument::StringMap(&[])),
            ];
            let result = run(ConverterType::Downlink, lang, &arguments);
            assert_eq!(result["contentType"], "JSON");
            assert_eq!(result["metadata"]["topic"], "devices/SN-1/commands");
            let text = result["data"].as_str().unwrap();
            serde_json::from_str::<Json>(text).unwrap()
        };
        assert_eq!(
            data(r#"{"method":"setValue","params":"33"}"#),
            json!({ "value": 33 }),
            "{lang:?}"
        );
        assert_eq!(
            data(r#"{"method":"reboot","params":"{\"in\":5}"}"#),
            json!({ "method": "reboot", "params": { "in": 5 } })
        );
        assert_eq!(data(r#"{"limit":4}"#), json!({ "limit": 4 }));
    }
}
