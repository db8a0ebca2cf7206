//! What the server writes. Two families that clients tell apart by their members: values carry
//! `subscriptionId`, notifications carry `cmdId` and `cmdUpdateType`; never both.

use std::collections::BTreeMap;

use millrace_model::Millis;
use serde::Serialize;
use serde_json::json;

const INTERNAL: u8 = 1;
const BAD_REQUEST: u8 = 2;
const UNAUTHORIZED: u8 = 3;

/// A frame that holds no commands.
pub(super) fn unreadable(reason: &str) -> String {
    error(1, BAD_REQUEST, reason)
}

/// A command that is wrong or unknown.
pub(super) fn refused(id: i64, reason: &str) -> String {
    error(id, BAD_REQUEST, reason)
}

/// A command whose service refused or failed.
pub(super) fn failed(id: i64, failure: &crate::error::ApiError) -> String {
    let code = match failure.status().as_u16() {
        400 => BAD_REQUEST,
        401 | 403 => UNAUTHORIZED,
        _ => INTERNAL,
    };
    error(id, code, failure.message())
}

fn error(id: i64, code: u8, reason: &str) -> String {
    json!({"subscriptionId": id, "errorCode": code, "errorMsg": reason}).to_string()
}

/// Values by key, newest first, as texts.
#[derive(Debug, Default)]
pub(super) struct Points(BTreeMap<String, Vec<(Millis, String)>>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValuesFrame<'a> {
    subscription_id: i64,
    error_code: u8,
    error_msg: Option<&'a str>,
    data: &'a BTreeMap<String, Vec<(Millis, String)>>,
    latest_values: BTreeMap<String, Millis>,
}

impl Points {
    /// Adds a point.
    pub(super) fn push(&mut self, key: &str, ts: Millis, text: String) {
        match self.0.get_mut(key) {
            Some(points) => points.push((ts, text)),
            None => {
                self.0.insert(key.to_owned(), vec![(ts, text)]);
            }
        }
    }

    /// Adds the mark of a deleted value.
    pub(super) fn push_deleted(&mut self, key: &str) {
        self.push(key, 0, String::new());
    }

    /// The frame.
    pub(super) fn reply(mut self, id: i64) -> String {
        for points in self.0.values_mut() {
            points.sort_by_key(|(ts, _)| std::cmp::Reverse(*ts));
        }
        let newest = |(key, points): (&'_ String, &Vec<(Millis, String)>)| {
            points.first().map(|(ts, _)| (key.clone(), *ts))
        };
        let latest: BTreeMap<String, Millis> = self.0.iter().filter_map(newest).collect();
        let frame = ValuesFrame {
            subscription_id: id,
            error_code: 0,
            error_msg: None,
            data: &self.0,
            latest_values: latest,
        };
        serde_json::to_string(&frame).unwrap_or_default()
    }
}
