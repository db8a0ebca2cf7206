//! A message on its way through a chain.

use std::{fmt, ops::Deref, sync::Arc};

use millrace_model::{EntityId, Millis, Value};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::call::CallRef;

/// What travels through rule chains.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleMessage {
    /// The same for every run of the same cause, so that effects can be recognised.
    pub id: Uuid,
    /// When the cause arrived.
    pub ts: Millis,
    /// Type; scripts may set any text.
    pub msg_type: Text,
    /// The entity it is about.
    pub originator: EntityId,
    /// Customer of the originator.
    pub customer: Option<Uuid>,
    /// Text by name.
    pub metadata: Metadata,
    /// The body.
    pub data: Data,
    /// The command it was sent for. Travels here, beside what scripts may change.
    pub call: Option<CallRef>,
}

impl RuleMessage {
    /// Id of the `part`-th message made of this one; the same at every run.
    #[must_use]
    pub fn part_id(&self, part: usize) -> Uuid {
        Uuid::new_v5(&self.id, &part.to_be_bytes())
    }

    /// The body as a JSON object.
    ///
    /// # Errors
    /// When it is something else.
    pub fn object(&self) -> Result<Map<String, Json>, String> {
        match self.data.json() {
            Ok(Json::Object(members)) => Ok(members),
            Ok(_) => Err("the message body must be a JSON object".to_owned()),
            Err(error) => Err(format!("the message body is no JSON: {error}")),
        }
    }

    /// Gives the message a JSON body.
    pub fn set_body(&mut self, body: &Json) {
        self.data = Data::Text(body.to_string().into());
    }
}

/// A text that is mostly one of a few fixed ones: those cost no memory of their own.
#[derive(Debug, Clone)]
pub enum Text {
    /// A text of the program.
    Fixed(&'static str),
    /// A text that came with a message.
    Shared(Arc<str>),
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self::Shared(text)
    }
}

/// Text by name, in order of insertion. Messages carry a handful, so a list beats a map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata(Vec<(Text, Text)>);

impl Metadata {
    /// No entries, with room for `capacity`.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| &**key == name)
            .map(|(_, value)| &**value)
    }

    /// Sets a value, replacing an earlier one of that name.
    pub fn set(&mut self, name: impl Into<Text>, value: impl Into<Text>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some(entry) => entry.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| &**key != name);
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Names and values as scripts take them.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect()
    }

    /// As a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Json {
        Json::Object(
            self.0
                .iter()
                .map(|(name, value)| (name.to_string(), Json::String(value.to_string())))
                .collect(),
        )
    }
}

/// The body of a message. Typed values stay typed until somebody asks for text.
#[derive(Debug, Clone)]
pub enum Data {
    /// A flat object of telemetry or attribute values.
    Values(Arc<[(Arc<str>, Value)]>),
    /// JSON text (or any text, for messages that say so).
    Text(Arc<str>),
}

impl Data {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Arc<str> {
        match self {
            Self::Text(text) => Arc::clone(text),
            Self::Values(_) => self.json().unwrap_or(Json::Null).to_string().into(),
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When the text is no JSON.
    pub fn json(&self) -> Result<Json, serde_json::Error> {
        match self {
            Self::Text(text) => serde_json::from_str(text),
            Self::Values(values) => Ok(Json::Object(
                values
                    .iter()
                    .map(|(key, value)| (key.to_string(), value.to_json()))
                    .collect(),
            )),
        }
    }
}

/// Two bodies are the same when they say the same, typed or not.
impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        match (self.json(), other.json()) {
            (Ok(a), Ok(b)) => a == b,
            _ => self.text() == other.text(),
        }
    }
}
