//! Commands of a frame, in the current form (`cmds` with `type`) and in the older ones (one
//! member a kind of command).

use millrace_model::{EntityId, EntityType, Millis, id::parse_uuid, telemetry::Aggregation};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Most commands one frame may hold.
const MAX_COMMANDS: usize = 200;

/// Members of the older forms that hold a list of commands.
const LISTS: [(&str, &str); 11] = [
    ("tsSubCmds", "TIMESERIES"),
    ("attrSubCmds", "ATTRIBUTES"),
    ("historyCmds", "TIMESERIES_HISTORY"),
    ("entityDataCmds", "ENTITY_DATA"),
    ("entityDataUnsubscribeCmds", "ENTITY_DATA_UNSUBSCRIBE"),
    ("entityCountCmds", "ENTITY_COUNT"),
    ("entityCountUnsubscribeCmds", "ENTITY_COUNT_UNSUBSCRIBE"),
    ("alarmDataCmds", "ALARM_DATA"),
    ("alarmDataUnsubscribeCmds", "ALARM_DATA_UNSUBSCRIBE"),
    ("alarmCountCmds", "ALARM_COUNT"),
    ("alarmCountUnsubscribeCmds", "ALARM_COUNT_UNSUBSCRIBE"),
];

/// Members of the older notification form that hold one command.
const SINGLES: [(&str, &str); 5] = [
    ("unreadCountSubCmd", "NOTIFICATIONS_COUNT"),
    ("unreadSubCmd", "NOTIFICATIONS"),
    ("markAsReadCmd", "MARK_NOTIFICATIONS_AS_READ"),
    ("markAllAsReadCmd", "MARK_ALL_NOTIFICATIONS_AS_READ"),
    ("unsubCmd", "NOTIFICATIONS_UNSUBSCRIBE"),
];

/// One frame of a client.
#[derive(Debug)]
pub(super) struct Frame {
    /// The credential of the first frame.
    pub(super) auth: Option<AuthCommand>,
    /// What is to be done, in order.
    pub(super) commands: Vec<Command>,
}

/// The sign-in of the first frame.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AuthCommand {
    pub(super) token: Option<String>,
    pub(super) api_key: Option<String>,
}

/// A command whose members are not read yet.
#[derive(Debug)]
pub(super) struct Command {
    /// `TIMESERIES`, `NOTIFICATIONS`, …
    pub(super) kind: String,
    /// The number the client gave it; 0 when absent.
    pub(super) id: i64,
    members: Map<String, Json>,
}

/// Why a frame or command cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WrongCommand(pub(super) String);

impl Frame {
    pub(super) fn parse(text: &str) -> Result<Self, WrongCommand> {
        let wrong = || WrongCommand("Failed to parse the payload".to_owned());
        let mut members: Map<String, Json> = serde_json::from_str(text).map_err(|_| wrong())?;
        let auth = match members.remove("authCmd") {
            None | Some(Json::Null) => None,
            Some(auth) => Some(serde_json::from_value(auth).map_err(|_| wrong())?),
        };
        let mut commands = Vec::new();
        if let Some(list) = members.remove("cmds") {
            for members in objects(list).ok_or_else(wrong)? {
                let kind = members.get("type").and_then(Json::as_str);
                let kind = kind.unwrap_or_default().to_owned();
                commands.push(Command::of(kind, members));
            }
        }
        for (member, kind) in LISTS {
            if let Some(list) = members.remove(member) {
                let list = objects(list).ok_or_else(wrong)?;
                commands.extend(
                    list.into_iter()
                        .map(|one| Command::of(kind.to_owned(), one)),
                );
            }
        }
        for (member, kind) in SINGLES {
            if let Some(Json::Object(one)) = members.remove(member) {
                commands.push(Command::of(kind.to_owned(), one));
            }
        }
        if commands.len() > MAX_COMMANDS {
            return Err(WrongCommand(format!(
                "a frame may hold at most {MAX_COMMANDS} commands"
            )));
        }
        Ok(Self { auth, commands })
    }
}

/// The objects of a list; nothing for null.
fn objects(list: Json) -> Option<Vec<Map<String, Json>>> {
    match list {
        Json::Null => Some(Vec::new()),
        Json::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Json::Object(members) => Some(members),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

impl Command {
    fn of(kind: String, mut members: Map<String, Json>) -> Self {
        members.retain(|_, value| !value.is_null());
        let id = members.get("cmdId").and_then(Json::as_i64).unwrap_or(0);
        Self { kind, id, members }
    }

    /// The members, null counting as absent at every depth.
    pub(super) fn members_deep(&self) -> Json {
        let mut members = Json::Object(self.members.clone());
        drop_nulls(&mut members);
        members
    }

    /// As [`Command::read`], null counting as absent at every depth.
    pub(super) fn read_deep<T: for<'de> Deserialize<'de>>(&self) -> Result<T, WrongCommand> {
        serde_json::from_value(self.members_deep())
            .map_err(|error| WrongCommand(format!("{} is wrong: {error}", self.kind)))
    }

    /// The members as the type that this kind of command wants.
    pub(super) fn read<T: for<'de> Deserialize<'de>>(&self) -> Result<T, WrongCommand> {
        serde_json::from_value(Json::Object(self.members.clone()))
            .map_err(|error| WrongCommand(format!("{} is wrong: {error}", self.kind)))
    }
}

/// The depth is bounded by the parser.
fn drop_nulls(json: &mut Json) {
    match json {
        Json::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Json::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// `TIMESERIES`, `ATTRIBUTES` and `TIMESERIES_HISTORY`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ValuesCommand {
    entity_type: Option<EntityType>,
    entity_id: Option<String>,
    keys: Option<String>,
    /// Attribute scope.
    pub(super) scope: Option<String>,
    pub(super) start_ts: Millis,
    pub(super) end_ts: Millis,
    pub(super) time_window: Millis,
    pub(super) interval: Millis,
    pub(super) limit: i64,
    pub(super) agg: Option<Aggregation>,
    /// Ends the subscription with the same `cmdId`.
    pub(super) unsubscribe: bool,
}

impl ValuesCommand {
    pub(super) fn entity(&self) -> Result<EntityId, WrongCommand> {
        let kind = self
            .entity_type
            .ok_or_else(|| WrongCommand("entityType is required".to_owned()))?;
        let id = self
            .entity_id
            .as_deref()
            .filter(|id| !id.is_empty())
            .ok_or_else(|| WrongCommand("entityId is required".to_owned()))?;
        let id = parse_uuid(id).map_err(|error| WrongCommand(error.to_string()))?;
        Ok(EntityId::new(kind, id))
    }

    /// The keys asked for; `None` means all.
    pub(super) fn keys(&self) -> Option<Vec<String>> {
        let keys: Vec<String> = self
            .keys
            .as_deref()?
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect();
        (!keys.is_empty()).then_some(keys)
    }
}

/// `NOTIFICATIONS`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct NotificationsCommand {
    pub(super) limit: u32,
}

/// `MARK_NOTIFICATIONS_AS_READ`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MarkReadCommand {
    pub(super) notifications: Vec<Uuid>,
}

/// `LISTEN`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ListenCommand {
    /// A saved integration.
    pub(super) integration_id: Option<Uuid>,
    /// In place of it: an integration as it would be saved.
    pub(super) integration: Option<Map<String, Json>>,
    /// What is listened to; everything when absent.
    pub(super) filter: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_and_older_forms_give_the_same_commands() {
        let current = Frame::parse(r#"{"cmds":[{"type":"TIMESERIES","cmdId":4,"keys":"a, b,"}]}"#);
        let older = Frame::parse(
            r#"{"tsSubCmds":[{"cmdId":4,"keys":"a, b,","scope":null}],"attrSubCmds":null}"#,
        );
        for frame in [current, older] {
            let commands = frame.unwrap().commands;
            assert_eq!(commands.len(), 1);
            assert_eq!(
                (commands[0].kind.as_str(), commands[0].id),
                ("TIMESERIES", 4)
            );
            let read: ValuesCommand = commands[0].read().unwrap();
            assert_eq!(read.keys().unwrap(), ["a", "b"]);
        }
        let single = Frame::parse(r#"{"unreadSubCmd":{"cmdId":2,"limit":6},"unsubCmd":null}"#);
        assert_eq!(single.unwrap().commands[0].kind, "NOTIFICATIONS");
    }

    #[test]
    fn what_is_no_list_of_objects_is_refused() {
        for text in [
            "",
            "[]",
            "{\"cmds\":3}",
            "{\"cmds\":[3]}",
            "{\"authCmd\":3}",
        ] {
            assert!(Frame::parse(text).is_err(), "{text}");
        }
    }
}
