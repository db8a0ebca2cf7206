//! How long the tutorial converter takes, and each converter of a corpus folder given as the argument
//! (files of JSON lines, unpacked).
#![allow(clippy::print_stdout)]

use std::time::Instant;

use tbel::{CompileOptions, Host, Input, Limits, Program, Vm, compile};

const DECODER: &str = r#"
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};
"#;

const BYTES: &str = r"
function decode(input) {
    var out = {};
    for (var i = 0; i < input.length - 2;) {
        var channel = input[i++] & 0xff;
        var kind = input[i++] & 0xff;
        if (channel === 0x01 && kind === 0x75) { out.battery = input[i]; i += 1; }
        else if (channel === 0x03 && kind === 0x67) { out.temperature = parseBytesToInt(input, i, 2, false) / 10; i += 2; }
        else if (channel === 0x04 && kind === 0x68) { out.humidity = (input[i] & 0xff) / 2.0; i += 1; }
        else { break; }
    }
    return out;
}
var data = decodeToJson(payload);
return { deviceName: data.name, deviceType: 'x', telemetry: { ts: new Date(data.time).getTime(), values: decode(base64ToBytes(data.data)) } };
";

fn measure(name: &str, vm: &mut Vm, program: &Program, args: &[Input<'_>]) {
    let host = Host::default();
    if let Err(error) = vm.run(program, args, &host) {
        println!("{name}: {error}");
        return;
    }
    let mut best = f64::MAX;
    for _ in 0..100 {
        let start = Instant::now();
        for _ in 0..500 {
            let _ = std::hint::black_box(vm.run(program, args, &host));
        }
        best = best.min(start.elapsed().as_secs_f64() / 500.0);
    }
    println!("{name:<28} {:>8.2} µs", best * 1e6);
}

fn main() {
    let mut vm = Vm::new(Limits::default());
    let options = CompileOptions::default();
    let metadata = Input::Map(vec![
        (
            "topic",
            Input::Str("tb/mqtt-integration-tutorial/sensors/SN-001/temperature"),
        ),
        ("integrationName", Input::Str("MQTT Integration")),
    ]);
    if let Ok(program) = compile(DECODER, &["payload", "metadata"], &options) {
        measure(
            "tutorial decoder",
            &mut vm,
            &program,
            &[Input::Bytes(br#"{"value":25.1}"#), metadata.clone()],
        );
    }
    if let Ok(program) = compile(BYTES, &["payload", "metadata"], &options) {
        let payload = br#"{"name":"AM307","time":"2023-05-22T07:47:05.404859+00:00","data":"AXVVA2fuAARofA=="}"#;
        measure(
            "byte decoder",
            &mut vm,
            &program,
            &[Input::Bytes(payload), metadata],
        );
    }
    let start = Instant::now();
    for _ in 0..1000 {
        let _ = std::hint::black_box(compile(BYTES, &["payload", "metadata"], &options));
    }
    println!(
        "{:<28} {:>8.2} µs",
        "compile byte decoder",
        start.elapsed().as_secs_f64() * 1e3
    );
    let loop_script = "function f(n) { var s = 0; for (var i = 0; i < n; i++) { s = s + i % 7; } return s; } return f(1000);";
    if let Ok(program) = compile(loop_script, &[], &options) {
        measure("loop of 1000 turns", &mut vm, &program, &[]);
    }
}
