//! Bodies of events, in the members clients know.

use millrace_model::EntityId;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::payload::{ContentType, Shown, bounded};

/// Which way a message went through an integration or converter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the device.
    Uplink,
    /// To the device.
    Downlink,
}

impl Direction {
    /// As events write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uplink => "Uplink",
            Self::Downlink => "Downlink",
        }
    }
}

/// One run of a converter.
#[derive(Debug, Clone)]
pub struct ConverterDebug<'a> {
    /// Which way.
    pub direction: Direction,
    /// What went in: the payload, or the message's JSON.
    pub input: Shown<'a>,
    /// Type of the message, for a downlink.
    pub message_type: Option<&'a str>,
    /// What came out, as JSON text; `None` when it failed.
    pub output: Option<&'a str>,
    /// Metadata that went in, as JSON text.
    pub metadata: &'a str,
    /// Metadata of the integration, as JSON text, for a downlink.
    pub integration_metadata: Option<&'a str>,
    /// Why it failed.
    pub error: Option<&'a str>,
}

/// Whether a message entered or left a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeSide {
    /// It entered.
    In,
    /// It left.
    Out,
}

/// A message seen at a rule node.
#[derive(Debug, Clone)]
pub struct NodeDebug<'a> {
    /// Entered or left.
    pub side: NodeSide,
    /// Originator of the message.
    pub originator: EntityId,
    /// Id of the message.
    pub message_id: Uuid,
    /// Type of the message.
    pub message_type: &'a str,
    /// `JSON`, `TEXT` or `BINARY`.
    pub data_type: &'a str,
    /// Label it came through or left by.
    pub relation: Option<&'a str>,
    /// The message itself.
    pub data: &'a str,
    /// Its metadata, as JSON text.
    pub metadata: &'a str,
    /// Why the node failed.
    pub error: Option<&'a str>,
}

pub(super) fn integration(
    server: &str,
    direction: Direction,
    topic: &str,
    payload: &[u8],
    error: Option<&str>,
) -> Json {
    let shown = Shown::of(payload);
    let message = json!({ "topic": topic, "payload": bounded(&shown.text) });
    let mut body = start(server);
    body.insert("type".to_owned(), direction.as_str().into());
    body.insert("messageType".to_owned(), ContentType::Json.as_str().into());
    body.insert("message".to_owned(), message.to_string().into());
    let status = if error.is_none() { "OK" } else { "ERROR" };
    body.insert("status".to_owned(), status.into());
    end(body, error)
}

/// Why nothing came of a run that did not fail.
const NULL_RESULT: &str = "the script returned null or nothing: the message is skipped; \
                           return an object with deviceName to store something";

const NULL_DOWNLINK: &str = "the script returned null or nothing: nothing is published; \
                             return an object with contentType, data and metadata to publish";

pub(super) fn converter(server: &str, run: &ConverterDebug<'_>) -> Json {
    let mut body = start(server);
    body.insert("type".to_owned(), run.direction.as_str().into());
    body.insert(
        "inMessageType".to_owned(),
        run.input.content_type.as_str().into(),
    );
    body.insert("in".to_owned(), bounded(&run.input.text).into());
    if let Some(output) = run.output {
        body.insert(
            "outMessageType".to_owned(),
            ContentType::Json.as_str().into(),
        );
        body.insert("out".to_owned(), bounded(output).into());
        if output == "null" {
            let note = match run.direction {
                Direction::Uplink => NULL_RESULT,
                Direction::Downlink => NULL_DOWNLINK,
            };
            body.insert("note".to_owned(), note.into());
        }
    }
    body.insert("metadata".to_owned(), bounded(run.metadata).into());
    if let Some(message_type) = run.message_type {
        body.insert("inMsgType".to_owned(), message_type.into());
    }
    if let Some(metadata) = run.integration_metadata {
        body.insert("inIntegrationMetadata".to_owned(), bounded(metadata).into());
    }
    end(body, run.error)
}

pub(super) fn rule_node(server: &str, seen: &NodeDebug<'_>) -> Json {
    let mut body = start(server);
    let side = match seen.side {
        NodeSide::In => "IN",
        NodeSide::Out => "OUT",
    };
    body.insert("type".to_owned(), side.into());
    body.insert("entityId".to_owned(), seen.originator.id.to_string().into());
    body.insert(
        "entityType".to_owned(),
        seen.originator.entity_type.as_str().into(),
    );
    // Older clients read the kind of the originator under this name.
    body.insert(
        "entityName".to_owned(),
        seen.originator.entity_type.as_str().into(),
    );
    body.insert("msgId".to_owned(), seen.message_id.to_string().into());
    body.insert("msgType".to_owned(), seen.message_type.into());
    body.insert("dataType".to_owned(), seen.data_type.into());
    // Present even when empty: clients with strict models miss it otherwise.
    body.insert(
        "relationType".to_owned(),
        seen.relation.unwrap_or_default().into(),
    );
    body.insert("data".to_owned(), bounded(seen.data).into());
    body.insert("metadata".to_owned(), bounded(seen.metadata).into());
    end(body, seen.error)
}

/// `detail` is a field of ours: the reference says nothing about what went well.
pub(super) fn lifecycle(server: &str, event: &str, success: bool, text: Option<&str>) -> Json {
    let mut body = start(server);
    body.insert("event".to_owned(), event.into());
    body.insert("success".to_owned(), success.into());
    if success && let Some(text) = text {
        body.insert("detail".to_owned(), bounded(text).into());
    }
    end(body, text.filter(|_| !success))
}

pub(super) fn error(server: &str, method: &str, error: &str) -> Json {
    let mut body = start(server);
    body.insert("method".to_owned(), method.into());
    end(body, Some(error))
}

pub(super) fn stats(server: &str, processed: u64, errors: u64) -> Json {
    let mut body = start(server);
    body.insert("messagesProcessed".to_owned(), processed.into());
    body.insert("errorsOccurred".to_owned(), errors.into());
    end(body, None)
}

fn start(server: &str) -> Map<String, Json> {
    let mut body = Map::with_capacity(12);
    body.insert("server".to_owned(), server.into());
    body
}

fn end(mut body: Map<String, Json>, error: Option<&str>) -> Json {
    if let Some(error) = error {
        body.insert("error".to_owned(), bounded(error).into());
    }
    Json::Object(body)
}
