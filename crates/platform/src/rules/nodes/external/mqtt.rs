//! *mqtt*: publishes messages to a broker of the tenant's choice.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use millrace_outbound::{MqttPublisher, MqttSettings};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
    message::RuleMessage,
    node::{BuildError, Node, Outcome, Services},
    template::Template,
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.mqtt.TbMqttNode",
    name: "mqtt",
    old_names: &["external mqtt"],
    kind: ComponentKind::External,
    description: "Publishes the message's body to a broker with QoS 1, over a connection of its own. The message leaves over Success when the broker has it. It is published at least once.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 2,
    settings: &[
        Setting {
            name: "topicPattern",
            label: "Topic",
            description: "Where it is published.",
            default: r#""my-topic""#,
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "host",
            label: "Host",
            description: "Host name or address of the broker.",
            default: "null",
            ..Setting::TEXT
        },
        Setting {
            name: "port",
            label: "Port",
            description: "Port of the broker.",
            default: "1883",
            ..Setting::NUMBER
        },
        Setting {
            name: "connectTimeoutSec",
            label: "Seconds to connect",
            description: "How long a message waits for the connection; the server's limit is not exceeded.",
            default: "10",
            ..Setting::NUMBER
        },
        Setting {
            name: "clientId",
            label: "Client id",
            description: "Empty: the broker gives one.",
            default: "null",
            ..Setting::TEXT
        },
        Setting {
            name: "appendClientIdSuffix",
            label: "Add a suffix",
            description: "The id of the node is added to the client id, so that two nodes may share one.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "cleanSession",
            label: "Clean session",
            description: "The broker forgets the session with the connection.",
            default: "true",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "retainedMessage",
            label: "Retained",
            description: "The broker keeps the last message of a topic.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "parseToPlainText",
            label: "Send plain text",
            description: "A body that is a JSON string is sent without quotes.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "protocolVersion",
            label: "Protocol",
            description: "Version of MQTT; MQTT_3_1 is connected with 3.1.1.",
            kind: SettingKind::Choice(&[("MQTT_3_1_1", "3.1.1"), ("MQTT_3_1", "3.1 (as 3.1.1)")]),
            default: r#""MQTT_3_1_1""#,
            absent: Some(r#""MQTT_3_1""#),
            ..Setting::TEXT
        },
        Setting {
            name: "ssl",
            label: "TLS",
            description: "Not available yet.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "credentials",
            label: "Credentials",
            description: "An object with type anonymous or basic (username, password).",
            default: r#"{"type":"anonymous"}"#,
            secret: true,
            ..Setting::JSON
        },
    ],
    upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(MqttNode {
            target: settings.target()?,
            suffix: settings.append_client_id_suffix,
            topic: settings.topic_pattern,
            retain: settings.retained_message,
            plain: settings.parse_to_plain_text,
            publisher: OnceLock::new(),
        }))
    },
    examples: &[Example {
        title: "an address nothing is sent to",
        settings: r#"{"host":"169.254.169.254"}"#,
        data: r#"{"a":1}"#,
        leaves_by: "Failure",
        leaves: r#"{"metadata":{"error":"169.254.169.254 is a link-local address: the server sends nothing there"}}"#,
        ..Example::BASIC
    }],
};

fn upgrade(settings: &mut Json, _from: i64) {
    let Some(settings) = settings.as_object_mut() else {
        return;
    };
    if settings.get("credentials").is_some_and(Json::is_null) {
        settings.remove("credentials");
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    topic_pattern: Template,
    host: Option<String>,
    port: i64,
    connect_timeout_sec: i64,
    client_id: Option<String>,
    append_client_id_suffix: bool,
    clean_session: bool,
    retained_message: bool,
    parse_to_plain_text: bool,
    protocol_version: String,
    ssl: bool,
    credentials: Credentials,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Credentials {
    #[serde(rename = "anonymous")]
    Anonymous,
    #[serde(rename = "basic")]
    Basic {
        username: Option<String>,
        password: Option<String>,
    },
    #[serde(other)]
    Other,
}

impl Settings {
    fn target(&self) -> Result<MqttSettings, BuildError> {
        let wrong = |text: &str| Err(BuildError(text.to_owned()));
        if self.ssl {
            return wrong("TLS to brokers is not available yet: switch ssl off");
        }
        if !matches!(&*self.protocol_version, "MQTT_3_1_1" | "MQTT_3_1") {
            return Err(BuildError(format!(
                "protocolVersion \"{}\" is not available: use MQTT_3_1_1",
                self.protocol_version
            )));
        }
        let Some(host) = self.host.clone().filter(|host| !host.trim().is_empty()) else {
            return wrong("host should be specified: give the broker's name or address");
        };
        let Ok(port) = u16::try_from(self.port) else {
            return wrong("port must be 1 to 65535");
        };
        let client_id = self.client_id.clone().unwrap_or_default();
        if client_id.is_empty() && !self.clean_session {
            return wrong("clientId should be specified: a session that is kept needs one");
        }
        Ok(MqttSettings {
            host,
            port,
            client_id,
            clean_session: self.clean_session,
            connect_timeout: Duration::from_secs(
                u64::try_from(self.connect_timeout_sec).unwrap_or_default(),
            ),
            credentials: match &self.credentials {
                Credentials::Anonymous => None,
                Credentials::Basic { username, password } => Some((
                    username.clone().unwrap_or_default(),
                    password.clone().unwrap_or_default(),
                )),
                Credentials::Other => {
                    return wrong(
                        "credentials of this type need TLS, which is not available yet: use basic or anonymous",
                    );
                }
            },
        })
    }
}

struct MqttNode {
    target: MqttSettings,
    suffix: bool,
    topic: Template,
    retain: bool,
    plain: bool,
    /// Made with the first message, within the server's limits.
    publisher: OnceLock<Result<Arc<MqttPublisher>, String>>,
}

impl MqttNode {
    fn publisher(&self, services: &dyn Services) -> Result<Arc<MqttPublisher>, String> {
        self.publisher
            .get_or_init(|| {
                let mut target = self.target.clone();
                if let (true, Some(place)) = (
                    self.suffix && !target.client_id.is_empty(),
                    services.place(),
                ) {
                    let id = place.node.0.simple().to_string();
                    target.client_id.push('_');
                    target.client_id.extend(id.chars().rev().take(8));
                }
                let outbound = &services.directory().outbound;
                let made = outbound.mqtt(target).map_err(|error| error.to_string());
                made.map(Arc::new)
            })
            .clone()
    }
}

impl Node for MqttNode {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let made = self.publisher(services).and_then(|publisher| {
            let topic = self.topic.fill_from(&message)?.into_owned();
            Ok((publisher, topic))
        });
        let (publisher, topic) = match made {
            Ok(made) => made,
            Err(error) => return Outcome::Failed(error, message),
        };
        let text = message.data.text();
        let payload = match (self.plain, serde_json::from_str::<String>(&text)) {
            (true, Ok(plain)) => plain,
            _ => text.to_string(),
        };
        let retain = self.retain;
        Outcome::Parked(Box::pin(async move {
            match publisher.publish(&topic, payload.into(), retain).await {
                Ok(()) => Outcome::success(message),
                Err(error) => Outcome::Failed(error.to_string(), message),
            }
        }))
    }
}
