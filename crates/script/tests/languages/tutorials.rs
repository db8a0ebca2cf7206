//! The scripts of both tutorials, in both languages where they are written in both.

use millrace_script::{
    Argument, Engine, EngineOptions, HostCall, Limits, Script,
    ScriptLang::{self, Js, Tbel},
};
use serde_json::{Value as Json, json};

use crate::support::shown;

/// Name from the topic, one value.
const TEMPERATURE: &str = r#"
var reading = decodeToJson(payload);
var parts = metadata.topic.split("/");
return {
    deviceName: parts[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: reading.value }
};"#;

/// The same, and answers of commands as they come.
const TEMPERATURE_AND_ANSWERS: &str = r#"
var content = decodeToJson(payload);
var topic = metadata.topic;
var parts = topic.split("/");
var telemetry = null;
if (topic.endsWith("/temperature")) {
    telemetry = { temperature: content.value };
} else if (topic.endsWith("/rx/response")) {
    telemetry = content;
}
return { deviceName: parts[3], deviceType: "sensor", telemetry: telemetry };"#;

const COMMAND_TBEL: &str = r#"
var digits = msg.params.replace("\"", "");
var command = { value: parseInt(digits) };
return {
    contentType: "JSON",
    data: JSON.stringify(command),
    metadata: { topic: "tb/mqtt-integration-tutorial/sensors/" + metadata.deviceName + "/rx" }
};"#;

const COMMAND_JS: &str = r#"
var number = parseInt(String(msg.params).split('"').join(""), 10);
if (isNaN(number)) { throw new Error("params is not a number: " + msg.params); }
return {
    contentType: "JSON",
    data: JSON.stringify({ value: number }),
    metadata: { topic: "tb/mqtt-integration-tutorial/sensors/" + metadata.deviceName + "/rx" }
};"#;

fn up(lang: ScriptLang, source: &str, topic: &str, payload: &str) -> String {
    let script = Script::compile(lang, source, &["payload", "metadata"], &Limits::of(lang))
        .expect("compiles");
    let metadata = [("topic", topic), ("integrationName", "MQTT Integration")];
    let arguments = [
        Argument::Bytes(payload.as_bytes()),
        Argument::StringMap(&metadata),
    ];
    shown(Engine::new(EngineOptions::default()).run(&script, &arguments, &HostCall::default()))
}

fn down(lang: ScriptLang, source: &str, msg: &Json) -> String {
    let parameters = ["msg", "metadata", "msgType", "integrationMetadata"];
    let script = Script::compile(lang, source, &parameters, &Limits::of(lang)).expect("compiles");
    let arguments = [
        Argument::Json(msg),
        Argument::StringMap(&[("deviceName", "SN-001"), ("deviceType", "sensor")]),
        Argument::Text("RPC_CALL_FROM_SERVER_TO_DEVICE"),
        Argument::StringMap(&[]),
    ];
    shown(Engine::new(EngineOptions::default()).run(&script, &arguments, &HostCall::default()))
}

const TOPIC: &str = "tb/mqtt-integration-tutorial/sensors/SN-001/temperature";

#[test]
fn a_temperature_reading_names_its_device_from_the_topic() {
    for lang in [Js, Tbel] {
        assert_eq!(
            up(lang, TEMPERATURE, TOPIC, r#"{"value":25.1}"#),
            r#"{"deviceName":"SN-001","deviceType":"sensor","attributes":{"integrationName":"MQTT Integration"},"telemetry":{"temperature":25.1}}"#,
            "{lang:?}"
        );
        assert!(
            up(lang, TEMPERATURE, TOPIC, "not json").starts_with("runtime "),
            "{lang:?}"
        );
    }
}

#[test]
fn answers_of_commands_are_telemetry() {
    let answer = "tb/mqtt-integration-tutorial/sensors/SN-001/rx/response";
    for lang in [Js, Tbel] {
        let telemetry = |topic, payload| {
            let result: Json =
                serde_json::from_str(&up(lang, TEMPERATURE_AND_ANSWERS, topic, payload))
                    .expect("JSON");
            result["telemetry"].clone()
        };
        assert_eq!(
            telemetry(TOPIC, r#"{"value":20.5}"#),
            json!({"temperature": 20.5}),
            "{lang:?}"
        );
        assert_eq!(
            telemetry(answer, r#"{"rpcReceived":"OK"}"#),
            json!({"rpcReceived": "OK"}),
            "{lang:?}"
        );
        assert_eq!(telemetry("a/b/c/d", "{}"), Json::Null, "{lang:?}");
    }
}

#[test]
fn a_command_is_a_number_without_quotes() {
    for (lang, source) in [(Js, COMMAND_JS), (Tbel, COMMAND_TBEL)] {
        for params in ["\"33\"", "33"] {
            assert_eq!(
                down(
                    lang,
                    source,
                    &json!({"method": "setValue", "params": params, "additionalInfo": null})
                ),
                r#"{"contentType":"JSON","data":"{\"value\":33}","metadata":{"topic":"tb/mqtt-integration-tutorial/sensors/SN-001/rx"}}"#,
                "{lang:?}"
            );
        }
        let unset = down(
            lang,
            source,
            &json!({"method": "getValue", "params": "null", "additionalInfo": null}),
        );
        assert!(unset.starts_with("runtime "), "{lang:?}: {unset}");
    }
}

#[test]
fn a_thermostat_names_itself_and_its_time() {
    let source = r#"
var state = decodeToJson(payload);
return {
    deviceName: state.deviceName,
    deviceType: state.deviceType,
    attributes: { integrationName: metadata.integrationName, deviceName: state.deviceName, deviceType: state.deviceType },
    telemetry: [ { ts: state.timestamp, values: { temperature: state.temperature } } ]
};"#;
    let payload = r#"{"temperature":25,"deviceName":"Thermostat-A","deviceType":"thermostat","timestamp":1700000000000}"#;
    assert_eq!(
        up(
            Js,
            source,
            "devices/Thermostat-A/temperature/latest",
            payload
        ),
        r#"{"deviceName":"Thermostat-A","deviceType":"thermostat","attributes":{"integrationName":"MQTT Integration","deviceName":"Thermostat-A","deviceType":"thermostat"},"telemetry":[{"ts":1700000000000,"values":{"temperature":25}}]}"#
    );
}

#[test]
fn a_setpoint_is_a_number_and_a_missing_name_shows() {
    let source = r#"
var setpoint = JSON.parse(String(msg.params).split('"').join(""));
return { contentType: "JSON", data: setpoint, metadata: { topic: "devices/" + msg.deviceName + "/temperature/settings" } };"#;
    assert_eq!(
        down(
            Js,
            source,
            &json!({"params": "\"40.00\"", "deviceName": "Thermostat-A"})
        ),
        r#"{"contentType":"JSON","data":40,"metadata":{"topic":"devices/Thermostat-A/temperature/settings"}}"#
    );
    assert!(
        down(Js, source, &json!({"params": "40"}))
            .contains("devices/undefined/temperature/settings")
    );
}
