//! A script over captured messages, beside the deployed one.

use std::time::{Duration, Instant};

use millrace_model::{
    entity::{Converter, ConverterType, ScriptLang},
    id::ConverterId,
};
use millrace_script::{Engine, EngineOptions};
use millrace_store::Journal;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ANSWER_BYTES, LONGEST, SHOWN_PAYLOAD, USUAL_TIME,
    captured::{self, MessageQuery, properties_of, shown, source_of},
    changes::differences,
    cpu,
    decoder::{Decoder, Run},
    report::{ReplayReport, ReplayRow, ReplaySummary, Verdict},
    sources::{self, SourceOf},
};
use crate::{PlatformError, Records, Result, Scope, path::script_metadata};

/// Which script is run over which messages.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplayRequest {
    /// An integration, or a converter: the messages of all integrations that use it.
    pub source: Uuid,
    /// Language of `script`; absent means JS.
    pub script_lang: Option<ScriptLang>,
    /// The edited script.
    pub script: Option<String>,
    /// In place of a script: a converter's whole configuration.
    #[schema(value_type = Option<Object>)]
    pub configuration: Option<Json>,
    /// Only UPLINK, which is also what absent means.
    pub converter_type: Option<ConverterType>,
    /// How many of the newest messages, 1 to 500; absent means 100.
    pub last: Option<usize>,
    /// Only topics that this filter matches.
    pub topic: Option<String>,
    /// Only the messages with these ids.
    pub ids: Option<Vec<String>>,
    /// How long it may take, at most 30 000 ms; absent means 10 000.
    pub timeout_ms: Option<u64>,
}

/// Runs a request to its end, to a bound, or until the caller is `gone`.
pub(super) fn run(
    journal: &dyn Journal,
    records: &Records,
    scope: &Scope,
    request: &ReplayRequest,
    gone: &dyn Fn() -> bool,
) -> Result<ReplayReport> {
    let began = Instant::now();
    let time = time(request)?;
    let edited = edited(request)?;
    let sources = sources::find(records, scope, request.source)?;
    let query = MessageQuery {
        source: request.source,
        last: request.last,
        topic: request.topic.clone(),
        ids: request.ids.clone(),
    };
    let look = captured::look(journal, scope.tenant, &sources, &query)?;
    let deployed = deployed(records, scope, &sources)?;
    let mut engine = Engine::new(EngineOptions::default());
    let mut report = ReplayReport {
        rows: Vec::with_capacity(look.found.len()),
        summary: ReplaySummary {
            messages: look.found.len(),
            ..ReplaySummary::default()
        },
        kept_since: captured::kept_since(journal)?,
        stopped: look.stopped,
    };
    let (mut bytes, all) = (0, look.found.len());
    for found in &look.found {
        let stop = if began.elapsed() >= time || gone() {
            Some(format!("{} s", time.as_secs_f64()))
        } else if bytes > ANSWER_BYTES {
            Some(format!("{} MiB of results", ANSWER_BYTES >> 20))
        } else {
            None
        };
        if let Some(bound) = stop {
            let ran = report.summary.ran;
            report.stopped = Some(format!(
                "stopped after {bound}: {ran} of {all} messages ran"
            ));
            break;
        }
        let Some(source) = source_of(&sources, &found.record) else {
            continue;
        };
        let properties = properties_of(&found.record);
        let metadata = script_metadata(&source.name, &source.metadata, &found.record, &properties);
        let mut timed = |decoder: &Decoder| {
            let before = cpu::used();
            let run = decoder.run(&mut engine, found.seq, &found.record, &metadata);
            (run, micros(cpu::used().saturating_sub(before)))
        };
        let (old, old_micros) = match deployed.get(&source.converter) {
            Some(decoder) => timed(decoder),
            None => timed(&Decoder::none(
                "the integration has no converter".to_owned(),
            )),
        };
        let (new, new_micros) = timed(&edited);
        report.summary.deployed_cpu_micros += old_micros;
        report.summary.cpu_micros += new_micros;
        let message = shown(found, source, SHOWN_PAYLOAD);
        let row = compared(message, old, new);
        bytes += size(&row);
        report.summary.count(row.verdict);
        report.rows.push(row);
    }
    Ok(report)
}

fn compared(message: captured::CapturedMessage, old: Run, new: Run) -> ReplayRow {
    let (mut found, mut more) = (Vec::new(), 0);
    let verdict = match (&old.value, &new.value) {
        (Some(old), Some(new)) => {
            (found, more) = differences(old, new);
            if found.is_empty() {
                Verdict::Same
            } else {
                Verdict::Changed
            }
        }
        (Some(_), None) => Verdict::NowFails,
        (None, Some(_)) => Verdict::NowWorks,
        (None, None) => Verdict::StillFails,
    };
    ReplayRow {
        message,
        verdict,
        deployed: old.decoded,
        edited: new.decoded,
        differences: found,
        more_differences: more,
    }
}

fn size(row: &ReplayRow) -> usize {
    let output = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let found = row
        .differences
        .iter()
        .map(|one| one.path.len() + output(&one.deployed) + output(&one.edited) + 64);
    row.message.payload.len()
        + output(&row.deployed.output)
        + output(&row.edited.output)
        + found.sum::<usize>()
        + 1024
}

/// The converters in force, each compiled once.
fn deployed(
    records: &Records,
    scope: &Scope,
    sources: &[SourceOf],
) -> Result<FxHashMap<Option<ConverterId>, Decoder>> {
    let mut compiled = FxHashMap::default();
    for id in sources.iter().filter_map(|source| source.converter) {
        if compiled.contains_key(&Some(id)) {
            continue;
        }
        let converter: Option<Converter> = records.table().get(scope.tenant, id.0)?;
        if let Some(converter) = converter {
            let decoder = Decoder::of_configuration(&converter.configuration);
            compiled.insert(Some(id), decoder);
        }
    }
    Ok(compiled)
}

fn edited(request: &ReplayRequest) -> Result<Decoder> {
    if request.converter_type == Some(ConverterType::Downlink) {
        return Err(PlatformError::invalid(
            "converterType",
            "converterType must be UPLINK: what integrations received goes through uplink converters",
        ));
    }
    match (&request.script, &request.configuration) {
        (Some(script), None) => Ok(Decoder::of_script(
            request.script_lang.unwrap_or_default(),
            script,
        )),
        (None, Some(configuration)) => Ok(Decoder::of_configuration(configuration)),
        _ => Err(PlatformError::invalid(
            "script",
            "give either script with scriptLang, or configuration",
        )),
    }
}

fn time(request: &ReplayRequest) -> Result<Duration> {
    let time = request.timeout_ms.map_or(USUAL_TIME, Duration::from_millis);
    if time.is_zero() || time > LONGEST {
        return Err(PlatformError::invalid(
            "timeoutMs",
            format!("timeoutMs must be 1 to {}", LONGEST.as_millis()),
        ));
    }
    Ok(time)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
