//! Requests that real clients sent, replayed for their shape: no path in scope is unknown, no
//! method refused, no content type rejected. Runs when the captured requests lie beside the
//! project, and passes without them.

use std::path::Path;

use reqwest::Method;
use serde_json::Value;

use crate::app::{App, Reply};

/// Areas of the API that exist; a captured path belongs to one when it starts with it.
const IN_SCOPE: [&str; 26] = [
    "/api/alarm",
    "/api/apiKey",
    "/api/asset",
    "/api/auth/",
    "/api/component",
    "/api/converter",
    "/api/customer",
    "/api/dashboard",
    "/api/device",
    "/api/entitiesQuery/",
    "/api/entityGroup",
    "/api/events/",
    "/api/integration",
    "/api/notification",
    "/api/owner/",
    "/api/permissions/",
    "/api/plugins/",
    "/api/relation",
    "/api/rpc/",
    "/api/ruleChain",
    "/api/tenant/asset",
    "/api/tenant/customers",
    "/api/tenant/device",
    "/api/user/dashboards",
    "/api/user/users",
    "/api/v2/",
];

/// Operations of these areas that do not exist yet: the start of the method and a part of the path.
const NOT_YET: [(&str, &str); 23] = [
    ("GET", "/api/assetInfos"),
    ("GET", "/api/asset/info/"),
    ("GET", "/assetInfos"),
    ("GET", "/customerInfos"),
    ("GET", "/api/customer/info/"),
    ("GET", "/shortInfo"),
    ("GET", "/title"),
    ("GET", "/userInfos"),
    ("GET", "/api/customer/users"),
    ("GET", "/api/device-connectivity/"),
    ("GET", "/api/deviceProfile/devices/keys/"),
    ("GET", "/api/entityGroupInfo"),
    ("GET", "/api/entityGroupsHierarchy/"),
    ("GET", "/export-package"),
    ("", "/api/tenant/info/"),
    ("", "/api/notification/request"),
    ("", "/api/notification/settings"),
    ("", "/api/notification/rule"),
    ("", "/api/notification/t"),
    ("", "/output/labels"),
    ("POST", "/api/auth/login/public"),
    ("POST", "/api/converter/unwrap/"),
    ("GET", "/api/converter/library/"),
];

/// Searches by a query in the body, which do not exist yet either.
const NO_SEARCH_YET: [&str; 1] = ["/values/timeseries"];

struct Captured {
    call: String,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    content_type: Option<String>,
    body: Value,
}

impl Captured {
    /// The captured texts hold nothing that must be encoded but spaces.
    fn path_and_query(&self) -> String {
        let pairs = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let query = pairs.collect::<Vec<_>>().join("&").replace(' ', "%20");
        format!("{}?{query}", self.path)
    }
}

fn captured() -> Vec<Captured> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec/client-requests.jsonl");
    let Ok(text) = std::fs::read_to_string(file) else {
        return Vec::new();
    };
    text.lines().map(read).filter(in_scope).collect()
}

fn read(line: &str) -> Captured {
    let row: Value = serde_json::from_str(line).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let query = row["query"].as_array().unwrap().iter();
    Captured {
        call: text(&row["call"]),
        method: text(&row["method"]).parse().unwrap(),
        path: text(&row["path"]),
        query: query.map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
        content_type: row["headersOfInterest"]["Content-Type"]
            .as_str()
            .map(str::to_owned),
        body: row["body"].clone(),
    }
}

fn in_scope(captured: &Captured) -> bool {
    let (method, path) = (captured.method.as_str(), captured.path.as_str());
    let later = NOT_YET
        .iter()
        .any(|(verb, part)| method.starts_with(verb) && path.contains(part));
    let search = method == "POST" && NO_SEARCH_YET.iter().any(|end| path.ends_with(end));
    IN_SCOPE.iter().any(|area| path.starts_with(area)) && !later && !search
}

#[tokio::test]
async fn captured_requests_find_their_operation() {
    let app = App::start().await;
    let admin = app.admin().await;
    let mut missing = Vec::new();
    for captured in captured() {
        let mut request = admin.request(captured.method.clone(), &captured.path_and_query());
        if let Some(content_type) = &captured.content_type {
            request = request.header("Content-Type", content_type);
        }
        if let Value::String(text) = &captured.body {
            request = request.body(text.clone());
        } else if !captured.body.is_null() {
            request = request.body(captured.body.to_string());
        }
        let reply = Reply::of(request).await;
        let unknown = reply.status == 404 && reply.text.contains("there is nothing at");
        if unknown || [405, 415, 500].contains(&reply.status) {
            missing.push(format!(
                "{} {} {} ({}): {}",
                reply.status, captured.method, captured.path, captured.call, reply.text
            ));
        }
    }
    missing.sort();
    missing.dedup();
    assert!(
        missing.is_empty(),
        "{} requests:\n{}",
        missing.len(),
        missing.join("\n")
    );
}
