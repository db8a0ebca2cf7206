//! Secrets in files: the name of an environment variable stands in their place.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// What a server shows instead of a secret.
const MASKED: &str = "********";

/// Puts the name of an environment variable in the place of each secret of a document. The name
/// is made of the entity's and the member's.
pub(super) fn name_secrets(text: &str, entity: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut used = BTreeSet::new();
    let masked = format!("\"{MASKED}\"");
    while let Some(at) = rest.find(&masked) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let wanted = variable(&format!("{entity} {}", member_before(before)));
        let mut name = wanted.clone();
        let mut count = 2;
        while !used.insert(name.clone()) {
            name = format!("{wanted}_{count}");
            count += 1;
        }
        out.push_str(&format!("\"${{env:{name}}}\""));
        rest = from.get(masked.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The member whose value follows.
fn member_before(text: &str) -> String {
    let text = text.trim_end().trim_end_matches(':').trim_end();
    let name = text
        .strip_suffix('"')
        .and_then(|text| text.rsplit('"').next());
    name.unwrap_or("secret").to_owned()
}

/// A text as the name of an environment variable.
fn variable(text: &str) -> String {
    let mut name = String::new();
    let mut lower = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && lower {
                name.push('_');
            }
            lower = c.is_ascii_lowercase();
            name.push(c.to_ascii_uppercase());
        } else {
            lower = false;
            if !name.ends_with('_') {
                name.push('_');
            }
        }
    }
    name.trim_matches('_').to_owned()
}

/// Whether a value in a file stands for a variable.
pub(super) fn is_variable(value: &Json) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.starts_with("${env:") && text.ends_with('}'))
}

/// Puts values in the place of variables. Without a value an entity that exists keeps its secret
/// (`keep`); otherwise the name is noted in `missing`.
pub(super) fn fill(
    value: &mut Json,
    keep: bool,
    read: &dyn Fn(&str) -> Option<String>,
    missing: &mut BTreeSet<String>,
) {
    match value {
        Json::Object(members) => members
            .values_mut()
            .for_each(|member| fill(member, keep, read, missing)),
        Json::Array(items) => items
            .iter_mut()
            .for_each(|item| fill(item, keep, read, missing)),
        Json::String(text) => {
            let Some(name) = text
                .strip_prefix("${env:")
                .and_then(|text| text.strip_suffix('}'))
            else {
                return;
            };
            match read(name) {
                Some(secret) => *text = secret,
                None if keep => MASKED.clone_into(text),
                None => {
                    missing.insert(name.to_owned());
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_after_its_entity_and_member() {
        let text = r#"{"credentials":{"password":"********","privateKey" : "********"},"b":{"password":"********"}}"#;
        assert_eq!(
            name_secrets(text, "Hall 2 (north)"),
            r#"{"credentials":{"password":"${env:HALL_2_NORTH_PASSWORD}","privateKey" : "${env:HALL_2_NORTH_PRIVATE_KEY}"},"b":{"password":"${env:HALL_2_NORTH_PASSWORD_2}"}}"#
        );
    }

    #[test]
    fn variables_are_filled_kept_or_missed() {
        let read = |name: &str| (name == "A").then(|| "secret".to_owned());
        let filled = |keep| {
            let mut value = serde_json::json!({"a": "${env:A}", "b": ["${env:B}"]});
            let mut missing = BTreeSet::new();
            fill(&mut value, keep, &read, &mut missing);
            (value, missing)
        };
        assert_eq!(
            filled(true).0,
            serde_json::json!({"a": "secret", "b": ["********"]})
        );
        assert_eq!(filled(false).1, BTreeSet::from(["B".to_owned()]));
    }
}
