//! Messages as the journal holds them.

use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use millrace_link::{filter_matches, validate_filter};
use millrace_model::{Millis, TenantId, entity::Integration};
use millrace_store::{
    Journal,
    journal::{InRecord, OutRecord, Record, Seq},
};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ANSWER_BYTES, LOOK, MOST_MESSAGES, SHOWN_PAYLOAD, USUAL_MESSAGES, sources::SourceOf};
use crate::{
    PlatformError, Records, Result, Scope,
    path::{parse_properties, script_metadata},
};

/// Which captured messages are wanted.
#[derive(Debug, Clone, Default)]
pub struct MessageQuery {
    /// An integration, or a converter: the messages of all integrations that use it.
    pub source: Uuid,
    /// How many of the newest, 1 to [`MOST_MESSAGES`]; [`USUAL_MESSAGES`] when absent.
    pub last: Option<usize>,
    /// Only topics that this filter matches (`+` and `#` as usual).
    pub topic: Option<String>,
    /// Only these messages.
    pub ids: Option<Vec<String>>,
}

/// What became of a message, as far as the journal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It is not done yet.
    Waiting,
    /// It was converted, and what it caused is done.
    Converted,
    /// Its script failed, its result was refused, or what it names may not be made.
    Failed,
    /// Its run broke off too often; it is kept and does not run.
    SetAside,
}

/// A message that an integration received.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapturedMessage {
    /// Its number in the journal.
    pub id: String,
    /// The integration.
    pub integration_id: Uuid,
    /// The integration's name.
    pub integration_name: String,
    /// When it arrived; unique per topic.
    pub arrival: Millis,
    /// The full topic.
    pub topic: String,
    /// Quality of service it was delivered with, 0 to 2.
    pub qos: u8,
    /// Whether it was delivered as retained.
    pub retain: bool,
    /// Bytes of the whole payload.
    pub size: usize,
    /// The payload in base64, or the beginning of a large one.
    pub payload: String,
    /// Whether `payload` is only the beginning: fetch the message by its id.
    pub cut: bool,
    /// What a converter's script gets as `metadata`.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Json>,
    /// What became of it.
    pub outcome: Outcome,
}

/// Captured messages, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapturedMessages {
    /// The messages.
    pub messages: Vec<CapturedMessage>,
    /// Arrival of the oldest message of any integration that is still kept; absent when none is.
    pub kept_since: Option<Millis>,
    /// Why older ones may be missing although they are kept.
    pub stopped: Option<String>,
}

/// A message as it was found.
pub(super) struct Found {
    pub(super) seq: Seq,
    pub(super) record: InRecord,
    outcome: Outcome,
}

/// What a look through the journal found, newest first.
pub(super) struct Look {
    pub(super) found: Vec<Found>,
    pub(super) stopped: Option<String>,
}

/// Bounds of a look.
struct Wanted<'a> {
    tenant: TenantId,
    sources: FxHashSet<Uuid>,
    last: usize,
    topic: Option<&'a str>,
    ids: Option<FxHashSet<Seq>>,
}

impl Wanted<'_> {
    fn takes(&self, seq: Seq, record: &InRecord) -> bool {
        record.source.tenant == self.tenant
            && self.sources.contains(&record.source.integration)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&seq))
            && self
                .topic
                .is_none_or(|filter| filter_matches(filter, &record.topic))
    }

    /// No message before this one is wanted.
    fn oldest(&self) -> Seq {
        let ids = self.ids.iter().flatten();
        ids.min().copied().unwrap_or_default()
    }
}

/// Looks for messages, from the newest back.
pub(super) fn look(
    journal: &dyn Journal,
    tenant: TenantId,
    sources: &[SourceOf],
    query: &MessageQuery,
) -> Result<Look> {
    let wanted = Wanted {
        tenant,
        sources: sources.iter().map(|source| source.id).collect(),
        last: last(query)?,
        topic: topic(query)?,
        ids: query.ids.as_deref().map(numbers).transpose()?,
    };
    let mut look = Look {
        found: Vec::new(),
        stopped: None,
    };
    if sources.is_empty() || wanted.ids.as_ref().is_some_and(FxHashSet::is_empty) {
        return Ok(look);
    }
    let (began, oldest) = (Instant::now(), wanted.oldest());
    // What became of messages further back: their ends come after them.
    let mut outcomes: FxHashMap<Seq, Outcome> = FxHashMap::default();
    let mut bytes = 0_usize;
    let mut read = 0_u32;
    journal.read_back(Seq::MAX, &mut |seq, record| {
        read = read.wrapping_add(1);
        if read.is_multiple_of(1024) && began.elapsed() > LOOK {
            look.stopped = Some(format!(
                "looking stopped after {} s: older messages are kept but not shown",
                LOOK.as_secs()
            ));
            return false;
        }
        match record {
            Record::Out(OutRecord::Failed(message)) => {
                outcomes.insert(message, Outcome::Failed);
            }
            Record::Out(OutRecord::SetAside(message)) => {
                outcomes.insert(message, Outcome::SetAside);
            }
            Record::Out(OutRecord::Done(message)) => {
                outcomes.entry(message).or_insert(Outcome::Converted);
            }
            Record::Out(_) => {}
            Record::In(record) => {
                let outcome = outcomes.remove(&seq).unwrap_or(Outcome::Waiting);
                if wanted.takes(seq, &record) {
                    bytes += record.payload.len() + record.topic.len();
                    if bytes > ANSWER_BYTES && !look.found.is_empty() {
                        look.stopped = Some(format!(
                            "the newest {} messages are {} MiB together: older ones are kept but not shown",
                            look.found.len(),
                            ANSWER_BYTES >> 20
                        ));
                        return false;
                    }
                    look.found.push(Found {
                        seq,
                        record,
                        outcome,
                    });
                }
            }
        }
        look.found.len() < wanted.last && seq > oldest
    })?;
    Ok(look)
}

/// A page of messages as people see them.
pub(super) fn page(
    journal: &dyn Journal,
    tenant: TenantId,
    sources: &[SourceOf],
    query: &MessageQuery,
) -> Result<CapturedMessages> {
    let look = look(journal, tenant, sources, query)?;
    let messages = look
        .found
        .iter()
        .filter_map(|found| {
            let source = source_of(sources, &found.record)?;
            Some(shown(found, source, SHOWN_PAYLOAD))
        })
        .collect();
    Ok(CapturedMessages {
        messages,
        kept_since: kept_since(journal)?,
        stopped: look.stopped,
    })
}

/// One message with its whole payload.
pub(super) fn one(
    journal: &dyn Journal,
    records: &Records,
    scope: &Scope,
    id: &str,
) -> Result<CapturedMessage> {
    let missing = || PlatformError::not_found("Captured message", id);
    let wanted: Seq = id.parse().map_err(|_| missing())?;
    let after = wanted.checked_sub(1).ok_or_else(missing)?;
    let mut found = None;
    journal.read(after, &mut |seq, record| {
        if let Record::In(record) = record
            && seq == wanted
            && record.source.tenant == scope.tenant
        {
            found = Some(record);
        }
        false
    })?;
    let record = found.ok_or_else(missing)?;
    let integration: Option<Integration> = records
        .table()
        .get(scope.tenant, record.source.integration)?;
    let source = SourceOf::of(&integration.ok_or_else(missing)?);
    let ids = MessageQuery {
        ids: Some(vec![id.to_owned()]),
        last: Some(1),
        ..MessageQuery::default()
    };
    let look = look(journal, scope.tenant, std::slice::from_ref(&source), &ids)?;
    let outcome = look.found.first().map(|found| found.outcome);
    let found = Found {
        seq: wanted,
        record,
        outcome: outcome.unwrap_or(Outcome::Waiting),
    };
    Ok(shown(&found, &source, usize::MAX))
}

/// The integration that received a message.
pub(super) fn source_of<'a>(sources: &'a [SourceOf], record: &InRecord) -> Option<&'a SourceOf> {
    sources
        .iter()
        .find(|source| source.id == record.source.integration)
}

/// A message as people see it, with so many bytes of its payload.
pub(super) fn shown(found: &Found, source: &SourceOf, most: usize) -> CapturedMessage {
    let record = &found.record;
    let begin = record.payload.get(..most).unwrap_or(&record.payload);
    let properties = properties_of(record);
    let metadata = script_metadata(&source.name, &source.metadata, record, &properties);
    CapturedMessage {
        id: found.seq.to_string(),
        integration_id: source.id,
        integration_name: source.name.clone(),
        arrival: record.arrival_ms,
        topic: record.topic.to_string(),
        qos: record.qos,
        retain: record.retain,
        size: record.payload.len(),
        payload: STANDARD.encode(begin),
        cut: begin.len() < record.payload.len(),
        metadata: metadata
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Json::from(value)))
            .collect(),
        outcome: found.outcome,
    }
}

/// Its MQTT 5 properties, as a script sees them.
pub(super) fn properties_of(record: &InRecord) -> Vec<(String, String)> {
    record
        .properties
        .as_deref()
        .map(parse_properties)
        .unwrap_or_default()
}

/// Arrival of the oldest message that is kept.
pub(super) fn kept_since(journal: &dyn Journal) -> Result<Option<Millis>> {
    let mut since = None;
    journal.read(0, &mut |_, record| {
        if let Record::In(record) = record {
            since = Some(record.arrival_ms);
        }
        since.is_none()
    })?;
    Ok(since)
}

fn last(query: &MessageQuery) -> Result<usize> {
    let last = query.last.unwrap_or(match &query.ids {
        Some(ids) => ids.len().max(1),
        None => USUAL_MESSAGES,
    });
    if (1..=MOST_MESSAGES).contains(&last) {
        return Ok(last);
    }
    let field = if query.last.is_some() { "last" } else { "ids" };
    Err(PlatformError::invalid(
        field,
        format!("{field} must be 1 to {MOST_MESSAGES} messages"),
    ))
}

fn topic(query: &MessageQuery) -> Result<Option<&str>> {
    let Some(filter) = query.topic.as_deref() else {
        return Ok(None);
    };
    validate_filter(filter).map_err(|error| {
        PlatformError::invalid(
            "topic",
            format!("topic must be a topic or a topic filter: {error}"),
        )
    })?;
    Ok(Some(filter))
}

fn numbers(ids: &[String]) -> Result<FxHashSet<Seq>> {
    ids.iter()
        .map(|id| {
            id.parse().map_err(|_| {
                PlatformError::invalid("ids", format!("ids: \"{id:.40}\" is no id of a message"))
            })
        })
        .collect()
}
