//! Reading and judging conformance vectors.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value as Json;
use tbel::{CompileOptions, ErrorKind, Host, Input, Limits, Output, Vm, compile};

pub(crate) struct Case {
    pub id: String,
    pub script: String,
    pub quirk: bool,
    args: Vec<(String, Json)>,
    expected: Result<Json, String>,
}

pub(crate) enum Verdict {
    Pass,
    Differs(String),
}

/// The vector files by name, or nothing when the folder is missing.
pub(crate) fn files() -> Option<Vec<(String, Vec<Case>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tbel-vectors");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        if path.extension().is_some_and(|e| e == "jsonl") {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            let cases = text
                .lines()
                .filter(|l| !l.trim().is_empty())
                .map(case)
                .collect();
            files.push((
                path.file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                cases,
            ));
        }
    }
    files.sort_by(|a: &(String, _), b| a.0.cmp(&b.0));
    Some(files)
}

fn case(line: &str) -> Case {
    let json: Json = serde_json::from_str(line).expect("a JSON line");
    let text = |key: &str| {
        json.get(key)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let args = json
        .get("args")
        .and_then(Json::as_object)
        .cloned()
        .unwrap_or_default();
    let failed = json.get("error").and_then(Json::as_bool).unwrap_or(false);
    Case {
        id: text("id"),
        script: text("script"),
        quirk: json.get("quirk").and_then(Json::as_bool).unwrap_or(false),
        args: args.into_iter().collect(),
        expected: if failed {
            Err(text("errorKind"))
        } else {
            Ok(json.get("ok").cloned().unwrap_or(Json::Null))
        },
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0u32;
    let mut count = 0;
    let mut out = Vec::new();
    for c in text.chars().filter(|c| *c != '=') {
        bits = bits << 6 | u32::try_from(alphabet.find(c).expect("base64")).expect("small");
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

enum Arg {
    Bytes(Vec<u8>),
    Json(Json),
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

impl Case {
    pub(crate) fn wanted(&self) -> String {
        match &self.expected {
            Ok(json) => json.to_string().chars().take(300).collect(),
            Err(kind) => format!("{kind} error"),
        }
    }

    pub(crate) fn run(&self, file: &str) -> Verdict {
        self.run_with(file, &CompileOptions::default())
    }

    pub(crate) fn run_with(&self, file: &str, options: &CompileOptions) -> Verdict {
        self.run_within(file, options, Limits::default().memory)
    }

    pub(crate) fn run_within(
        &self,
        file: &str,
        options: &CompileOptions,
        memory: usize,
    ) -> Verdict {
        let got = self.outcome(options, memory);
        let strict = matches!(file, "errors" | "literals");
        let same = match (&self.expected, &got) {
            (Ok(json), Ok(output)) => equal(json, output),
            (Err(wanted), Err((kind, _))) => match wanted.as_str() {
                "limit" => kind == "limit",
                _ if strict => kind == wanted,
                _ => kind != "limit",
            },
            _ => false,
        };
        if same {
            return Verdict::Pass;
        }
        Verdict::Differs(match got {
            Ok(output) => format!("{output:?}").chars().take(300).collect(),
            Err((kind, message)) => format!("{kind} error: {message}"),
        })
    }

    fn outcome(&self, options: &CompileOptions, memory: usize) -> Result<Output, (String, String)> {
        let names: Vec<&str> = self.args.iter().map(|(name, _)| name.as_str()).collect();
        let program = compile(&self.script, &names, options).map_err(|e| {
            (
                if e.is_limit() { "limit" } else { "compile" }.to_owned(),
                e.to_string(),
            )
        })?;
        let args: Vec<Arg> = self
            .args
            .iter()
            .map(
                |(_, value)| match value.get("$bytes").and_then(Json::as_str) {
                    Some(text) => Arg::Bytes(decode_base64(text)),
                    None => Arg::Json(value.clone()),
                },
            )
            .collect();
        let inputs: Vec<Input<'_>> = args
            .iter()
            .map(|arg| match arg {
                Arg::Bytes(bytes) => Input::Bytes(bytes),
                Arg::Json(json) => input(json),
            })
            .collect();
        // A debug build is many times slower; the budget of instructions decides, not the clock.
        let mut vm = Vm::new(Limits {
            time: Some(Duration::from_secs(30)),
            memory,
            ..Limits::default()
        });
        let host = Host {
            now_ms: 1_750_000_000_000,
            ..Host::default()
        };
        vm.run(&program, &inputs, &host).map_err(|e| {
            let kind = if e.kind == ErrorKind::Limit {
                "limit"
            } else {
                "runtime"
            };
            (kind.to_owned(), e.to_string())
        })
    }
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= a.abs().max(b.abs()) * 1e-12
}

/// Numbers by value, integers and fractions apart, floats within their precision, objects in any order.
fn equal(json: &Json, output: &Output) -> bool {
    let number = |x: f64| json.is_f64() && json.as_f64().is_some_and(|y| close(x, y));
    match output {
        Output::Null => json.is_null(),
        Output::Bool(b) => json.as_bool() == Some(*b),
        Output::Int(n) => json.as_i64() == Some(i64::from(*n)),
        Output::Long(n) => json.as_i64() == Some(*n),
        Output::Double(x) => number(*x),
        Output::Float(x) => {
            json.is_f64()
                && json.as_f64().is_some_and(|y| {
                    (f64::from(*x) - y).abs() <= y.abs() * 1e-6 || (y as f32) == *x
                })
        }
        Output::Big(text) => json.is_number() && text.parse::<f64>().ok() == json.as_f64(),
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
