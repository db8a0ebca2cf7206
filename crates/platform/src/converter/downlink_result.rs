//! Reads what a downlink script returned: topics, payloads and how they are published.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use millrace_link::{PublishProperties, validate_topic};
use millrace_script::Value;
use uuid::Uuid;

use super::result::{ResultError, kind, problem};

/// One message to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downlink {
    /// The topic, without placeholders.
    pub topic: String,
    /// The payload.
    pub payload: Bytes,
    /// 0 or 1.
    pub qos: u8,
    /// Whether the broker keeps it.
    pub retain: bool,
    /// MQTT 5 properties; they have no place in MQTT 3.1.1 and are left out there.
    pub properties: PublishProperties,
}

/// What an integration says about its publishes.
#[derive(Debug, Clone, Copy)]
pub struct DownlinkRules<'a> {
    /// The topic, with `${key}` for members of the result's metadata.
    pub topic_pattern: &'a str,
    /// QoS, unless the result says another.
    pub qos: u8,
    /// Retain flag, unless the result says another.
    pub retain: bool,
    /// The call it is for: what `mqttCorrelationData: "auto"` stands for.
    pub call: Option<Uuid>,
}

/// Reads a result: null (nothing to publish), one object, or a list of objects.
///
/// # Errors
/// The first member that does not fit; nothing of the message is published then.
pub fn read_downlinks(
    value: Value,
    rules: &DownlinkRules<'_>,
) -> Result<Vec<Downlink>, ResultError> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Map(members) => Ok(vec![downlink(members, "result", rules)?]),
        Value::List(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| match item {
                Value::Map(members) => downlink(members, &format!("result[{index}]"), rules),
                other => Err(problem(
                    &format!("result[{index}]"),
                    &format!("expected an object, got {}", kind(&other)),
                )),
            })
            .collect(),
        other => Err(problem(
            "result",
            &format!(
                "expected an object or a list of objects with contentType, data and metadata, got {}",
                kind(&other)
            ),
        )),
    }
}

fn downlink(
    members: Vec<(Arc<str>, Value)>,
    path: &str,
    rules: &DownlinkRules<'_>,
) -> Result<Downlink, ResultError> {
    let (mut content_type, mut data, mut metadata) = (None, Value::Null, Vec::new());
    for (key, value) in members {
        match &*key {
            "contentType" => content_type = text(value),
            "data" => data = value,
            "metadata" => match value {
                Value::Null => {}
                Value::Map(members) => metadata = members,
                other => {
                    return Err(problem(
                        &format!("{path}.metadata"),
                        &format!("expected an object, got {}", kind(&other)),
                    ));
                }
            },
            _ => {}
        }
    }
    let metadata = Metadata { metadata, path };
    Ok(Downlink {
        topic: metadata.topic(rules.topic_pattern)?,
        payload: payload(content_type.as_deref(), data, path)?,
        qos: match metadata.get("mqttQos").as_deref() {
            None => rules.qos,
            Some("0") => 0,
            Some("1") => 1,
            Some(other) => return Err(metadata.wrong("mqttQos", "0 or 1", other)),
        },
        retain: match metadata.get("mqttRetain").as_deref() {
            None => rules.retain,
            Some("true") => true,
            Some("false") => false,
            Some(other) => return Err(metadata.wrong("mqttRetain", "true or false", other)),
        },
        properties: metadata.properties(rules.call)?,
    })
}

fn payload(content_type: Option<&str>, data: Value, path: &str) -> Result<Bytes, ResultError> {
    let data_path = format!("{path}.data");
    match (content_type, data) {
        (_, Value::Null) => Err(problem(
            &data_path,
            "is missing: set data to the payload, or return null to publish nothing",
        )),
        (Some("BINARY"), Value::Text(text)) => STANDARD
            .decode(text.trim())
            .map(Bytes::from)
            .map_err(|error| {
                problem(
                    &data_path,
                    &format!("must be base64 for contentType BINARY: {error}"),
                )
            }),
        (Some("BINARY"), Value::List(items)) => items
            .iter()
            .map(|item| match item {
                // Bytes are signed in one language and unsigned in the other.
                Value::Int(byte @ -128..=255) => Ok((byte & 0xff) as u8),
                other => Err(problem(
                    &data_path,
                    &format!("expected bytes, got {}", kind(other)),
                )),
            })
            .collect::<Result<Vec<u8>, _>>()
            .map(Bytes::from),
        (Some("BINARY"), other) => Err(problem(
            &data_path,
            &format!(
                "expected base64 text for contentType BINARY, got {}",
                kind(&other)
            ),
        )),
        (None | Some("JSON" | "TEXT"), data) => Ok(match data {
            Value::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            other => other.to_string().into(),
        }),
        (Some(other), _) => Err(problem(
            &format!("{path}.contentType"),
            &format!("is \"{other}\": use JSON, TEXT or BINARY"),
        )),
    }
}

/// The metadata of a result.
struct Metadata<'a> {
    metadata: Vec<(Arc<str>, Value)>,
    path: &'a str,
}

impl Metadata<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.metadata
            .iter()
            .find(|(name, _)| &**name == key)
            .map(|(_, value)| value)
    }

    fn get(&self, key: &str) -> Option<String> {
        self.value(key).cloned().and_then(text)
    }

    fn wrong(&self, key: &str, expected: &str, got: &str) -> ResultError {
        problem(
            &format!("{}.metadata.{key}", self.path),
            &format!("expected {expected}, got \"{got}\""),
        )
    }

    fn topic(&self, pattern: &str) -> Result<String, ResultError> {
        let mut topic = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, placeholder)) = rest.split_once("${") {
            topic.push_str(before);
            let Some((key, after)) = placeholder.split_once('}') else {
                return Err(problem(
                    "downlinkTopicPattern",
                    &format!("\"{pattern}\" has \"${{\" without \"}}\""),
                ));
            };
            let value = self.get(key).ok_or_else(|| {
                problem(
                    &format!("{}.metadata.{key}", self.path),
                    &format!("is missing: the downlink topic pattern \"{pattern}\" needs it"),
                )
            })?;
            topic.push_str(&value);
            rest = after;
        }
        topic.push_str(rest);
        match validate_topic(&topic) {
            Ok(()) => Ok(topic),
            Err(error) => Err(problem(
                &format!("{}.metadata", self.path),
                &format!(
                    "makes the topic \"{}\", which cannot be published to: it {error}",
                    short(&topic)
                ),
            )),
        }
    }

    fn properties(&self, call: Option<Uuid>) -> Result<PublishProperties, ResultError> {
        let response_topic = self.get("mqttResponseTopic");
        if let Some(topic) = &response_topic
            && let Err(error) = validate_topic(topic)
        {
            return Err(problem(
                &format!("{}.metadata.mqttResponseTopic", self.path),
                &error.to_string(),
            ));
        }
        let correlation_data = match self.get("mqttCorrelationData") {
            Some(auto) if auto == "auto" => call.map(|call| Bytes::from(call.to_string())),
            other => other.map(Bytes::from),
        };
        let message_expiry_secs = match self.get("mqttExpirySec") {
            None => None,
            Some(seconds) => Some(
                seconds
                    .parse()
                    .map_err(|_| self.wrong("mqttExpirySec", "whole seconds", &seconds))?,
            ),
        };
        Ok(PublishProperties {
            content_type: self.get("mqttContentType"),
            response_topic,
            correlation_data,
            message_expiry_secs,
            payload_is_utf8: false,
            user_properties: self.user_properties()?,
        })
    }

    fn user_properties(&self) -> Result<Vec<(String, String)>, ResultError> {
        let expected = "an object";
        let parsed = match self.value("mqttUserProperties") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            // Metadata may have been text all along.
            Some(Value::Text(text)) => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(json) => Value::from(&json),
                Err(_) => return Err(self.wrong("mqttUserProperties", expected, text)),
            },
            Some(other) => other.clone(),
        };
        match parsed {
            Value::Map(members) => Ok(members
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_string(), text(value)?)))
                .collect()),
            other => Err(self.wrong("mqttUserProperties", expected, &other.to_string())),
        }
    }
}

/// A member as text; null counts as absent.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.to_string()),
        other => Some(other.to_string()),
    }
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: DownlinkRules<'_> = DownlinkRules {
        topic_pattern: "${topic}",
        qos: 1,
        retain: false,
        call: None,
    };

    fn read(json: serde_json::Value) -> Result<Vec<Downlink>, ResultError> {
        read_downlinks(Value::from(&json), &RULES)
    }

    fn error(json: serde_json::Value) -> String {
        read(json).unwrap_err().to_string()
    }

    fn published(data: serde_json::Value, content_type: Option<&str>) -> Bytes {
        let mut result = json!({"data": data, "metadata": {"topic": "t"}});
        if let Some(content_type) = content_type {
            result["contentType"] = json!(content_type);
        }
        read(result).unwrap()[0].payload.clone()
    }

    #[test]
    fn data_that_is_no_text_is_published_as_its_json_text() {
        assert_eq!(
            published(json!("{\"value\":33}"), Some("JSON")),
            "{\"value\":33}"
        );
        assert_eq!(published(json!(34), Some("JSON")), "34");
        assert_eq!(published(json!({"a": [1, true]}), None), "{\"a\":[1,true]}");
        assert_eq!(published(json!("plain"), Some("TEXT")), "plain");
        assert_eq!(published(json!("AQL/"), Some("BINARY")), &[1, 2, 255][..]);
        assert_eq!(
            published(json!([1, -1, 255]), Some("BINARY")),
            &[1, 255, 255][..]
        );
    }

    #[test]
    fn the_topic_comes_from_the_results_metadata() {
        let rules = DownlinkRules {
            topic_pattern: "site/${ site}/${n}/cmd",
            ..RULES
        };
        let result = json!({"data": 1, "metadata": {" site": "a", "n": 7}});
        let read = read_downlinks(Value::from(&result), &rules).unwrap();
        assert_eq!(read[0].topic, "site/a/7/cmd");
        assert!(error(json!({"data": 1})).contains("metadata.topic: is missing"));
        let topic = |topic: &str| error(json!({"data": 1, "metadata": {"topic": topic}}));
        assert!(topic("").contains("cannot be published to"));
        assert!(topic("a/+/b").contains("a/+/b"));
        assert!(topic("a/#").contains("cannot be published to"));
    }

    #[test]
    fn null_and_an_empty_list_publish_nothing_and_a_list_keeps_its_order() {
        assert_eq!(read(json!(null)).unwrap(), []);
        assert_eq!(read(json!([])).unwrap(), []);
        let one = |n: i64| json!({"data": n, "metadata": {"topic": "t"}});
        let read = read(json!([one(2), one(1)])).unwrap();
        assert_eq!(
            (&read[0].payload[..], &read[1].payload[..]),
            (&b"2"[..], &b"1"[..])
        );
    }

    #[test]
    fn a_result_may_say_how_it_is_published() {
        let call = Uuid::from_u128(5);
        let rules = DownlinkRules {
            call: Some(call),
            ..RULES
        };
        let result = json!({"data": "x", "metadata": {
            "topic": "t", "mqttQos": 0, "mqttRetain": true, "mqttResponseTopic": "answers/a",
            "mqttCorrelationData": "auto", "mqttContentType": "text/plain", "mqttExpirySec": 30,
            "mqttUserProperties": {"unit": "C", "n": 1},
        }});
        let read = read_downlinks(Value::from(&result), &rules).unwrap();
        let Downlink {
            qos,
            retain,
            properties,
            ..
        } = &read[0];
        assert_eq!((*qos, *retain), (0, true));
        assert_eq!(properties.response_topic.as_deref(), Some("answers/a"));
        assert_eq!(
            properties.correlation_data,
            Some(Bytes::from(call.to_string()))
        );
        assert_eq!(properties.content_type.as_deref(), Some("text/plain"));
        assert_eq!(properties.message_expiry_secs, Some(30));
        assert_eq!(
            properties.user_properties,
            [("unit".into(), "C".into()), ("n".into(), "1".into())]
        );
    }

    #[test]
    fn errors_name_the_member() {
        let with = |member: &str, value: serde_json::Value| {
            error(json!({"data": 1, "metadata": {"topic": "t", member: value}}))
        };
        assert!(error(json!("text")).starts_with("result: expected an object"));
        assert!(error(json!([1])).starts_with("result[0]: expected an object"));
        assert!(error(json!({"metadata": {"topic": "t"}})).starts_with("result.data: is missing"));
        let odd = json!({"data": 1, "contentType": "XML", "metadata": {"topic": "t"}});
        assert!(error(odd).starts_with("result.contentType: is \"XML\""));
        let binary = json!({"data": "?", "contentType": "BINARY", "metadata": {"topic": "t"}});
        assert!(error(binary).contains("must be base64"));
        assert!(with("mqttQos", json!(2)).starts_with("result.metadata.mqttQos: expected 0 or 1"));
        assert!(with("mqttRetain", json!("yes")).contains("mqttRetain"));
        assert!(with("mqttExpirySec", json!("soon")).contains("mqttExpirySec"));
        assert!(with("mqttResponseTopic", json!("a/#")).contains("mqttResponseTopic"));
        assert!(with("mqttUserProperties", json!("x")).contains("mqttUserProperties"));
    }
}
