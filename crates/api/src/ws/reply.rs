//! What the server writes. Two families that clients tell apart by their members: values carry
//! `subscriptionId`, notifications carry `cmdId` and `cmdUpdateType`; never both.

use millrace_model::Millis;
use serde_json::{Map, Value as Json, json};

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
pub(super) struct Points {
    data: Map<String, Json>,
    latest: Map<String, Json>,
}

impl Points {
    /// Adds a point; points of one key are added newest first.
    pub(super) fn push(&mut self, key: &str, ts: Millis, text: String) {
        let point = json!([ts, text]);
        let points = self.data.entry(key).or_insert_with(|| json!([]));
        if let Json::Array(points) = points {
            points.push(point);
        }
        let newest = self.latest.entry(key).or_insert_with(|| json!(ts));
        if newest.as_i64().is_none_or(|known| known < ts) {
            *newest = json!(ts);
        }
    }

    /// Adds the mark of a deleted value.
    pub(super) fn push_deleted(&mut self, key: &str) {
        self.push(key, 0, String::new());
    }

    /// Newest points first, for values that came in order of arrival.
    pub(super) fn newest_first(mut self) -> Self {
        for points in self.data.values_mut() {
            if let Json::Array(points) = points {
                let time = |point: &Json| point.get(0).and_then(Json::as_i64).unwrap_or_default();
                points.sort_by_key(|point| std::cmp::Reverse(time(point)));
            }
        }
        self
    }

    /// The frame.
    pub(super) fn reply(self, id: i64) -> String {
        json!({
            "subscriptionId": id,
            "errorCode": 0,
            "errorMsg": null,
            "data": self.data,
            "latestValues": self.latest,
        })
        .to_string()
    }
}
