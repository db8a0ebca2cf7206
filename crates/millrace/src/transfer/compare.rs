//! What an apply would change.

use serde_json::Value as Json;

use super::secrets::is_variable;

/// Paths of members that `wanted` has otherwise than `current`. What an entity or a rule node does
/// not say stays as it is; within its settings null and absent are the same.
pub(super) fn differences(wanted: &Json, current: &Json) -> Vec<String> {
    let mut found = Vec::new();
    said(wanted, current, "", &mut found);
    found
}

/// Compares what an entity says; the parts of a rule chain are such entities too.
fn said(wanted: &Json, current: &Json, path: &str, found: &mut Vec<String>) {
    let (Json::Object(wanted), Json::Object(current)) = (wanted, current) else {
        return compare(wanted, current, path, found);
    };
    for (name, value) in wanted {
        let other = current.get(name).unwrap_or(&Json::Null);
        let path = match path {
            "" => name.clone(),
            _ => format!("{path}.{name}"),
        };
        match (path.as_str(), value, other) {
            ("ruleChain" | "metadata", ..) => said(value, other, &path, found),
            ("metadata.nodes", Json::Array(nodes), Json::Array(others))
                if nodes.len() == others.len() =>
            {
                for (index, (node, other)) in nodes.iter().zip(others).enumerate() {
                    said(node, other, &format!("{path}[{index}]"), found);
                }
            }
            _ => compare(value, other, &path, found),
        }
    }
}

fn compare(wanted: &Json, current: &Json, path: &str, found: &mut Vec<String>) {
    match (wanted, current) {
        // Starts a period of debug events; it is no state.
        _ if path.ends_with("debugSettings.allEnabled") => {}
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
                let path = format!("{path}.{name}");
                if !wanted.contains_key(name) && !value.is_null() {
                    compare(&Json::Null, value, &path, found);
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
        // An empty list is no list.
        (Json::Null, Json::Array(items)) | (Json::Array(items), Json::Null) if items.is_empty() => {
        }
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

    #[test]
    fn what_a_rule_node_does_not_say_is_no_difference() {
        let node =
            json!({"name": "n", "configuration": {"a": 1}, "debugSettings": {"allEnabled": true}});
        let wanted = json!({"ruleChain": {"name": "c"}, "metadata": {"nodes": [node]}});
        let stored = json!({"name": "n", "singletonMode": false, "configuration": {"a": 1}, "debugSettings": {"allEnabled": false}});
        let mut current = json!({"ruleChain": {"name": "c", "debugMode": false}, "metadata": {"nodes": [stored]}});
        assert!(differences(&wanted, &current).is_empty());
        current["metadata"]["nodes"][0]["configuration"]["b"] = json!(2);
        assert_eq!(
            differences(&wanted, &current),
            ["metadata.nodes[0].configuration.b"]
        );
    }
}
