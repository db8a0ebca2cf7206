//! A person or program with a login, in the words of the product.

use std::fmt::Write as _;
use std::ops::Deref;

use serde_json::{Value, json};

use crate::eventually::eventually;
use crate::rest::{Reply, Rest};

/// One stored point.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Milliseconds since 1970.
    pub ts: i64,
    /// The value with its JSON type.
    pub value: Value,
}

/// A logged in user. All of [`Rest`] is at hand; the methods here are the sentences that scenarios
/// repeat.
#[derive(Clone, Debug)]
pub struct Actor {
    rest: Rest,
}

impl Deref for Actor {
    type Target = Rest;

    fn deref(&self) -> &Rest {
        &self.rest
    }
}

impl Actor {
    /// Wraps a client that is logged in.
    #[must_use]
    pub fn new(rest: Rest) -> Self {
        Self { rest }
    }

    /// Creates an uplink converter with debug on; the answer is the saved object.
    pub async fn uplink_converter(&self, name: &str, language: &str, script: &str) -> Value {
        let field = if language == "TBEL" {
            "tbelDecoder"
        } else {
            "decoder"
        };
        self.converter(name, "UPLINK", language, field, script)
            .await
    }

    /// Creates a downlink converter with debug on; the answer is the saved object.
    pub async fn downlink_converter(&self, name: &str, language: &str, script: &str) -> Value {
        let field = if language == "TBEL" {
            "tbelEncoder"
        } else {
            "encoder"
        };
        self.converter(name, "DOWNLINK", language, field, script)
            .await
    }

    async fn converter(
        &self,
        name: &str,
        kind: &str,
        language: &str,
        field: &str,
        script: &str,
    ) -> Value {
        let body = json!({
            "name": name, "type": kind,
            "configuration": {"scriptLang": language, field: script},
            "debugSettings": {"failuresEnabled": true, "allEnabled": true}
        });
        self.post("/api/converter", body).await
    }

    /// Creates an integration from a whole body (see [`Actor::mqtt_integration`] for one).
    pub async fn create_integration(&self, body: Value) -> Value {
        self.post("/api/integration", body).await
    }

    /// The body of an MQTT integration with one filter, ready to be changed before it is created.
    #[must_use]
    pub fn mqtt_integration(name: &str, uplink: &Value, port: u16, filter: &str, qos: u8) -> Value {
        json!({
            "name": name, "type": "MQTT", "enabled": true, "allowCreateDevicesOrAssets": true,
            "defaultConverterId": uplink["id"], "downlinkConverterId": null,
            "debugSettings": {"failuresEnabled": true, "allEnabled": true},
            "configuration": {
                "clientConfiguration": {
                    "host": "127.0.0.1", "port": port, "ssl": false, "cleanSession": false,
                    "connectTimeoutSec": 5, "clientId": "", "maxBytesInMessage": 32368,
                    "protocolVersion": "MQTT_3_1_1", "credentials": {"type": "anonymous"}
                },
                "topicFilters": [{"filter": filter, "qos": qos}],
                "downlinkTopicPattern": "${topic}", "metadata": {}
            },
            "additionalInfo": {"description": ""}
        })
    }

    /// Waits until the integration is connected and all its filters are granted.
    pub async fn until_active(&self, integration: &Value) {
        eventually("the integration is active", || async {
            let status = self.integration_status(integration).await;
            if status["success"] == json!(true) {
                Ok(())
            } else {
                Err(status.to_string())
            }
        })
        .await;
    }

    /// Waits until the integration has failed, and returns the reason shown.
    pub async fn until_failed(&self, integration: &Value) -> String {
        eventually("the integration has failed", || async {
            let status = self.integration_status(integration).await;
            match (status["success"].as_bool(), status["error"].as_str()) {
                (Some(false), Some(error)) => Ok(error.to_owned()),
                _ => Err(status.to_string()),
            }
        })
        .await
    }

    /// The `status` of the integration's entry in the list.
    pub async fn integration_status(&self, integration: &Value) -> Value {
        let page = self.get("/api/integrationInfos?pageSize=1000&page=0").await;
        items(&page)
            .iter()
            .find(|info| info["id"] == integration["id"])
            .map_or(Value::Null, |info| info["status"].clone())
    }

    /// The device of that name, or `None`.
    pub async fn find_device(&self, name: &str) -> Option<Value> {
        self.find("devices?deviceName", name).await
    }

    /// The asset of that name, or `None`.
    pub async fn find_asset(&self, name: &str) -> Option<Value> {
        self.find("assets?assetName", name).await
    }

    async fn find(&self, query: &str, name: &str) -> Option<Value> {
        let path = format!("/api/tenant/{query}={}", encode(name));
        let reply = self.request("GET", &path, None).await;
        match reply.status {
            200 => Some(reply.json()),
            404 => None,
            _ => panic!("GET {path}: {} {}", reply.status, reply.text),
        }
    }

    /// The device of that name as soon as it exists.
    pub async fn device(&self, name: &str) -> Value {
        eventually(&format!("device {name} exists"), || async {
            self.find_device(name).await.ok_or("no such device")
        })
        .await
    }

    /// All devices of the tenant.
    pub async fn devices(&self) -> Vec<Value> {
        let mut devices = Vec::new();
        for page in 0.. {
            let path = format!("/api/tenant/devices?pageSize=1000&page={page}");
            let answer = self.get(&path).await;
            devices.extend_from_slice(items(&answer));
            if answer["hasNext"] != json!(true) {
                break;
            }
        }
        devices
    }

    /// The latest value of one series, `None` without data.
    pub async fn latest(&self, entity: &Value, key: &str) -> Option<Point> {
        let path = format!(
            "{}/values/timeseries?keys={}&useStrictDataTypes=true",
            telemetry(entity),
            encode(key)
        );
        let answer = self.get(&path).await;
        points(&answer[key])
            .into_iter()
            .next()
            .filter(|point| !point.value.is_null())
    }

    /// Waits until the latest value of one series is `wanted`.
    pub async fn until_latest(&self, entity: &Value, key: &str, wanted: Value) -> Point {
        eventually(&format!("latest {key} is {wanted}"), || async {
            match self.latest(entity, key).await {
                Some(point) if point.value == wanted => Ok(point),
                other => Err(format!("{other:?}")),
            }
        })
        .await
    }

    /// The whole history of one series, oldest first, at most `limit` points.
    pub async fn history(&self, entity: &Value, key: &str, limit: usize) -> Vec<Point> {
        let query = format!("limit={limit}&agg=NONE&orderBy=ASC&useStrictDataTypes=true");
        points(&self.range(entity, key, &query).await)
    }

    /// How many points a series has, as the server counts them.
    pub async fn count(&self, entity: &Value, key: &str) -> u64 {
        let interval = END_OF_TIME;
        let query = format!("interval={interval}&agg=COUNT&useStrictDataTypes=true");
        let buckets = points(&self.range(entity, key, &query).await);
        buckets
            .iter()
            .filter_map(|bucket| bucket.value.as_u64())
            .sum()
    }

    async fn range(&self, entity: &Value, key: &str, query: &str) -> Value {
        let path = format!(
            "{}/values/timeseries?keys={}&startTs=0&endTs={END_OF_TIME}&{query}",
            telemetry(entity),
            encode(key)
        );
        self.get(&path).await[key].clone()
    }

    /// The attributes of one scope as one object.
    pub async fn attributes(&self, entity: &Value, scope: &str) -> Value {
        let path = format!("{}/values/attributes/{scope}", telemetry(entity));
        let answer = self.get(&path).await;
        let list = answer.as_array().cloned().unwrap_or_default();
        let pairs = list
            .iter()
            .filter_map(|entry| Some((entry["key"].as_str()?.to_owned(), entry["value"].clone())));
        Value::Object(pairs.collect())
    }

    /// The newest events of one type, newest first, each the event's `body`.
    pub async fn events(&self, entity: &Value, event_type: &str) -> Vec<Value> {
        let id = &entity["id"];
        let path = format!(
            "/api/events/{}/{}/{event_type}?tenantId={}&pageSize=1000&page=0\
             &sortProperty=createdTime&sortOrder=DESC",
            id["entityType"].as_str().unwrap_or_default(),
            id["id"].as_str().unwrap_or_default(),
            entity["tenantId"]["id"].as_str().unwrap_or_default(),
        );
        let page = self.get(&path).await;
        items(&page)
            .iter()
            .map(|event| event["body"].clone())
            .collect()
    }

    /// Waits for an event of that type for which `wanted` holds.
    pub async fn until_event(
        &self,
        entity: &Value,
        event_type: &str,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        eventually(&format!("{event_type}: {what}"), || async {
            let events = self.events(entity, event_type).await;
            let found = events.iter().find(|event| wanted(event)).cloned();
            found.ok_or_else(|| {
                let mut seen = format!("{} events", events.len());
                for event in events.iter().take(3) {
                    let _ = write!(seen, "\n  {event}");
                }
                seen
            })
        })
        .await
    }

    /// Waits for an error event of that type and returns its text.
    pub async fn until_error(&self, entity: &Value, event_type: &str) -> String {
        let is_error = |event: &Value| event["error"].as_str().is_some_and(|text| !text.is_empty());
        let event = self
            .until_event(entity, event_type, "an error", is_error)
            .await;
        event["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The number of unread notifications.
    pub async fn unread(&self) -> u64 {
        let count = self.get("/api/notifications/unread/count").await;
        count.as_u64().expect("the unread count is a number")
    }

    /// A call to a device; the answer as it came.
    pub async fn rpc(&self, way: &str, device: &Value, body: Value) -> Reply {
        let id = device["id"]["id"].as_str().expect("a device has an id");
        self.request("POST", &format!("/api/rpc/{way}/{id}"), Some(body))
            .await
    }
}

/// Later than any message of a test, and still within every date library's reach.
const END_OF_TIME: i64 = 4_102_444_800_000;

/// `data` of a page.
fn items(page: &Value) -> &[Value] {
    page["data"].as_array().map_or(&[], Vec::as_slice)
}

fn telemetry(entity: &Value) -> String {
    let id = &entity["id"];
    format!(
        "/api/plugins/telemetry/{}/{}",
        id["entityType"].as_str().expect("an entity has a type"),
        id["id"].as_str().expect("an entity has an id")
    )
}

fn points(series: &Value) -> Vec<Point> {
    let entries = series.as_array().map_or(&[] as &[Value], Vec::as_slice);
    entries
        .iter()
        .filter_map(|entry| {
            Some(Point {
                ts: entry["ts"].as_i64()?,
                value: entry["value"].clone(),
            })
        })
        .collect()
}

/// Percent-encodes everything that is not plain in a query.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
