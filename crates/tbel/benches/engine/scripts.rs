//! The scripts that are measured, in TBEL and as their authors would write them in JavaScript.

/// One script with what it is called with.
pub(crate) struct Script {
    pub(crate) name: &'static str,
    pub(crate) tbel: &'static str,
    pub(crate) js: &'static str,
    pub(crate) arguments: &'static [(&'static str, Argument)],
    /// Runs a CPU second of the original engine on a warm JVM thread; lowest and highest seen.
    pub(crate) original: Option<(f64, f64)>,
}

/// What a script is called with.
#[derive(Clone, Copy)]
pub(crate) enum Argument {
    /// A payload: bytes for TBEL, an array of numbers for JavaScript.
    Bytes(&'static str),
    Json(&'static str),
    Text(&'static str),
}

const METADATA: &str = r#"{"topic":"tb/mqtt-integration-tutorial/sensors/SN-001/temperature","integrationName":"MQTT Integration"}"#;
const CHANNELS: &str = r#"{"name":"AM-7","time":"2023-05-22T07:47:05.404859+00:00","data":"AXVVA2fuAARofAV9BwMGZeIAAAdzKScIfRAA"}"#;
const MSG: &str = r#"{"temperature":25.5,"humidity":60,"active":true}"#;
const MSG_METADATA: &str = r#"{"deviceName":"SN-001","deviceType":"sensor","ts":"1700000000000"}"#;

pub(crate) const TUTORIAL: &str = "converter of the tutorial";
pub(crate) const DECODER: &str = "byte decoder (distilled)";
pub(crate) const LOOP: &str = "loop of 100 000 turns";
pub(crate) const FILTER: &str = "filter";

pub(crate) const SCRIPTS: &[Script] = &[
    Script {
        name: TUTORIAL,
        tbel: r#"var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};"#,
        js: r#"var body = JSON.parse(String.fromCharCode.apply(null, payload));
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};"#,
        arguments: &[
            ("payload", Argument::Bytes(r#"{"value":25.1}"#)),
            ("metadata", Argument::Json(METADATA)),
        ],
        original: Some((30_000.0, 38_000.0)),
    },
    Script {
        name: "converter, another",
        tbel: r#"var reading = decodeToJson(payload);
var name = metadata.topic.substring(metadata.topic.lastIndexOf('/') + 1);
var telemetry = [];
foreach (r : reading.readings) {
    if (r.v != null) {
        var values = {};
        values[r.k] = r.v * 1.8 + 32;
        telemetry.push({ ts: reading.ts, values: values });
    }
}
return { deviceName: 'M-' + name, deviceType: reading.model, telemetry: telemetry };"#,
        js: r#"var reading = JSON.parse(String.fromCharCode.apply(null, payload));
var name = metadata.topic.substring(metadata.topic.lastIndexOf('/') + 1);
var telemetry = [];
for (var r of reading.readings) {
    if (r.v != null) {
        var values = {};
        values[r.k] = r.v * 1.8 + 32;
        telemetry.push({ ts: reading.ts, values: values });
    }
}
return { deviceName: 'M-' + name, deviceType: reading.model, telemetry: telemetry };"#,
        arguments: &[
            (
                "payload",
                Argument::Bytes(
                    r#"{"model":"TH2","ts":1700000000000,"readings":[{"k":"in","v":21.5},{"k":"out","v":-3.25},{"k":"door"}]}"#,
                ),
            ),
            ("metadata", Argument::Json(METADATA)),
        ],
        original: None,
    },
    Script {
        name: DECODER,
        tbel: r"var data = decodeToJson(payload);
function decode(input) {
    var out = {};
    for (var i = 0; i < input.length - 2;) {
        var channel = input[i++] & 0xff;
        var kind = input[i++] & 0xff;
        if (channel === 0x01 && kind === 0x75) {
            out.battery = input[i];
            i += 1;
        } else if (channel === 0x03 && kind === 0x67) {
            out.temperature = parseBytesToInt(input, i, 2, false) / 10;
            i += 2;
        } else if (channel === 0x04 && kind === 0x68) {
            out.humidity = (input[i] & 0xff) / 2.0;
            i += 1;
        } else if (channel === 0x05 && kind === 0x7d) {
            out.co2 = parseBytesToInt(input, i, 2, false);
            i += 2;
        } else if (channel === 0x06 && kind === 0x65) {
            out.light = parseBytesToInt(input, i, 4, false);
            i += 4;
        } else if (channel === 0x07 && kind === 0x73) {
            out.pressure = parseBytesToInt(input, i, 2, false) / 10.0;
            i += 2;
        } else {
            break;
        }
    }
    return out;
}
return { deviceName: data.name, deviceType: 'air', telemetry: { ts: new Date(data.time).getTime(), values: decode(base64ToBytes(data.data)) } };",
        js: r"var data = JSON.parse(String.fromCharCode.apply(null, payload));
function bytes(text) {
    var alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    var out = [], bits = 0, n = 0;
    for (var i = 0; i < text.length && text[i] != '='; i++) {
        bits = (bits << 6) | alphabet.indexOf(text[i]);
        n += 6;
        if (n >= 8) { n -= 8; out.push((bits >> n) & 0xff); }
    }
    return out;
}
function little(input, at, n) {
    var v = 0;
    for (var i = n - 1; i >= 0; i--) { v = v * 256 + input[at + i]; }
    return v;
}
function decode(input) {
    var out = {};
    for (var i = 0; i < input.length - 2;) {
        var channel = input[i++];
        var kind = input[i++];
        if (channel === 0x01 && kind === 0x75) {
            out.battery = input[i];
            i += 1;
        } else if (channel === 0x03 && kind === 0x67) {
            out.temperature = little(input, i, 2) / 10;
            i += 2;
        } else if (channel === 0x04 && kind === 0x68) {
            out.humidity = input[i] / 2.0;
            i += 1;
        } else if (channel === 0x05 && kind === 0x7d) {
            out.co2 = little(input, i, 2);
            i += 2;
        } else if (channel === 0x06 && kind === 0x65) {
            out.light = little(input, i, 4);
            i += 4;
        } else if (channel === 0x07 && kind === 0x73) {
            out.pressure = little(input, i, 2) / 10.0;
            i += 2;
        } else {
            break;
        }
    }
    return out;
}
return { deviceName: data.name, deviceType: 'air', telemetry: { ts: new Date(data.time.substring(0, 23) + 'Z').getTime(), values: decode(bytes(data.data)) } };",
        arguments: &[
            ("payload", Argument::Bytes(CHANNELS)),
            ("metadata", Argument::Json(METADATA)),
        ],
        original: None,
    },
    Script {
        name: LOOP,
        tbel: "var s = 0; for (var i = 0; i < 100000; i++) { s = s + i % 7; } return s;",
        js: "var s = 0; for (var i = 0; i < 100000; i++) { s = s + i % 7; } return s;",
        arguments: &[],
        original: Some((10.0, 13.3)),
    },
    Script {
        name: "the same in a function",
        tbel: "function f(n) { var s = 0; for (var i = 0; i < n; i++) { if (i % 3 == 0) { s += i; } } return s; } return f(100000);",
        js: "function f(n) { var s = 0; for (var i = 0; i < n; i++) { if (i % 3 == 0) { s += i; } } return s; } return f(100000);",
        arguments: &[],
        original: None,
    },
    Script {
        name: "calls: fib(20)",
        tbel: "function fib(n) { if (n < 2) { return n; } return fib(n - 1) + fib(n - 2); } return fib(20);",
        js: "function fib(n) { if (n < 2) { return n; } return fib(n - 1) + fib(n - 2); } return fib(20);",
        arguments: &[],
        original: None,
    },
    Script {
        name: "lists: 10 000 turns",
        tbel: "var l = []; for (var i = 0; i < 10000; i++) { l.push(i * 2); } var s = 0; for (var i = 0; i < l.size(); i++) { s += l[i]; } var m = {}; foreach (x : l) { m['k' + x % 16] = x; } return [s, m];",
        js: "var l = []; for (var i = 0; i < 10000; i++) { l.push(i * 2); } var s = 0; for (var i = 0; i < l.length; i++) { s += l[i]; } var m = {}; for (var x of l) { m['k' + x % 16] = x; } return [s, m];",
        arguments: &[],
        original: None,
    },
    Script {
        name: FILTER,
        tbel: "return msg.temperature > 20;",
        js: "return msg.temperature > 20;",
        arguments: &[
            ("msg", Argument::Json(MSG)),
            ("metadata", Argument::Json(MSG_METADATA)),
            ("msgType", Argument::Text("POST_TELEMETRY_REQUEST")),
        ],
        original: Some((137_000.0, 256_000.0)),
    },
    Script {
        name: "filter, another",
        tbel: "return msgType == 'POST_TELEMETRY_REQUEST' && (msg.humidity >= 50 || msg.temperature < -10) && metadata.deviceType == 'sensor';",
        js: "return msgType == 'POST_TELEMETRY_REQUEST' && (msg.humidity >= 50 || msg.temperature < -10) && metadata.deviceType == 'sensor';",
        arguments: &[
            ("msg", Argument::Json(MSG)),
            ("metadata", Argument::Json(MSG_METADATA)),
            ("msgType", Argument::Text("POST_TELEMETRY_REQUEST")),
        ],
        original: None,
    },
];
