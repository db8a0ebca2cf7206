//! Runs real converters against their recorded results when their folder is there.
//!
//! `TBEL_SHOW=vendor` (or `all`) prints what differs.

#![allow(clippy::print_stdout, missing_docs)]

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tbel::{CompileOptions, Host, Input, Limits, Output, Vm, compile};

fn lines_of(path: &PathBuf) -> Option<Vec<String>> {
    let unpacked = Command::new("gzip").arg("-dc").arg(path).output().ok()?;
    let text = String::from_utf8(unpacked.stdout).ok()?;
    Some(text.lines().map(str::to_owned).collect())
}

/// JSON with a space behind each separator and everything else than ASCII escaped.
fn dump(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                dump(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (i, (key, value)) in members.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                dump(&Json::String(key.clone()), out);
                out.push_str(": ");
                dump(value, out);
            }
            out.push('}');
        }
        Json::String(text) => {
            for c in serde_json::to_string(text).expect("a string").chars() {
                if c.is_ascii() {
                    out.push(c);
                } else {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(out, "\\u{unit:04x}");
                    }
                }
            }
        }
        other => out.push_str(&other.to_string()),
    }
}

fn input(json: &Json) -> Input<'_> {
    match json {
        Json::Null => Input::Null,
        Json::Bool(b) => Input::Bool(*b),
        Json::Number(n) => n
            .as_i64()
            .map_or_else(|| Input::Double(n.as_f64().unwrap_or(0.0)), Input::Int),
        Json::String(s) => Input::Str(s),
        Json::Array(items) => Input::List(items.iter().map(input).collect()),
        Json::Object(map) => Input::Map(map.iter().map(|(k, v)| (k.as_str(), input(v))).collect()),
    }
}

fn strings(json: &Json) -> Json {
    let mut out = serde_json::Map::new();
    for (key, value) in json.as_object().into_iter().flatten() {
        let text = match value {
            Json::String(s) => s.clone(),
            other => other.to_string(),
        };
        out.insert(key.clone(), Json::String(text));
    }
    Json::Object(out)
}

fn equal(json: &Json, output: &Output) -> bool {
    let number = |x: f64, precision: f64| {
        json.as_f64()
            .is_some_and(|y| x == y || (x - y).abs() <= x.abs().max(y.abs()) * precision)
    };
    match output {
        Output::Null => json.is_null(),
        Output::Bool(b) => json.as_bool() == Some(*b),
        Output::Int(n) => number(f64::from(*n), 0.0),
        Output::Long(n) => number(*n as f64, 0.0),
        Output::Double(x) => number(*x, 1e-12),
        Output::Float(x) => number(f64::from(*x), 1e-6),
        Output::Big(text) => text.parse().is_ok_and(|x| number(x, 0.0)),
        Output::Str(s) => json.as_str() == Some(s),
        Output::List(items) => json.as_array().is_some_and(|wanted| {
            wanted.len() == items.len() && wanted.iter().zip(items).all(|(w, i)| equal(w, i))
        }),
        Output::Map(entries) => json.as_object().is_some_and(|wanted| {
            wanted.len() == entries.len()
                && entries
                    .iter()
                    .all(|(k, v)| wanted.get(k.as_str()).is_some_and(|w| equal(w, v)))
        }),
    }
}

/// The first place where a result differs.
fn difference(json: &Json, output: &Output, path: &str) -> Option<String> {
    if equal(json, output) {
        return None;
    }
    let deeper = match (json, output) {
        (Json::Array(wanted), Output::List(items)) if wanted.len() == items.len() => wanted
            .iter()
            .zip(items)
            .enumerate()
            .find_map(|(i, (w, o))| difference(w, o, &format!("{path}[{i}]"))),
        (Json::Object(wanted), Output::Map(entries)) => {
            entries
                .iter()
                .find_map(|(k, v)| match wanted.get(k.as_str()) {
                    Some(w) => difference(w, v, &format!("{path}.{k}")),
                    None => Some(format!("{path}.{k}: not expected")),
                })
        }
        _ => None,
    };
    deeper.or_else(|| {
        let shown: String = format!("{path}: wanted {json}, got {output:?}")
            .chars()
            .take(600)
            .collect();
        Some(shown)
    })
}

struct Case {
    id: String,
    script: String,
    uplink: bool,
    payload: Json,
    metadata: Json,
    expected: Json,
}

fn case(line: &str) -> Option<Case> {
    let json: Json = serde_json::from_str(line).ok()?;
    if json.get("scriptLang")?.as_str()? != "TBEL" {
        return None;
    }
    let uplink = json.get("direction")?.as_str()? == "uplink";
    let field = if uplink { "tbelDecoder" } else { "tbelEncoder" };
    let metadata = json.get("metadata").cloned().unwrap_or(Json::Null);
    Some(Case {
        id: json.get("id")?.as_str()?.to_owned(),
        script: json
            .get("converter")?
            .get("configuration")?
            .get(field)?
            .as_str()?
            .to_owned(),
        uplink,
        payload: json.get("payload")?.clone(),
        metadata: if uplink { metadata } else { strings(&metadata) },
        expected: json.get("expected")?.clone(),
    })
}

/// `TBEL_REPEAT=200` in a release build tells how fast the converters are when warm.
fn repeats() -> usize {
    std::env::var("TBEL_REPEAT")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1)
}

fn run(case: &Case, vm: &mut Vm, spent: &mut Duration) -> Result<Output, String> {
    let parameters: &[&str] = if case.uplink {
        &["payload", "metadata"]
    } else {
        &["msg", "metadata", "msgType", "integrationMetadata"]
    };
    // Published converters run on the reference, so none of them may be refused as not portable.
    let options = CompileOptions {
        portable: true,
        ..CompileOptions::default()
    };
    let program = compile(&case.script, parameters, &options).map_err(|e| e.to_string())?;
    let mut bytes = String::new();
    dump(&case.payload, &mut bytes);
    let args = if case.uplink {
        vec![Input::Bytes(bytes.as_bytes()), input(&case.metadata)]
    } else {
        vec![
            input(&case.payload),
            input(&case.metadata),
            Input::Str("POST_TELEMETRY_REQUEST"),
            Input::Map(Vec::new()),
        ]
    };
    let host = Host {
        now_ms: 1_750_000_000_000,
        ..Host::default()
    };
    let mut result = Err("not run".to_owned());
    let mut best = Duration::MAX;
    for _ in 0..repeats() {
        let start = Instant::now();
        result = vm.run(&program, &args, &host).map_err(|e| e.to_string());
        best = best.min(start.elapsed());
    }
    *spent += best;
    result
}

/// The same result with so little memory that it has to be taken back, or an end by the limit.
fn holds_with_little_memory(case: &Case, wanted: &Output) {
    for memory in [2_000, 4_000, 8_000, 16_000] {
        let mut vm = Vm::new(Limits {
            time: Some(Duration::from_secs(30)),
            memory,
            ..Limits::default()
        });
        let mut spent = Duration::ZERO;
        match run(case, &mut vm, &mut spent) {
            Ok(output) => assert!(output == *wanted, "{} with {memory} bytes", case.id),
            Err(message) => assert!(message.contains(" bytes"), "{}: {message}", case.id),
        }
    }
}

#[test]
fn real_converters_give_their_recorded_results() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/converters-corpus");
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("no converters here, skipped");
        return;
    };
    let show = std::env::var("TBEL_SHOW").unwrap_or_default();
    let mut vm = Vm::new(Limits {
        time: Some(Duration::from_secs(30)),
        ..Limits::default()
    });
    let mut failed = 0;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    for path in paths
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "gz"))
    {
        let vendor = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .replace(".jsonl.gz", "");
        let Some(lines) = lines_of(path) else {
            continue;
        };
        let cases: Vec<Case> = lines.iter().filter_map(|l| case(l)).collect();
        let mut passed = 0;
        let mut spent = Duration::ZERO;
        for case in &cases {
            let differs = match run(case, &mut vm, &mut spent) {
                Ok(output) => {
                    holds_with_little_memory(case, &output);
                    difference(&case.expected, &output, "")
                }
                Err(message) => Some(message),
            };
            match differs {
                None => passed += 1,
                Some(difference) if show == vendor || show == "all" => {
                    println!("{}\n    {difference}", case.id);
                }
                Some(_) => {}
            }
        }
        failed += cases.len() - passed;
        let each = spent.as_micros() as f64 / cases.len().max(1) as f64;
        println!(
            "{vendor:<12} {passed:>4}/{:<4} {each:>8.1} µs a run",
            cases.len()
        );
    }
    assert_eq!(failed, 0, "{failed} converters differ");
}
