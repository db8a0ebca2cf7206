//! What differs between two results.

use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// Differences of one message that are told; more are counted.
const MOST: usize = 100;
/// Characters of a value that are shown.
const SHOWN: usize = 500;

/// How a member of the result differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Change {
    /// Only the edited script gives it.
    Added,
    /// Only the deployed script gives it.
    Removed,
    /// Both give it, with different values.
    Changed,
}

/// A member that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// Where, e.g. `telemetry[0].values.temperature`; empty means the result itself.
    pub path: String,
    /// How.
    pub change: Change,
    /// The value of the deployed script as JSON text; a long one is cut.
    pub deployed: Option<String>,
    /// The value of the edited script as JSON text; a long one is cut.
    pub edited: Option<String>,
}

/// The differences from `deployed` to `edited`, and how many more there are. The order of members
/// means nothing, that of lists does; `25` and `25.0` differ, as they are stored as different types.
pub(super) fn differences(deployed: &Json, edited: &Json) -> (Vec<Difference>, usize) {
    let mut walk = Walk {
        found: Vec::new(),
        more: 0,
    };
    walk.values(&mut String::new(), deployed, edited);
    (walk.found, walk.more)
}

struct Walk {
    found: Vec<Difference>,
    more: usize,
}

impl Walk {
    /// The depth is bounded by what a script may return.
    fn values(&mut self, path: &mut String, deployed: &Json, edited: &Json) {
        match (deployed, edited) {
            (Json::Object(old), Json::Object(new)) => {
                for (key, old) in old {
                    self.at(path, key, Some(old), new.get(key));
                }
                for (key, new) in new {
                    if !old.contains_key(key) {
                        self.at(path, key, None, Some(new));
                    }
                }
            }
            (Json::Array(old), Json::Array(new)) => {
                for index in 0..old.len().max(new.len()) {
                    let length = path.len();
                    path.push_str(&format!("[{index}]"));
                    self.pair(path, old.get(index), new.get(index));
                    path.truncate(length);
                }
            }
            (old, new) => {
                if old != new {
                    self.tell(path, Change::Changed, Some(old), Some(new));
                }
            }
        }
    }

    fn at(&mut self, path: &mut String, key: &str, old: Option<&Json>, new: Option<&Json>) {
        let length = path.len();
        push_member(path, key);
        self.pair(path, old, new);
        path.truncate(length);
    }

    fn pair(&mut self, path: &mut String, old: Option<&Json>, new: Option<&Json>) {
        match (old, new) {
            (Some(old), Some(new)) => self.values(path, old, new),
            (Some(old), None) => self.tell(path, Change::Removed, Some(old), None),
            (None, Some(new)) => self.tell(path, Change::Added, None, Some(new)),
            (None, None) => {}
        }
    }

    fn tell(&mut self, path: &str, change: Change, old: Option<&Json>, new: Option<&Json>) {
        if self.found.len() == MOST {
            self.more += 1;
            return;
        }
        self.found.push(Difference {
            path: path.to_owned(),
            change,
            deployed: old.map(text),
            edited: new.map(text),
        });
    }
}

fn push_member(path: &mut String, key: &str) {
    let plain = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-'));
    if !plain {
        path.push_str(&format!("[{}]", Json::from(key)));
    } else if path.is_empty() {
        path.push_str(key);
    } else {
        path.push('.');
        path.push_str(key);
    }
}

fn text(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(deployed: &Json, edited: &Json) -> Vec<(String, Change)> {
        let (found, more) = differences(deployed, edited);
        assert_eq!(more, 0);
        found
            .into_iter()
            .map(|one| (one.path, one.change))
            .collect()
    }

    #[test]
    fn members_and_elements_are_named_by_their_path() {
        let deployed =
            json!({"deviceName": "a", "telemetry": [{"ts": 1, "values": {"t": 1, "old": true}}]});
        let edited = json!({"telemetry": [{"values": {"t": 2, "wind speed": 3}, "ts": 1}, 5], "deviceName": "a"});
        assert_eq!(
            told(&deployed, &edited),
            [
                ("telemetry[0].values.t".to_owned(), Change::Changed),
                ("telemetry[0].values.old".to_owned(), Change::Removed),
                (
                    "telemetry[0].values[\"wind speed\"]".to_owned(),
                    Change::Added
                ),
                ("telemetry[1]".to_owned(), Change::Added),
            ]
        );
        assert_eq!(told(&deployed, &deployed), []);
    }

    #[test]
    fn types_of_numbers_differ_and_values_of_other_kinds_too() {
        assert_eq!(
            told(&json!({"t": 25}), &json!({"t": 25.0})),
            [("t".to_owned(), Change::Changed)]
        );
        let (found, _) = differences(&json!(null), &json!({"a": "x".repeat(2000)}));
        assert_eq!(found[0].path, "");
        assert_eq!(found[0].deployed.as_deref(), Some("null"));
        assert_eq!(found[0].edited.as_ref().unwrap().chars().count(), SHOWN + 1);
    }

    #[test]
    fn only_so_many_are_told() {
        let many: Vec<u32> = (0..500).collect();
        let (found, more) = differences(&json!([]), &json!(many));
        assert_eq!((found.len(), more), (MOST, 400));
    }
}
