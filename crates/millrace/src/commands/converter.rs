//! `millrace converter …`.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use millrace_model::entity::{Converter, ConverterConfiguration, ConverterType};
use millrace_script::{Argument, Engine, EngineOptions, HostCall, Limits, Script, Value};
use serde_json::Value as Json;

use crate::cli::ConverterCommand;

pub(crate) fn run(command: ConverterCommand) -> Result<ExitCode> {
    match command {
        ConverterCommand::Run {
            file,
            payload,
            metadata,
        } => run_once(&file, &payload, metadata.as_deref()),
        ConverterCommand::Test { paths } => test(&paths),
    }
}

fn run_once(file: &Path, payload: &Path, metadata: Option<&Path>) -> Result<ExitCode> {
    let loaded = Loaded::read(file)?;
    let metadata = match metadata {
        Some(path) => read_json(path)?,
        None => Json::Object(serde_json::Map::new()),
    };
    let result = loaded.convert(&read_payload(payload)?, &metadata)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&result.to_json())?)?;
    Ok(ExitCode::SUCCESS)
}

/// A converter with its compiled script.
struct Loaded {
    direction: ConverterType,
    script: Script,
}

impl Loaded {
    fn read(file: &Path) -> Result<Self> {
        let converter: Converter = serde_json::from_value(read_json(file)?)
            .with_context(|| format!("{} is no converter", file.display()))?;
        let direction = converter
            .converter_type
            .with_context(|| format!("{}: type is missing: UPLINK or DOWNLINK", file.display()))?;
        let configuration: ConverterConfiguration = serde_json::from_value(converter.configuration)
            .with_context(|| format!("{}: configuration cannot be read", file.display()))?;
        let lang = configuration.script_lang.unwrap_or_default();
        let source = configuration.script(direction).with_context(|| {
            format!(
                "{}: configuration.{} is missing",
                file.display(),
                ConverterConfiguration::script_member(direction, lang)
            )
        })?;
        let parameters: &[&str] = match direction {
            ConverterType::Uplink => &["payload", "metadata"],
            ConverterType::Downlink => &["msg", "metadata", "msgType", "integrationMetadata"],
        };
        let script = Script::compile(lang, source, parameters, &Limits::of(lang))
            .with_context(|| format!("{}: the script does not compile", file.display()))?;
        Ok(Self { direction, script })
    }

    fn convert(&self, payload: &[u8], metadata: &Json) -> Result<Value> {
        let texts: Vec<(String, String)> = match metadata {
            Json::Object(members) => members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| {
                    (
                        key.clone(),
                        value
                            .as_str()
                            .map_or_else(|| value.to_string(), str::to_owned),
                    )
                })
                .collect(),
            _ => bail!("the metadata must be a JSON object"),
        };
        let metadata: Vec<(&str, &str)> = texts
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            });
        let host = HostCall {
            now_ms: now,
            ..HostCall::default()
        };
        let mut engine = Engine::new(EngineOptions::default());
        Ok(match self.direction {
            ConverterType::Uplink => engine.run(
                &self.script,
                &[Argument::Bytes(payload), Argument::StringMap(&metadata)],
                &host,
            )?,
            ConverterType::Downlink => {
                let message: Json = serde_json::from_slice(payload)
                    .context("the payload of a downlink converter must be JSON")?;
                let arguments = [
                    Argument::Json(&message),
                    Argument::StringMap(&metadata),
                    Argument::Text("POST_TELEMETRY_REQUEST"),
                    Argument::StringMap(&[]),
                ];
                engine.run(&self.script, &arguments, &host)?
            }
        })
    }
}

fn read_json(file: &Path) -> Result<Json> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}

/// The bytes of a payload file; a file ending in `.base64` is decoded.
fn read_payload(file: &Path) -> Result<Vec<u8>> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    if file
        .extension()
        .is_some_and(|extension| extension == "base64")
    {
        let text: String = String::from_utf8_lossy(&bytes).split_whitespace().collect();
        return STANDARD
            .decode(text)
            .with_context(|| format!("{} is no base64", file.display()));
    }
    Ok(bytes)
}

/// A payload and what must come of it.
struct Case {
    payload: PathBuf,
    metadata: PathBuf,
    result: PathBuf,
}

fn test(paths: &[PathBuf]) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for folder in folders_with_converters(paths)? {
        let cases = cases_in(&folder)?;
        if cases.is_empty() {
            writeln!(
                out,
                "{}: has a converter, but no payload with a result beside it",
                folder.display()
            )?;
        }
        for case in cases {
            match run_case(&folder, &case) {
                Ok(differences) if differences.is_empty() => passed += 1,
                Ok(differences) => {
                    failed += 1;
                    writeln!(out, "{}", case.payload.display())?;
                    for difference in differences {
                        writeln!(out, "  {difference}")?;
                    }
                }
                Err(error) => {
                    failed += 1;
                    writeln!(out, "{}\n  {error:#}", case.payload.display())?;
                }
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn folders_with_converters(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    while let Some(folder) = open.pop() {
        let mut inner = Vec::new();
        for entry in
            fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                inner.push(path);
            }
        }
        inner.sort();
        open.extend(inner.into_iter().rev());
        if folder.join("converter.json").is_file() {
            found.push(folder);
        }
    }
    Ok(found)
}

/// `payload<rest>.<kind>` goes with `result<rest>.json` and `metadata<rest>.json`, else
/// `metadata.json`.
fn cases_in(folder: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let payload = entry?.path();
        let (Some(stem), Some(kind)) = (
            payload.file_stem().and_then(|stem| stem.to_str()),
            payload.extension().and_then(|kind| kind.to_str()),
        ) else {
            continue;
        };
        let Some(rest) = stem
            .strip_prefix("payload")
            .filter(|_| matches!(kind, "json" | "txt" | "base64"))
        else {
            continue;
        };
        let result = folder.join(format!("result{rest}.json"));
        if !result.is_file() {
            continue;
        }
        let own = folder.join(format!("metadata{rest}.json"));
        let metadata = if own.is_file() {
            own
        } else {
            folder.join("metadata.json")
        };
        cases.push(Case {
            metadata,
            result,
            payload,
        });
    }
    cases.sort_by(|a, b| a.payload.cmp(&b.payload));
    Ok(cases)
}

fn run_case(folder: &Path, case: &Case) -> Result<Vec<String>> {
    let metadata = if case.metadata.is_file() {
        read_json(&case.metadata)?
    } else {
        Json::Object(serde_json::Map::new())
    };
    let result = Loaded::read(&folder.join("converter.json"))?
        .convert(&read_payload(&case.payload)?, &metadata)?;
    let mut differences = Vec::new();
    compare(
        "result",
        &read_json(&case.result)?,
        &result.to_json(),
        &mut differences,
    );
    Ok(differences)
}

/// Numbers are compared by value: exports write 28.0 and 28 for the same.
fn compare(path: &str, expected: &Json, actual: &Json, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Json::Object(expected), Json::Object(actual)) => {
            for (key, value) in expected {
                match actual.get(key) {
                    Some(other) => compare(&format!("{path}.{key}"), value, other, differences),
                    None => differences.push(format!("- {path}.{key}: {value}")),
                }
            }
            for (key, value) in actual
                .iter()
                .filter(|(key, _)| !expected.contains_key(*key))
            {
                differences.push(format!("+ {path}.{key}: {value}"));
            }
        }
        (Json::Array(expected), Json::Array(actual)) if expected.len() == actual.len() => {
            for (index, (value, other)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{path}[{index}]"), value, other, differences);
            }
        }
        (Json::Number(expected_number), Json::Number(actual_number))
            if expected_number.as_f64() == actual_number.as_f64() => {}
        _ if expected == actual => {}
        _ => {
            differences.push(format!("- {path}: {expected}"));
            differences.push(format!("+ {path}: {actual}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_name_the_member() {
        let mut differences = Vec::new();
        compare(
            "result",
            &json!({"same": 28.0, "changed": [1, 2], "gone": null}),
            &json!({"same": 28, "changed": [1, 3], "new": "x"}),
            &mut differences,
        );
        assert_eq!(
            differences,
            [
                "- result.changed[1]: 2",
                "+ result.changed[1]: 3",
                "- result.gone: null",
                "+ result.new: \"x\""
            ]
        );
    }

    #[test]
    fn cases_are_found_in_folders_and_failures_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("vendor/device");
        fs::create_dir_all(&deep).unwrap();
        let write = |name: &str, text: &str| fs::write(deep.join(name), text).unwrap();
        write(
            "converter.json",
            r#"{"name":"c","type":"UPLINK","configuration":{"scriptLang":"JS","decoder":"return {n: decodeToJson(payload).v, t: metadata.t};"}}"#,
        );
        write("metadata.json", r#"{"t":"topic"}"#);
        write("payload.json", r#"{"v":1}"#);
        write("result.json", r#"{"n":1,"t":"topic"}"#);
        write("payload_2.base64", "eyJ2IjoyfQ==");
        write("result_2.json", r#"{"n":2,"t":"topic"}"#);
        write("payload_3.txt", "no json");
        write("result_3.json", "{}");
        let cases = cases_in(&deep).unwrap();
        assert_eq!(cases.len(), 3);
        let outcomes: Vec<bool> = cases
            .iter()
            .map(|case| run_case(&deep, case).is_ok_and(|differences| differences.is_empty()))
            .collect();
        assert_eq!(outcomes, [true, true, false]);
        assert_eq!(
            test(&[folder.path().to_owned()]).unwrap(),
            ExitCode::FAILURE
        );
    }
}
