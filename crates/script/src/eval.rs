//! `millrace script eval`: requests in, answers out, one JSON document a line.
//!
//! ```text
//! {"id": 1, "script": "return msg.t * 2.0;", "args": {"msg": {"t": 12.5}}}   →  {"id":1,"ok":25.0}
//! {"id": 2, "script": "return payload[0];", "args": {"payload": {"$bytes": "AQI="}}}
//! {"id": 3, "script": "return (", "args": {}}
//!     →  {"id":3,"error":{"kind":"compile","message":"…","line":1,"column":9}}
//! ```

use std::{
    collections::HashMap,
    fmt,
    io::{self, BufRead, Read, Write},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use millrace_model::entity::ScriptLang;
use serde::{
    Deserialize, Serialize,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    Argument, CompileError, Engine, EngineOptions, HostCall, Limits, Script, ScriptError, TimeZone,
};

/// Longest accepted request in bytes.
const LINE_BYTES: u64 = 16 << 20;

/// Compiled scripts kept for the next request.
const SCRIPTS: usize = 256;

/// How scripts are evaluated.
#[derive(Clone, Copy, Debug)]
pub struct EvalOptions<'a> {
    /// Language of the scripts.
    pub lang: ScriptLang,
    /// Names of the parameters in order; the members of `args` when there are none.
    pub parameters: Option<&'a [String]>,
    /// Zone of dates without one.
    pub time_zone: &'a TimeZone,
    /// Refuses TBEL that only the reference engine would refuse, by accident.
    pub portable: bool,
}

/// Answers every request line of `reader` with one line on `writer`; empty lines are passed over.
///
/// A request is `{"id": any, "script": "…", "args": {name: value, …}}`, where `{"$bytes": "base64"}` stands for
/// a payload. Parameters are the members of `args` in order, or `parameters`, of which missing ones are null.
/// An answer is `{"id": …, "ok": result}` or `{"id": …, "error": {kind, message, line, column}}`; `kind` is
/// `compile`, `runtime` or `limit` (a script that is too long as well), the place is null when it is unknown. A line that is no request gets an
/// error of kind `compile` (and id null when it has none), and the next one is read.
///
/// # Errors
/// Reading or writing fails.
pub fn eval_lines(
    mut reader: impl BufRead,
    mut writer: impl Write,
    options: EvalOptions<'_>,
) -> io::Result<()> {
    let mut evaluator = Evaluator {
        options,
        limits: Limits::of(options.lang),
        engine: Engine::new(EngineOptions::default()),
        scripts: HashMap::new(),
        seed: 0,
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader
            .by_ref()
            .take(LINE_BYTES)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(());
        }
        let answer = if line.len() as u64 == LINE_BYTES && !line.ends_with(b"\n") {
            reader.skip_until(b'\n')?;
            Answer {
                id: None,
                outcome: Outcome::error(&bad_request(&format!(
                    "the line is longer than {LINE_BYTES} bytes"
                ))),
            }
        } else if line.trim_ascii().is_empty() {
            continue;
        } else {
            evaluator.answer(&line)
        };
        serde_json::to_writer(&mut writer, &answer)?;
        writer.write_all(b"\n")?;
        // The other side may wait for this answer before it asks again.
        writer.flush()?;
    }
}

struct Evaluator<'a> {
    options: EvalOptions<'a>,
    limits: Limits,
    engine: Engine,
    /// By parameters and source.
    scripts: HashMap<(Vec<String>, String), Script>,
    seed: u64,
}

impl Evaluator<'_> {
    fn answer(&mut self, line: &[u8]) -> Answer {
        match serde_json::from_slice::<Request>(line) {
            Ok(request) => {
                let outcome = match self.run(&request) {
                    Ok(value) => Outcome::Ok(value),
                    Err(error) => Outcome::error(&error),
                };
                Answer {
                    id: request.id,
                    outcome,
                }
            }
            Err(error) => {
                let id = serde_json::from_slice::<Identified>(line)
                    .ok()
                    .and_then(|found| found.id);
                Answer {
                    id,
                    outcome: Outcome::error(&bad_request(&error.to_string())),
                }
            }
        }
    }

    fn run(&mut self, request: &Request) -> Result<Box<RawValue>, ScriptError> {
        let names: Vec<String> = match self.options.parameters {
            Some(names) => names.to_vec(),
            None => request
                .args
                .0
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
        };
        let given: Vec<Option<Given<'_>>> = names
            .iter()
            .map(|name| {
                request
                    .args
                    .0
                    .iter()
                    .find(|(given, _)| given == name)
                    .map(|(_, json)| Given::read(name, json))
                    .transpose()
            })
            .collect::<Result<_, _>>()?;
        let arguments: Vec<Argument<'_>> = given
            .iter()
            .map(|given| match given {
                Some(Given::Bytes(bytes)) => Argument::Bytes(bytes),
                Some(Given::Json(text)) => Argument::JsonText(text),
                Some(Given::Text(text)) => Argument::Text(text),
                None => Argument::Null,
            })
            .collect();
        let script = self.script(names, &request.script)?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        self.seed += 1;
        let host = HostCall {
            now_ms: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
            seed: self.seed,
            time_zone: self.options.time_zone.clone(),
        };
        self.engine.run_json(&script, &arguments, &host)
    }

    fn script(&mut self, names: Vec<String>, source: &str) -> Result<Script, CompileError> {
        let key = (names, source.to_owned());
        if let Some(script) = self.scripts.get(&key) {
            return Ok(script.clone());
        }
        let names: Vec<&str> = key.0.iter().map(String::as_str).collect();
        let options = &self.options;
        let script = if options.portable && options.lang == ScriptLang::Tbel {
            Script::compile_portable(source, &names, &self.limits)?
        } else {
            Script::compile(options.lang, source, &names, &self.limits)?
        };
        if self.scripts.len() >= SCRIPTS {
            self.scripts.clear();
        }
        self.scripts.insert(key, script.clone());
        Ok(script)
    }
}

fn bad_request(why: &str) -> ScriptError {
    CompileError::one(
        "bad-request",
        format!("no request {{\"id\", \"script\", \"args\"}}: {why}"),
        None,
        None,
    )
    .into()
}

/// Values stay JSON text: each language reads numbers its own way.
#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    id: Option<Box<RawValue>>,
    script: String,
    #[serde(default)]
    args: Members,
}

#[derive(Deserialize)]
struct Identified {
    id: Option<Box<RawValue>>,
}

enum Given<'a> {
    Bytes(Vec<u8>),
    /// A string counts by its own length, not by that of its JSON.
    Text(String),
    Json(&'a str),
}

impl<'a> Given<'a> {
    fn read(name: &str, json: &'a RawValue) -> Result<Self, ScriptError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Bytes {
            #[serde(rename = "$bytes")]
            base64: String,
        }
        if json.get().starts_with('"') {
            return serde_json::from_str(json.get())
                .map(Self::Text)
                .map_err(|error| bad_request(&format!("'{name}': {error}")));
        }
        match serde_json::from_str::<Bytes>(json.get()) {
            Ok(bytes) => STANDARD
                .decode(bytes.base64)
                .map(Self::Bytes)
                .map_err(|error| bad_request(&format!("$bytes of '{name}' is no base64: {error}"))),
            Err(_) => Ok(Self::Json(json.get())),
        }
    }
}

/// The members of an object in their order.
#[derive(Default)]
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of arguments")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[derive(Serialize)]
struct Answer {
    id: Option<Box<RawValue>>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok(Box<RawValue>),
    Error {
        kind: &'static str,
        message: String,
        line: Option<u32>,
        column: Option<u32>,
    },
}

impl Outcome {
    fn error(error: &ScriptError) -> Self {
        let hint = error
            .hint
            .as_ref()
            .map(|hint| format!(" ({hint})"))
            .unwrap_or_default();
        Self::Error {
            kind: error.kind.as_str(),
            message: format!("{}{hint}", error.message),
            line: error.line(),
            column: error.column(),
        }
    }
}
