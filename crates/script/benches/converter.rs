//! One call of a converter on a warm engine: arguments bound, script run, result read.

use divan::{Bencher, black_box};
use millrace_script::{Argument, Engine, EngineOptions, HostCall, Limits, Script, ScriptLang};

fn main() {
    divan::main();
}

const LANGS: [ScriptLang; 2] = [ScriptLang::Js, ScriptLang::Tbel];

/// A temperature reading: the device's name from the topic, one value from the payload.
const TEMPERATURE: &str = r#"var reading = decodeToJson(payload);
var parts = metadata.topic.split("/");
return {
    deviceName: parts[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: reading.value }
};"#;

/// Eight values and a loop over sixteen binary readings in a hex text.
const STATION: &str = r#"var body = decodeToJson(payload);
var sum = 0;
for (var i = 0; i < body.samples.length; i++) {
    sum = sum + body.samples[i];
}
return {
    deviceName: body.name,
    deviceType: "station",
    telemetry: [{ ts: body.ts, values: {
        a: body.values.a, b: body.values.b, c: body.values.c, d: body.values.d,
        e: body.values.e, f: body.values.f, g: body.values.g, sum: sum
    } }]
};"#;

const METADATA: [(&str, &str); 3] = [
    (
        "topic",
        "tb/mqtt-integration-tutorial/sensors/SN-001/temperature",
    ),
    ("integrationName", "MQTT Integration"),
    ("qos", "1"),
];

fn call(bencher: Bencher<'_, '_>, lang: ScriptLang, source: &str, payload: &[u8]) {
    let script = Script::compile(lang, source, &["payload", "metadata"], &Limits::of(lang))
        .expect("compiles");
    let mut engine = Engine::new(EngineOptions::default());
    let host = HostCall {
        now_ms: 1_700_000_000_000,
        ..HostCall::default()
    };
    bencher.bench_local(|| {
        let arguments = [
            Argument::Bytes(black_box(payload)),
            Argument::StringMap(&METADATA),
        ];
        engine.run(&script, &arguments, &host)
    });
}

#[divan::bench(args = LANGS, sample_size = 1000)]
fn temperature(bencher: Bencher<'_, '_>, lang: ScriptLang) {
    call(bencher, lang, TEMPERATURE, br#"{"value": 25.1}"#);
}

#[divan::bench(args = LANGS, sample_size = 200)]
fn station(bencher: Bencher<'_, '_>, lang: ScriptLang) {
    let payload = br#"{"name":"ST-17","ts":1700000000000,"values":{"a":1.5,"b":2.25,"c":-3,"d":4,"e":true,"f":"ok","g":17.125},"samples":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}"#;
    call(bencher, lang, STATION, payload);
}

/// What a script costs before its first call: its runtime and its compilation.
#[divan::bench]
fn first_call(bencher: Bencher<'_, '_>) {
    let lang = ScriptLang::Js;
    let script = Script::compile(
        lang,
        TEMPERATURE,
        &["payload", "metadata"],
        &Limits::of(lang),
    )
    .expect("compiles");
    bencher.bench_local(|| {
        let arguments = [
            Argument::Bytes(br#"{"value": 25.1}"#),
            Argument::StringMap(&METADATA),
        ];
        Engine::new(EngineOptions::default()).run(&script, &arguments, &HostCall::default())
    });
}
