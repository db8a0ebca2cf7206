//! Names for ids: `"${ref:CONVERTER:MQTT Uplink Converter}"` stands where the server has a UUID.
//!
//! Ids are found and replaced in the text of a document, wherever they stand: nothing here knows
//! which setting of which node or widget holds one.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

const OPEN: &str = "\"${ref:";
const CLOSE: &str = "}\"";

/// Bytes of a UUID in its quotes.
const QUOTED_ID: usize = 38;

/// What a document names: entity type and name.
pub(super) type Reference = (String, String);

/// Puts names in the place of ids.
pub(super) fn name_ids(text: &str, names: &HashMap<String, Reference>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let (before, from) = rest.split_at(quote);
        out.push_str(before);
        let length = text_length(from);
        let (word, after) = from.split_at(length);
        let named = (word.len() == QUOTED_ID)
            .then(|| names.get(&word.trim_matches('"').to_ascii_lowercase()))
            .flatten();
        match named {
            Some((kind, name)) => out.push_str(&written(kind, name)),
            None => out.push_str(word),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Puts ids in the place of names.
///
/// # Errors
/// The names that stand for nothing, each once.
pub(super) fn find_ids(
    text: &str,
    ids: &HashMap<Reference, String>,
) -> Result<String, BTreeSet<Reference>> {
    let mut out = String::with_capacity(text.len());
    let mut missing = BTreeSet::new();
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let (before, from) = rest.split_at(quote);
        out.push_str(before);
        let (word, after) = from.split_at(text_length(from));
        match reference(word) {
            Some(reference) => match ids.get(&reference) {
                Some(id) => {
                    out.push('"');
                    out.push_str(id);
                    out.push('"');
                }
                None => {
                    missing.insert(reference);
                }
            },
            None => out.push_str(word),
        }
        rest = after;
    }
    out.push_str(rest);
    if missing.is_empty() {
        Ok(out)
    } else {
        Err(missing)
    }
}

/// Everything a document names.
pub(super) fn named(text: &str) -> BTreeSet<Reference> {
    find_ids(text, &HashMap::new()).err().unwrap_or_default()
}

/// Entity ids (`{entityType, id}`) in a document, other than those of `known`.
pub(super) fn entity_ids(
    value: &Json,
    known: &HashMap<String, Reference>,
    found: &mut BTreeSet<(String, String)>,
) {
    match value {
        Json::Object(members) => {
            if let (Some(kind), Some(id)) = (
                members.get("entityType").and_then(Json::as_str),
                members.get("id").and_then(Json::as_str),
            ) && !known.contains_key(id)
            {
                found.insert((kind.to_owned(), id.to_owned()));
            }
            members
                .values()
                .for_each(|member| entity_ids(member, known, found));
        }
        Json::Array(items) => items.iter().for_each(|item| entity_ids(item, known, found)),
        _ => {}
    }
}

fn written(kind: &str, name: &str) -> String {
    Json::String(format!("${{ref:{kind}:{name}}}")).to_string()
}

fn reference(word: &str) -> Option<Reference> {
    if !(word.starts_with(OPEN) && word.ends_with(CLOSE)) {
        return None;
    }
    let text: String = serde_json::from_str(word).ok()?;
    let (kind, name) = text
        .strip_prefix("${ref:")?
        .strip_suffix('}')?
        .split_once(':')?;
    Some((kind.to_owned(), name.to_owned()))
}

/// Bytes of the JSON text at the start, quotes included.
fn text_length(from: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in from.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    from.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_names_and_names_become_ids_again() {
        let id = "3d2f9b4e-0c1d-11f0-8f4b-0f2a5c6d7e8f";
        let text =
            format!(r#"{{"a":"{id}","b":"\"{id}\"","c":{{"id":"{id}","n":1.0}},"d":"x{id}"}}"#);
        let reference = ("INTEGRATION".to_owned(), "My \"own\" {1}".to_owned());
        let names = HashMap::from([(id.to_owned(), reference.clone())]);
        let with_names = name_ids(&text, &names);
        assert_eq!(
            with_names,
            format!(
                r#"{{"a":"${{ref:INTEGRATION:My \"own\" {{1}}}}","b":"\"{id}\"","c":{{"id":"${{ref:INTEGRATION:My \"own\" {{1}}}}","n":1.0}},"d":"x{id}"}}"#
            )
        );
        assert_eq!(named(&with_names), BTreeSet::from([reference.clone()]));
        let ids = HashMap::from([(reference, id.to_owned())]);
        assert_eq!(find_ids(&with_names, &ids).unwrap(), text);
    }
}
