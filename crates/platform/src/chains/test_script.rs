//! Runs a rule node's script on a message that a person gave, without any effect.

use millrace_model::{EntityId, entity::ScriptLang, id::DeviceId};
use millrace_script::{Argument, Engine, EngineOptions, HostCall, Limits, Script, Value};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    PlatformError, Result,
    clock::now_ms,
    converter::TestOutcome,
    rules::{
        Data, Metadata, RuleMessage,
        nodes::script::{PARAMETERS, apply, kind_of, text_of},
    },
};

/// Most names of arguments.
const ARGUMENTS_MAX: usize = 10;

/// A test of a script.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScriptTest {
    /// The script.
    #[serde(default)]
    pub script: String,
    /// What its result means: `update`, `generate`, `filter`, `switch`, `json` or `string`.
    pub script_type: ScriptType,
    /// Names of its arguments; `msg`, `metadata`, `msgType` when absent.
    #[serde(default)]
    pub arg_names: Vec<String>,
    /// The message as JSON text.
    #[serde(default)]
    pub msg: String,
    /// Metadata by name; values that are no text are turned into text.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Json>,
    /// Type of the message.
    #[serde(default)]
    pub msg_type: String,
}

/// What a script's result means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScriptType {
    /// Messages in place of the one that came.
    Update,
    /// Messages out of nothing.
    Generate,
    /// Whether the message passes.
    Filter,
    /// Labels it leaves by.
    Switch,
    /// Any JSON.
    Json,
    /// A text.
    String,
}

/// Runs a script. A failing one is an outcome, not an error of the call.
///
/// # Errors
/// [`PlatformError::Invalid`] for names that are no identifiers and a message that is no JSON.
pub fn test_script(lang: ScriptLang, test: &ScriptTest) -> Result<TestOutcome> {
    let names = argument_names(test)?;
    let msg: Json = match test.msg.trim() {
        "" => json!({}),
        text => serde_json::from_str(text).map_err(|error| {
            PlatformError::invalid(
                "msg",
                format!("msg must be the text of a JSON value: {error}"),
            )
        })?,
    };
    let mut metadata = Metadata::with_capacity(test.metadata.len());
    for (name, value) in test.metadata.iter().filter(|(_, value)| !value.is_null()) {
        let text = value.as_str().map(str::to_owned);
        metadata.set(name.clone(), text.unwrap_or_else(|| value.to_string()));
    }
    let ran = Script::compile(lang, &test.script, &names, &Limits::of(lang))
        .map_err(|error| error.to_string())
        .and_then(|script| {
            let id = Uuid::now_v7();
            let host = HostCall {
                now_ms: now_ms(),
                seed: id.as_u64_pair().1,
                ..HostCall::default()
            };
            let pairs = metadata.pairs();
            let arguments = [
                Argument::Json(&msg),
                Argument::StringMap(&pairs),
                Argument::Text(&test.msg_type),
            ];
            let result = Engine::new(EngineOptions::default())
                .run(&script, &arguments, &host)
                .map_err(|error| error.to_string())?;
            output(test, &msg, &metadata, &result)
        });
    Ok(match ran {
        Ok(output) => TestOutcome {
            output,
            error: String::new(),
        },
        Err(error) => TestOutcome {
            output: String::new(),
            error,
        },
    })
}

fn argument_names(test: &ScriptTest) -> Result<Vec<&str>> {
    if test.arg_names.is_empty() {
        return Ok(PARAMETERS.to_vec());
    }
    let is_name = |name: &String| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
            && name.len() <= 64
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if test.arg_names.len() > ARGUMENTS_MAX || !test.arg_names.iter().all(is_name) {
        return Err(PlatformError::invalid(
            "argNames",
            format!("argNames must be at most {ARGUMENTS_MAX} names of variables"),
        ));
    }
    Ok(test.arg_names.iter().map(String::as_str).collect())
}

fn output(
    test: &ScriptTest,
    msg: &Json,
    metadata: &Metadata,
    result: &Value,
) -> std::result::Result<String, String> {
    let wrong = |wanted: &str| {
        let got = kind_of(result);
        Err(format!("the script must return {wanted}, not {got}"))
    };
    match test.script_type {
        ScriptType::Update | ScriptType::Generate => {
            let message = |value: &Value| message(test, msg, metadata, value);
            Ok(match result {
                Value::List(items) => {
                    let all: std::result::Result<Vec<Json>, String> =
                        items.iter().map(message).collect();
                    Json::Array(all?).to_string()
                }
                one => message(one)?.to_string(),
            })
        }
        ScriptType::Filter => match result {
            Value::Bool(passes) => Ok(passes.to_string()),
            _ => wrong("true or false"),
        },
        ScriptType::Switch => match result {
            Value::Text(label) => Ok(json!([&**label]).to_string()),
            Value::List(labels) => {
                let labels: Vec<String> = labels.iter().map(text_of).collect();
                Ok(json!(labels).to_string())
            }
            _ => wrong("a label or a list of labels"),
        },
        ScriptType::Json => Ok(result.to_string()),
        ScriptType::String => Ok(text_of(result)),
    }
}

fn message(
    test: &ScriptTest,
    msg: &Json,
    metadata: &Metadata,
    result: &Value,
) -> std::result::Result<Json, String> {
    let mut message = RuleMessage {
        id: Uuid::now_v7(),
        ts: now_ms(),
        msg_type: test.msg_type.clone().into(),
        originator: EntityId::from(DeviceId::null()),
        customer: None,
        metadata: metadata.clone(),
        data: Data::Text(msg.to_string().into()),
        call: None,
    };
    apply(result, &mut message)?;
    Ok(json!({
        "msg": message.data.json().map_err(|error| error.to_string())?,
        "metadata": message.metadata.to_json(),
        "msgType": &*message.msg_type,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lang: ScriptLang, kind: &str, script: &str) -> TestOutcome {
        let test = json!({"script": script, "scriptType": kind, "msg": "{\"t\":25.5}",
            "metadata": {"deviceName": "SN-1", "n": 3}, "msgType": "X",
            "argNames": ["msg", "metadata", "msgType"]});
        test_script(lang, &serde_json::from_value(test).unwrap()).unwrap()
    }

    #[test]
    fn every_kind_of_script_gives_its_kind_of_output() {
        for lang in [ScriptLang::Js, ScriptLang::Tbel] {
            let out = |kind: &str, script: &str| {
                let outcome = run(lang, kind, script);
                assert_eq!(outcome.error, "", "{script}");
                outcome.output
            };
            assert_eq!(out("filter", "return msg.t > 20;"), "true");
            assert_eq!(out("filter", "return msgType == 'Y';"), "false");
            assert_eq!(
                out("switch", "return ['a', metadata.deviceName];"),
                r#"["a","SN-1"]"#
            );
            assert_eq!(out("switch", "return 'a';"), r#"["a"]"#);
            assert_eq!(out("string", "return 'T ' + metadata.n;"), "T 3");
            assert_eq!(out("json", "return {a: [1]};"), r#"{"a":[1]}"#);
            let updated: Json = serde_json::from_str(&out(
                "update",
                "metadata.more = 'y'; return {msg: {v: 1}, metadata: metadata, msgType: 'Z'};",
            ))
            .unwrap();
            assert_eq!(updated["msg"], json!({"v": 1}));
            assert_eq!(updated["metadata"]["more"], "y");
            assert_eq!(updated["msgType"], "Z");
            let several = out("generate", "return [{msg: {a: 1}}, {msg: {a: 2}}];");
            let several: Json = serde_json::from_str(&several).unwrap();
            assert_eq!(several[1]["msg"]["a"], 2);
        }
    }

    #[test]
    fn what_fails_is_told_and_fails_nothing_else() {
        for (kind, script) in [
            ("filter", "return 3;"),
            ("update", "return 'x';"),
            ("filter", "return (;"),
            ("switch", "return {};"),
            ("filter", "while (true) {}"),
        ] {
            let outcome = run(ScriptLang::Tbel, kind, script);
            assert_eq!(outcome.output, "", "{script}");
            assert_ne!(outcome.error, "", "{script}");
        }
        let test = json!({"scriptType": "filter", "argNames": ["a b"]});
        let test: ScriptTest = serde_json::from_value(test).unwrap();
        assert!(test_script(ScriptLang::Js, &test).is_err());
    }
}
