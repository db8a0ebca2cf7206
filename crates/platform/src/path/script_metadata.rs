//! The metadata of a message as a converter's script sees it.

use millrace_model::entity::Integration;
use millrace_store::journal::InRecord;

/// What an integration gives every message.
pub(crate) fn own_metadata(integration: &Integration) -> Vec<(String, String)> {
    let metadata = integration
        .configuration
        .get("metadata")
        .and_then(|metadata| metadata.as_object());
    metadata
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (key.clone(), text)
        })
        .collect()
}

/// All of it. The integration's own entries come first and do not hide what the message says.
pub(crate) fn script_metadata<'a>(
    integration: &'a str,
    own: &'a [(String, String)],
    record: &'a InRecord,
    properties: &'a [(String, String)],
) -> Vec<(&'a str, &'a str)> {
    let ours = ["integrationName", "topic", "qos", "retain"];
    let mut metadata: Vec<(&str, &str)> = own
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .filter(|(key, _)| !ours.contains(key))
        .collect();
    metadata.push(("integrationName", integration));
    metadata.push(("topic", &record.topic));
    metadata.push((
        "qos",
        match record.qos {
            0 => "0",
            1 => "1",
            _ => "2",
        },
    ));
    metadata.push(("retain", if record.retain { "true" } else { "false" }));
    metadata.extend(
        properties
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str())),
    );
    metadata
}

/// MQTT 5 properties out of the text they are journaled as.
pub(crate) fn parse_properties(text: &str) -> Vec<(String, String)> {
    let members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).unwrap_or_default();
    members
        .into_iter()
        .filter_map(|(key, value)| value.as_str().map(str::to_owned).map(|value| (key, value)))
        .collect()
}
