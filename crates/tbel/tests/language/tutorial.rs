//! The scripts of the two tutorials and the idioms their readers paste.

use tbel::{CompileOptions, Host, Input, Limits, Output, Vm, compile};

use super::show;

const SENSOR_TOPIC: &str = "plant/sensors/SN-001/temperature";

const DECODER: &str = r#"
/** Takes name and value. */
var body = decodeToJson(payload);
var topic = metadata.topic;
var levels = topic.split("/");
var values = null;
if (topic.endsWith("/temperature")) {
    values = { temperature: celsius(body.value) };
} else if (topic.endsWith("/rx/response")) {
    values = body;
}
return {
    deviceName: levels[2],
    deviceType: "sensor",
    attributes: { integrationName: metadata['integrationName'], missing: metadata.nothing },
    telemetry: values,
};
function celsius(value) { return value; }
"#;

fn decode(script: &str, topic: &str, payload: &[u8]) -> Result<String, String> {
    let program = compile(script, &["payload", "metadata"], &CompileOptions::default())
        .map_err(|e| e.to_string())?;
    let metadata = Input::Map(vec![
        ("topic", Input::Str(topic)),
        ("integrationName", Input::Str("MQTT")),
    ]);
    let args = [Input::Bytes(payload), metadata];
    Vm::new(Limits::default())
        .run(&program, &args, &Host::default())
        .map(|o| show(&o))
        .map_err(|e| e.to_string())
}

#[test]
fn uplinks() {
    assert_eq!(
        decode(DECODER, SENSOR_TOPIC, br#"{"value":25.1}"#).as_deref(),
        Ok(
            r#"{deviceName:"SN-001",deviceType:"sensor",attributes:{integrationName:"MQTT"},telemetry:{temperature:25.1}}"#
        )
    );
    let response = decode(
        DECODER,
        "plant/sensors/SN-001/rx/response",
        br#"{"rpcReceived":"OK"}"#,
    );
    assert!(response.is_ok_and(|r| r.ends_with(r#"telemetry:{rpcReceived:"OK"}}"#)));
    let other = decode(DECODER, "plant/sensors/SN-001/else", b"{}");
    assert!(other.is_ok_and(|r| !r.contains("telemetry")));
    let error = decode(DECODER, SENSOR_TOPIC, b"not json").expect_err("no JSON");
    assert!(error.starts_with("line 3, column 12: not JSON"), "{error}");
}

#[test]
fn a_missing_helper_fails_only_on_its_branch() {
    let script = DECODER.replace("function celsius(value) { return value; }", "");
    assert!(decode(&script, "plant/sensors/SN-001/rx/response", b"{}").is_ok());
    let error = decode(&script, SENSOR_TOPIC, br#"{"value":1}"#).expect_err("no helper");
    assert!(error.contains("there is no function 'celsius'"), "{error}");
}

#[test]
fn a_missing_semicolon_is_placed() {
    let script = "var a = decodeToJson(payload);\nvar result = {\n  v: a\n}\nreturn result;";
    let error = decode(script, "t", b"{}").expect_err("no semicolon");
    assert_eq!(
        error,
        "line 4, column 1: missing ';' at the end of the line"
    );
}

#[test]
fn downlinks() {
    let script = r#"
        var digits = msg.params.replace("\"", "");
        var command = { value: parseInt(digits) };
        return {
            contentType: "JSON",
            data: JSON.stringify(command),
            metadata: { topic: "plant/" + metadata.deviceName + "/rx" }
        };"#;
    let program =
        compile(script, &["msg", "metadata"], &CompileOptions::default()).expect("compiles");
    let run = |params: &str| {
        let msg = Input::Map(vec![
            ("method", Input::Str("setValue")),
            ("params", Input::Str(params)),
        ]);
        let metadata = Input::Map(vec![("deviceName", Input::Str("SN-001"))]);
        Vm::new(Limits::default()).run(&program, &[msg, metadata], &Host::default())
    };
    for params in ["\"33\"", "33"] {
        let result = run(params).expect("runs");
        assert_eq!(
            show(&result),
            r#"{contentType:"JSON",data:"{\"value\":33}",metadata:{topic:"plant/SN-001/rx"}}"#
        );
    }
    for params in ["null", "33.00"] {
        let error = run(params).expect_err("no whole number");
        assert_eq!(error.code, "not-a-number");
    }
    assert!(matches!(run("33"), Ok(Output::Map(_))));
}
