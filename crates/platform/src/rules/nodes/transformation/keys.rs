//! What the three nodes that copy, rename and delete keys share.

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::rules::{descriptor::SettingKind, node::BuildError};

/// Most names or patterns of a node.
const MOST_KEYS: usize = 1_000;

/// Where keys are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Place {
    /// In the metadata.
    Metadata,
    /// In the body.
    Data,
}

/// The choice between the two.
pub(super) const PLACES: SettingKind =
    SettingKind::Choice(&[("DATA", "Message body"), ("METADATA", "Metadata")]);

/// Names of keys; a name may be a regular expression for the whole key.
#[derive(Debug)]
pub(super) struct KeyPatterns(Vec<Regex>);

impl KeyPatterns {
    /// Reads them; matching takes time linear in the key.
    pub(super) fn new(keys: &[String]) -> Result<Self, BuildError> {
        if keys.len() > MOST_KEYS {
            return Err(BuildError(format!(
                "keys has {} entries: name at most {MOST_KEYS}",
                keys.len()
            )));
        }
        keys.iter()
            .map(|key| {
                RegexBuilder::new(&format!("^(?:{key})$"))
                    .size_limit(1 << 20)
                    .dot_matches_new_line(true)
                    .build()
                    .map_err(|_| {
                        BuildError(format!(
                            "keys: \"{key}\" is no regular expression that can be used here: look-around and back-references cannot"
                        ))
                    })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a key is one of them.
    pub(super) fn matches(&self, key: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(key))
    }
}

/// Brings settings up to version 2, where `place` says METADATA or DATA. Version 0 had a switch
/// `fromMetadata`, version 1 the text under an older name.
pub(super) fn upgrade(settings: &mut Json, from: i64, older: &str, place: &str) {
    let Some(members) = settings.as_object_mut() else {
        return;
    };
    if from >= 2 || members.contains_key(place) {
        return;
    }
    let stored = members
        .remove("fromMetadata")
        .or_else(|| members.remove(older));
    let metadata = match stored {
        Some(Json::Bool(yes)) => yes,
        Some(Json::String(text)) => text == "METADATA" || text == "true",
        _ => false,
    };
    let text = if metadata { "METADATA" } else { "DATA" };
    members.insert(place.to_owned(), json!(text));
}
