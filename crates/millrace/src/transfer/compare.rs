//! What an apply would change.

use serde_json::Value as Json;

use super::secrets::is_variable;

/// Paths of members that `wanted` has otherwise than `current`. Top-level members that `wanted`
/// does not have stay as they are; below them null and absent are the same.
pub(super) fn differences(wanted: &Json, current: &Json) -> Vec<String> {
    let mut found = Vec::new();
    if let (Json::Object(wanted), Json::Object(current)) = (wanted, current) {
        for (name, value) in wanted {
            compare(
                value,
                current.get(name).unwrap_or(&Json::Null),
                name,
                &mut found,
            );
        }
    }
    found
}

fn compare(wanted: &Json, current: &Json, path: &str, found: &mut Vec<String>) {
    match (wanted, current) {
        (Json::Object(wanted), Json::Object(current)) => {
            for (name, value) in wanted {
                let path = format!("{path}.{name}");
                compare(
                    value,
                    current.get(name).unwrap_or(&Json::Null),
                    &path,
                    found,
                );
            }
            for (name, value) in current {
                if !wanted.contains_key(name) && !value.is_null() {
                    found.push(format!("{path}.{name}"));
                }
            }
        }
        (Json::Array(wanted), Json::Array(current)) if wanted.len() == current.len() => {
            for (index, (wanted, current)) in wanted.iter().zip(current).enumerate() {
                compare(wanted, current, &format!("{path}[{index}]"), found);
            }
        }
        // A secret cannot be compared, whatever its variable is called.
        (wanted, current) if is_variable(wanted) && is_variable(current) => {}
        (wanted, current) if wanted == current => {}
        _ => found.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_name_their_path() {
        let wanted = json!({"a": {"b": [1, {"c": 2}], "gone": null}, "s": "${env:X}"});
        let current = json!({"a": {"b": [1, {"c": 3}], "more": 1}, "s": "${env:Y}", "own": true});
        assert_eq!(differences(&wanted, &current), ["a.b[1].c", "a.more"]);
        assert!(
            differences(
                &wanted,
                &json!({"a": {"b": [1, {"c": 2}]}, "s": "${env:Y}"})
            )
            .is_empty()
        );
    }
}
