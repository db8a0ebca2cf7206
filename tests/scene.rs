//! The usual stage of a scenario: one broker, one server, its administrator.

use millrace_testbed::{Actor, Mosquitto, MosquittoOptions, MqttClient, Server, ServerOptions};
use serde_json::{Value, json};

/// Names the device in the third topic level (`site/<anything>/<device>/…`) and stores the payload's
/// members as telemetry. A payload with `n` stores that alone, also as the attribute `last`.
pub(crate) const PLAIN: &str = r#"
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
var result = { deviceName: levels[2], deviceType: "plain", telemetry: body };
if (body.n != null) {
    result.telemetry = { n: body.n };
    result.attributes = { last: body.n };
}
return result;
"#;

/// A broker, a server and the tenant's administrator.
pub(crate) struct Scene {
    pub(crate) broker: Mosquitto,
    pub(crate) server: Server,
    pub(crate) admin: Actor,
}

impl Scene {
    /// The defaults of everything.
    pub(crate) async fn open() -> Self {
        Self::with(MosquittoOptions::default(), ServerOptions::default()).await
    }

    pub(crate) async fn with(broker: MosquittoOptions, server: ServerOptions) -> Self {
        let broker = Mosquitto::start(broker).await;
        let server = Server::start(server).await;
        let admin = server.admin().await;
        Self {
            broker,
            server,
            admin,
        }
    }

    /// A device or program on the broker.
    pub(crate) async fn client(&self) -> MqttClient {
        MqttClient::connect(self.broker.port()).await
    }

    /// An active integration of [`PLAIN`] with one filter at QoS 1.
    pub(crate) async fn plain_integration(&self, filter: &str) -> Value {
        self.plain_integration_at(self.broker.port(), filter).await
    }

    /// The same through another port, such as a proxy's.
    pub(crate) async fn plain_integration_at(&self, port: u16, filter: &str) -> Value {
        let uplink = self.admin.uplink_converter("Plain", "TBEL", PLAIN).await;
        let body = quiet(Actor::mqtt_integration("Plain", &uplink, port, filter, 1));
        let integration = self.admin.create_integration(body).await;
        self.admin.until_active(&integration).await;
        integration
    }

    /// Starts the ended server again and logs in again.
    pub(crate) async fn revive(&mut self) {
        self.server.restart().await;
        self.admin = self.server.admin().await;
    }
}

/// The body with debug reduced to failures, for scenarios with many messages.
pub(crate) fn quiet(mut body: Value) -> Value {
    body["debugSettings"] = json!({"failuresEnabled": true, "allEnabled": false});
    body
}

/// A converter script from `examples/`.
macro_rules! example {
    ($path:literal) => {
        include_str!(concat!("../examples/", $path))
    };
}
pub(crate) use example;
