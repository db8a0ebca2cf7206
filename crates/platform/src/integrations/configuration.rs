//! `configuration` of an integration of type MQTT. Unknown members are kept by whoever stores the
//! JSON; this reads what the link needs and names the member that is wrong.

use std::time::Duration;

use millrace_link::{Credentials, LinkConfig, MqttVersion, QoS, Secret, TopicFilter};
use serde_json::{Map, Value as Json};

use crate::{
    downlinks::DownlinkSettings,
    error::{PlatformError, Result},
};

/// Default of `maxBytesInMessage`.
const MAX_BYTES: usize = 32_368;
/// Largest accepted `maxBytesInMessage`.
const MAX_MAX_BYTES: i64 = 16 << 20;
/// Longest client id.
const MAX_CLIENT_ID: usize = 256;
/// Longest client id with protocol 3.1.
const MAX_CLIENT_ID_3_1: usize = 23;
/// Most topic filters of one integration.
const MAX_FILTERS: usize = 1_000;

/// An MQTT integration's settings, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MqttSettings {
    /// What the link needs. The client id is empty when the user left it so.
    pub link: LinkConfig,
    /// What publishes need.
    pub downlinks: DownlinkSettings,
    /// Notes worth an event when the integration starts.
    pub warnings: Vec<String>,
}

/// Reads the settings of an MQTT integration.
///
/// # Errors
/// [`PlatformError::Invalid`] with the path of the member and what is accepted.
pub fn read_mqtt(configuration: &Json) -> Result<MqttSettings> {
    let root = object(configuration, "configuration")?;
    let path = "configuration.clientConfiguration";
    let client = object(root.get("clientConfiguration").unwrap_or(&Json::Null), path)?;
    let client = Members {
        path,
        members: client,
    };

    let host = client.text("host")?.unwrap_or_default().trim().to_owned();
    if host.is_empty() {
        return Err(client.invalid("host", "is required: the broker's name or address"));
    }
    if host.contains("://") || host.chars().any(char::is_whitespace) {
        return Err(client.invalid(
            "host",
            "must be a name or address alone, without scheme, port or spaces",
        ));
    }
    if client.flag("ssl")?.unwrap_or(false) {
        return Err(client.invalid("ssl", "TLS is not available yet: set ssl to false"));
    }
    let port = client.number("port", 1, 65_535)?.unwrap_or(1_883);
    let mut warnings = Vec::new();
    let (version, is_3_1) = version(&client, &mut warnings)?;
    let client_id = client.text("clientId")?.unwrap_or_default();
    let longest = if is_3_1 {
        MAX_CLIENT_ID_3_1
    } else {
        MAX_CLIENT_ID
    };
    let length = client_id.chars().count();
    if length > longest {
        return Err(client.invalid(
            "clientId",
            &format!("has {length} characters, at most {longest} are allowed"),
        ));
    }

    let port = u16::try_from(port).map_err(|_| client.invalid("port", "must be 1 to 65535"))?;
    let mut link = LinkConfig::new(host, port, client_id);
    link.version = version;
    link.clean_session = client.flag("cleanSession")?.unwrap_or(true);
    link.connect_timeout = Duration::from_secs(
        client
            .number("connectTimeoutSec", 1, 200)?
            .unwrap_or(10)
            .unsigned_abs(),
    );
    link.max_message_bytes = client
        .number("maxBytesInMessage", 1, MAX_MAX_BYTES)?
        .and_then(|bytes| usize::try_from(bytes).ok())
        .unwrap_or(MAX_BYTES);
    if let Some(seconds) = client.number("sessionExpirySec", 1, i64::from(u32::MAX))? {
        link.session_expiry = Duration::from_secs(seconds.unsigned_abs());
    }
    if let Some(seconds) = client.number("keepAliveSec", 1, 65_535)? {
        link.keep_alive = Duration::from_secs(seconds.unsigned_abs());
    }
    link.credentials = credentials(&client)?;
    link.filters = filters(root)?;
    if link.clean_session
        && link
            .filters
            .iter()
            .any(|filter| filter.qos > QoS::AtMostOnce)
    {
        warnings.push(
            "a topic filter has QoS 1 or more, but cleanSession is on: messages that arrive while disconnected are lost; turn cleanSession off"
                .to_owned(),
        );
    }
    let downlinks = read_downlinks(configuration)?;
    if let Some(filter) = &downlinks.response_filter {
        // Subscribed twice, a message might come twice, and the second one would pass for the
        // answer to the next call.
        if !link
            .filters
            .iter()
            .any(|known| covers(&known.filter, filter))
        {
            link.filters
                .push(TopicFilter::new(filter.clone(), QoS::AtLeastOnce));
        }
    }
    Ok(MqttSettings {
        link,
        downlinks,
        warnings,
    })
}

/// Reads what publishes of an MQTT integration need.
///
/// # Errors
/// [`PlatformError::Invalid`] with the path of the member and what is accepted.
pub(super) fn read_downlinks(configuration: &Json) -> Result<DownlinkSettings> {
    let root = Members {
        path: "configuration",
        members: object(configuration, "configuration")?,
    };
    let none = Map::new();
    let client = Members {
        path: "configuration.clientConfiguration",
        members: root
            .members
            .get("clientConfiguration")
            .and_then(Json::as_object)
            .unwrap_or(&none),
    };
    let mut settings = DownlinkSettings::default();
    if let Some(pattern) = root.text("downlinkTopicPattern")? {
        let pattern = pattern.trim();
        if !pattern.is_empty() {
            pattern.clone_into(&mut settings.topic_pattern);
        }
    }
    if let Some(0) = root.number("downlinkQos", 0, 1)? {
        settings.qos = 0;
    }
    settings.retain = match client.flag("retainedMessage")? {
        Some(retain) => retain,
        None => client.flag("retained")?.unwrap_or(false),
    };
    if let Some(filter) = root.text("rpcResponseFilter")?
        && !filter.trim().is_empty()
    {
        millrace_link::validate_filter(&filter)
            .map_err(|error| root.invalid("rpcResponseFilter", &error.to_string()))?;
        settings.response_filter = Some(filter);
    }
    settings.rpc_one_at_a_time = root.flag("rpcOneAtATime")?.unwrap_or(false);
    Ok(settings)
}

/// Whether every topic of `inner` is a topic of `outer`.
fn covers(outer: &str, inner: &str) -> bool {
    let (mut outer, mut inner) = (outer.split('/'), inner.split('/'));
    loop {
        match (outer.next(), inner.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(level)) if level != "#" => {}
            (Some(wide), Some(level)) if wide == level => {}
            _ => return false,
        }
    }
}

fn version(client: &Members<'_>, warnings: &mut Vec<String>) -> Result<(MqttVersion, bool)> {
    match client.text("protocolVersion")?.as_deref() {
        None | Some("MQTT_3_1_1" | "") => Ok((MqttVersion::V3_1_1, false)),
        Some("MQTT_5") => Ok((MqttVersion::V5, false)),
        Some("MQTT_3_1") => {
            warnings.push("protocolVersion MQTT_3_1 connects with MQTT 3.1.1".to_owned());
            Ok((MqttVersion::V3_1_1, true))
        }
        Some(other) => Err(client.invalid(
            "protocolVersion",
            &format!("is {other}; use MQTT_3_1, MQTT_3_1_1 or MQTT_5"),
        )),
    }
}

fn credentials(client: &Members<'_>) -> Result<Credentials> {
    let path = "configuration.clientConfiguration.credentials";
    let Some(credentials) = client
        .members
        .get("credentials")
        .filter(|value| !value.is_null())
    else {
        return Ok(Credentials::Anonymous);
    };
    let members = Members {
        path,
        members: object(credentials, path)?,
    };
    match members.text("type")?.as_deref() {
        None | Some("anonymous") => Ok(Credentials::Anonymous),
        Some("basic") => {
            let username = members.text("username")?.unwrap_or_default();
            if username.is_empty() {
                return Err(
                    members.invalid("username", "is required for credentials of type basic")
                );
            }
            let password = members.text("password")?.unwrap_or_default();
            Ok(Credentials::Basic {
                username,
                password: Secret::new(password),
            })
        }
        Some("cert.PEM") => Err(members.invalid(
            "type",
            "certificates need TLS, which is not available yet: use anonymous or basic",
        )),
        Some(other) => Err(members.invalid("type", &format!("is {other}; use anonymous or basic"))),
    }
}

fn filters(root: &Map<String, Json>) -> Result<Vec<TopicFilter>> {
    let wrong = |problem: &str| invalid("configuration.topicFilters", problem);
    let entries = match root.get("topicFilters") {
        Some(Json::Array(entries)) => entries,
        None | Some(Json::Null) => {
            return Err(wrong("is required: at least one {\"filter\", \"qos\"}"));
        }
        Some(other) => return Err(wrong(&format!("must be a list, got {}", kind(other)))),
    };
    if entries.is_empty() {
        return Err(wrong("must have at least one topic filter"));
    }
    if entries.len() > MAX_FILTERS {
        return Err(wrong(&format!(
            "has {} entries, at most {MAX_FILTERS} are allowed",
            entries.len()
        )));
    }
    let mut filters: Vec<TopicFilter> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let path = format!("configuration.topicFilters[{index}]");
        let entry = Members {
            path: &path,
            members: object(entry, &path)?,
        };
        let filter = entry.text("filter")?.unwrap_or_default();
        millrace_link::validate_filter(&filter)
            .map_err(|error| entry.invalid("filter", &error.to_string()))?;
        let qos = match entry.number("qos", 0, 2)?.unwrap_or(0) {
            0 => QoS::AtMostOnce,
            1 => QoS::AtLeastOnce,
            _ => return Err(entry.invalid("qos", "2 is not available yet: use 0 or 1")),
        };
        if filters.iter().any(|other| other.filter == filter) {
            return Err(entry.invalid("filter", &format!("\"{filter}\" is there twice")));
        }
        filters.push(TopicFilter { filter, qos });
    }
    Ok(filters)
}

/// The members of a JSON object, with the path for errors.
struct Members<'a> {
    path: &'a str,
    members: &'a Map<String, Json>,
}

impl Members<'_> {
    fn invalid(&self, member: &str, problem: &str) -> PlatformError {
        invalid(&format!("{}.{member}", self.path), problem)
    }

    fn text(&self, member: &str) -> Result<Option<String>> {
        match self.members.get(member) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.invalid(member, &format!("must be text, got {}", kind(other)))),
        }
    }

    fn flag(&self, member: &str) -> Result<Option<bool>> {
        match self.members.get(member) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(self.invalid(
                member,
                &format!("must be true or false, got {}", kind(other)),
            )),
        }
    }

    fn number(&self, member: &str, least: i64, most: i64) -> Result<Option<i64>> {
        let number = match self.members.get(member) {
            None | Some(Json::Null) => return Ok(None),
            // Forms of some clients send numbers as text.
            Some(Json::String(text)) => text.trim().parse().ok(),
            Some(other) => other.as_i64(),
        };
        match number {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => {
                let got = self
                    .members
                    .get(member)
                    .map(Json::to_string)
                    .unwrap_or_default();
                Err(self.invalid(
                    member,
                    &format!("must be a whole number from {least} to {most}, got {got}"),
                ))
            }
        }
    }
}

fn object<'a>(value: &'a Json, path: &str) -> Result<&'a Map<String, Json>> {
    match value {
        Json::Object(members) => Ok(members),
        Json::Null => Err(invalid(path, "is required")),
        other => Err(invalid(
            path,
            &format!("must be an object, got {}", kind(other)),
        )),
    }
}

fn invalid(path: &str, problem: &str) -> PlatformError {
    PlatformError::invalid(path, format!("{path} {problem}"))
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Json {
        json!({
            "clientConfiguration": {"host": "127.0.0.1", "port": 1883, "cleanSession": false, "futureSetting": 1},
            "topicFilters": [{"filter": "a/+/b", "qos": 1}],
        })
    }

    fn error(edit: impl FnOnce(&mut Json)) -> String {
        let mut configuration = sample();
        edit(&mut configuration);
        read_mqtt(&configuration).unwrap_err().to_string()
    }

    #[test]
    fn defaults_and_unknown_members_are_accepted() {
        let settings = read_mqtt(&sample()).unwrap();
        assert_eq!(settings.link.version, MqttVersion::V3_1_1);
        assert!(!settings.link.clean_session && settings.warnings.is_empty());
        assert_eq!(settings.link.connect_timeout, Duration::from_secs(10));
        assert_eq!(settings.link.max_message_bytes, MAX_BYTES);
    }

    #[test]
    fn each_wrong_member_is_named() {
        let client = |member: &str, value: Json| {
            let member = member.to_owned();
            error(move |configuration| configuration["clientConfiguration"][member] = value)
        };
        assert!(
            client("host", json!(null))
                .starts_with("configuration.clientConfiguration.host is required")
        );
        assert!(client("host", json!("tcp://x")).contains("host must be a name"));
        assert!(
            client("port", json!(70_000))
                .contains("port must be a whole number from 1 to 65535, got 70000")
        );
        assert!(client("port", json!("x")).contains("port must be a whole number"));
        assert!(
            client("cleanSession", json!("yes"))
                .contains("cleanSession must be true or false, got text")
        );
        assert!(client("protocolVersion", json!("MQTT_4")).contains("protocolVersion is MQTT_4"));
        assert!(
            client("clientId", json!("x".repeat(300))).contains("has 300 characters, at most 256")
        );
        assert!(client("ssl", json!(true)).contains("TLS is not available yet"));
        assert!(
            client("credentials", json!({"type": "basic"}))
                .contains("credentials.username is required")
        );
        assert!(
            error(|all| all["topicFilters"] = json!([]))
                .contains("topicFilters must have at least one")
        );
        assert!(
            error(|all| all["topicFilters"][0]["filter"] = json!("a/#/b"))
                .starts_with("configuration.topicFilters[0].filter")
        );
        assert!(
            error(|all| all["topicFilters"][0]["qos"] = json!(2))
                .contains("topicFilters[0].qos 2 is not available yet")
        );
        assert!(
            error(|all| all["topicFilters"][0]["qos"] = json!(3))
                .contains("qos must be a whole number from 0 to 2")
        );
        assert!(error(|all| *all = json!([])).contains("configuration must be an object"));
    }

    #[test]
    fn the_response_filter_is_subscribed_unless_another_filter_covers_it() {
        let filters = |response: &str| -> Vec<String> {
            let mut configuration = sample();
            configuration["rpcResponseFilter"] = json!(response);
            let filters = read_mqtt(&configuration).unwrap().link.filters;
            filters.into_iter().map(|filter| filter.filter).collect()
        };
        assert_eq!(filters("answers/+"), ["a/+/b", "answers/+"]);
        assert_eq!(filters("a/x/b"), ["a/+/b"]);
        assert_eq!(filters(""), ["a/+/b"]);
        assert!(covers("site/#", "site/+/answer") && covers("#", "a/b") && covers("a/+", "a/+"));
        assert!(!covers("a/+", "a/#") && !covers("a/+/b", "a/+") && !covers("a", "a/b"));
        assert!(
            error(|all| all["rpcResponseFilter"] = json!("a/#/b"))
                .starts_with("configuration.rpcResponseFilter")
        );
    }

    #[test]
    fn publishes_have_settings_of_their_own() {
        let mut configuration = sample();
        assert_eq!(
            read_downlinks(&configuration).unwrap(),
            DownlinkSettings::default()
        );
        configuration["downlinkTopicPattern"] = json!("cmd/${device}");
        configuration["downlinkQos"] = json!(0);
        configuration["clientConfiguration"]["retained"] = json!(true);
        configuration["rpcOneAtATime"] = json!(true);
        let settings = read_downlinks(&configuration).unwrap();
        assert_eq!(
            (
                settings.topic_pattern.as_str(),
                settings.qos,
                settings.retain
            ),
            ("cmd/${device}", 0, true)
        );
        assert!(settings.one_call_at_a_time());
        assert!(error(|all| all["downlinkQos"] = json!(2)).contains("downlinkQos must be"));
    }

    #[test]
    fn a_clean_session_with_qos_1_is_warned_about() {
        let mut configuration = sample();
        configuration["clientConfiguration"]["cleanSession"] = json!(true);
        assert!(read_mqtt(&configuration).unwrap().warnings[0].contains("cleanSession is on"));
    }
}
