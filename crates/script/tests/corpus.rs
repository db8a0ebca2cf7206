//! Real published converters with their inputs and expected outputs, when the corpus lies beside the project
//! (`../shared/converters-corpus`). Prints a table; every case must pass.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use millrace_script::{Argument, Engine, EngineOptions, HostCall, Limits, Script, ScriptLang};
use serde_json::{Value as Json, json};

#[derive(Default)]
struct Count {
    passed: usize,
    failed: Vec<String>,
}

#[test]
fn published_converters_give_the_published_results() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/converters-corpus");
    let Ok(files) = std::fs::read_dir(&folder) else {
        return;
    };
    let mut engine = Engine::new(EngineOptions::default());
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for file in files
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "gz"))
    {
        let mut unzip = Command::new("gzip")
            .arg("-dc")
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("gzip is installed");
        for line in BufReader::new(unzip.stdout.take().expect("piped")).lines() {
            let case: Json = serde_json::from_str(&line.expect("text")).expect("JSON");
            let name = format!(
                "{} {}",
                case["scriptLang"].as_str().unwrap_or("JS"),
                case["direction"].as_str().unwrap_or("")
            );
            let count = counts.entry(name).or_default();
            match run(&mut engine, &case) {
                Ok(()) => count.passed += 1,
                Err(why) => count.failed.push(format!("{}: {why}", case["id"])),
            }
        }
        assert!(unzip.wait().expect("gzip ends").success());
    }
    for (name, count) in &counts {
        println!(
            "{name:14} {:4} passed {:4} failed",
            count.passed,
            count.failed.len()
        );
    }
    let failed: Vec<&String> = counts.values().flat_map(|count| &count.failed).collect();
    assert!(
        failed.is_empty(),
        "{} failed, the first ones:\n{:#?}",
        failed.len(),
        &failed[..failed.len().min(10)]
    );
}

fn run(engine: &mut Engine, case: &Json) -> Result<(), String> {
    let lang = if case["scriptLang"] == "TBEL" {
        ScriptLang::Tbel
    } else {
        ScriptLang::Js
    };
    let uplink = case["direction"] == "uplink";
    let field = match (lang, uplink) {
        (ScriptLang::Js, true) => "decoder",
        (ScriptLang::Js, false) => "encoder",
        (ScriptLang::Tbel, true) => "tbelDecoder",
        (ScriptLang::Tbel, false) => "tbelEncoder",
    };
    let source = case["converter"]["configuration"][field]
        .as_str()
        .ok_or("no script")?;
    let parameters: &[&str] = if uplink {
        &["payload", "metadata"]
    } else {
        &["msg", "metadata", "msgType", "integrationMetadata"]
    };
    let script =
        Script::compile(lang, source, parameters, &Limits::of(lang)).map_err(|e| e.to_string())?;
    let payload = spaced(&case["payload"]);
    let metadata = strings(&case["metadata"]);
    let empty = json!({});
    let arguments: Vec<Argument<'_>> = if uplink {
        vec![
            Argument::Bytes(payload.as_bytes()),
            Argument::Json(&case["metadata"]),
        ]
    } else {
        vec![
            Argument::Json(&case["payload"]),
            Argument::Json(&metadata),
            Argument::Text("POST_TELEMETRY_REQUEST"),
            Argument::Json(&empty),
        ]
    };
    let value = engine
        .run(&script, &arguments, &HostCall::default())
        .map_err(|e| e.to_string())?;
    if same(&value.to_json(), &case["expected"]) {
        Ok(())
    } else {
        Err(format!("gave {value}, expected {}", case["expected"]))
    }
}

/// JSON with `", "` and `": "`, non-ASCII escaped, as the published results were made.
fn spaced(json: &Json) -> String {
    match json {
        Json::Array(items) => format!(
            "[{}]",
            items.iter().map(spaced).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| {
                format!("{}: {}", ascii(&json!(key)), spaced(value))
            };
            format!(
                "{{{}}}",
                members.iter().map(member).collect::<Vec<_>>().join(", ")
            )
        }
        plain => ascii(plain),
    }
}

fn ascii(json: &Json) -> String {
    let mut units = [0; 2];
    json.to_string().chars().fold(String::new(), |mut text, c| {
        if c.is_ascii() {
            text.push(c);
        } else {
            c.encode_utf16(&mut units)
                .iter()
                .for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
        text
    })
}

fn strings(metadata: &Json) -> Json {
    let text = |value: &Json| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    metadata.as_object().map_or(Json::Null, |members| {
        Json::Object(
            members
                .iter()
                .map(|(key, value)| (key.clone(), text(value).into()))
                .collect(),
        )
    })
}

fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
            _ => false,
        },
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}
