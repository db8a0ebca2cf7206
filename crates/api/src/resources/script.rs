//! Scripts while they are written.

use axum::{Json, extract::State};
use millrace_model::entity::ScriptLang;
use millrace_script::{
    Limits,
    analysis::{self, Asked, Known, analyze},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{Answer, ApiError},
    extract::{Caller, JsonBody},
    state::Api,
};

/// More arguments than any script of the platform has.
const MAX_ARGUMENTS: usize = 16;

/// A script and what is known about its arguments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScriptQuestion {
    script_lang: ScriptLang,
    /// The text so far.
    script: String,
    /// The arguments in order; an uplink converter has `payload` and `metadata`, an element of a rule chain
    /// `msg`, `metadata` and `msgType`.
    #[serde(default)]
    arguments: Vec<ScriptArgument>,
    /// Line of the cursor, from 1. Without a cursor only findings are told.
    line: Option<u32>,
    /// Column of the cursor, from 1, in UTF-16 units.
    column: Option<u32>,
}

/// An argument of a script.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ScriptArgument {
    name: String,
    /// A value it had, e.g. from a debug event: its members are offered.
    #[schema(value_type = Option<Object>)]
    sample: Option<Value>,
    /// For a payload of bytes: the JSON in them.
    #[schema(value_type = Option<Object>)]
    decoded: Option<Value>,
}

/// What is known about a script.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScriptAnalysis {
    /// Errors and doubts, in order of position.
    diagnostics: Vec<ScriptFinding>,
    /// The word that an item replaces.
    replaces: TextRange,
    /// What can be written at the cursor, in the order to show it.
    completions: Vec<ScriptCompletion>,
    /// What the word at the cursor is.
    hover: Option<ScriptHover>,
    /// The call around the cursor.
    signature: Option<ScriptSignature>,
}

/// Lines and columns from 1, columns in UTF-16 units; the end is behind the last character.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TextRange {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// Something that is wrong or doubtful.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScriptFinding {
    /// `ERROR` (the script cannot be saved) or `WARNING`.
    severity: &'static str,
    /// Stable name, e.g. `missing-semicolon`.
    code: &'static str,
    message: String,
    /// What to write instead.
    hint: Option<String>,
    range: TextRange,
}

/// Something that can be written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScriptCompletion {
    label: String,
    /// `FIELD`, `ARGUMENT`, `VARIABLE`, `FUNCTION`, `METHOD`, `PROPERTY`, `CONSTANT`, `CLASS`, `KEYWORD`
    kind: &'static str,
    /// Signatures, one on each line, or the type.
    detail: String,
    doc: Option<String>,
}

/// An explanation of a word.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScriptHover {
    range: TextRange,
    /// Signatures, one on each line, or the name with its type.
    title: String,
    text: String,
    example: Option<String>,
    /// What the example gives, as JSON.
    result: Option<String>,
}

/// A call and the parameter at the cursor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScriptSignature {
    signatures: Vec<String>,
    doc: String,
    /// From 0.
    parameter: usize,
}

/// Look at a script while it is written
///
/// Nothing runs. Without a cursor only the findings are told.
#[utoipa::path(post, path = "/api/millrace/script/analyze", tag = "script",
    request_body = ScriptQuestion, responses((status = 200, body = ScriptAnalysis)))]
pub(crate) async fn analyze_script(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(question): JsonBody<ScriptQuestion>,
) -> Answer<ScriptAnalysis> {
    caller.require_admin()?;
    if question.arguments.len() > MAX_ARGUMENTS {
        return Err(ApiError::bad_request(format!(
            "arguments: a script has at most {MAX_ARGUMENTS}"
        )));
    }
    let found = api.run(move |_| Ok(answer(&question))).await?;
    Ok(Json(found))
}

fn answer(question: &ScriptQuestion) -> ScriptAnalysis {
    let arguments: Vec<Known<'_>> = question
        .arguments
        .iter()
        .map(|argument| Known {
            name: &argument.name,
            sample: argument.sample.as_ref(),
            decoded: argument.decoded.as_ref(),
        })
        .collect();
    let lang = question.script_lang;
    let asked = Asked {
        lang,
        source: &question.script,
        arguments: &arguments,
        at: question.line.zip(question.column),
    };
    analyze(&asked, &Limits::of(lang)).into()
}

impl From<analysis::Range> for TextRange {
    fn from(range: analysis::Range) -> Self {
        Self {
            line: range.line,
            column: range.column,
            end_line: range.end_line,
            end_column: range.end_column,
        }
    }
}

impl From<analysis::Analysis> for ScriptAnalysis {
    fn from(found: analysis::Analysis) -> Self {
        let finding = |from: analysis::Finding| ScriptFinding {
            severity: from.severity,
            code: from.code,
            message: from.message,
            hint: from.hint,
            range: from.range.into(),
        };
        let completion = |from: analysis::Item| ScriptCompletion {
            label: from.label,
            kind: from.kind,
            detail: from.detail,
            doc: from.doc,
        };
        Self {
            diagnostics: found.diagnostics.into_iter().map(finding).collect(),
            replaces: found.completions.replaces.into(),
            completions: found
                .completions
                .items
                .into_iter()
                .map(completion)
                .collect(),
            hover: found.hover.map(|hover| ScriptHover {
                range: hover.range.into(),
                title: hover.title,
                text: hover.text,
                example: hover.example,
                result: hover.result,
            }),
            signature: found.signature.map(|call| ScriptSignature {
                signatures: call.signatures,
                doc: call.doc,
                parameter: call.parameter,
            }),
        }
    }
}
