//! Whatever is sent to whatever operation: an answer, never a failure of the server.

use reqwest::Method;
use serde_json::Value;

use crate::app::{Actor, App, Reply};

const BODIES: [&str; 14] = [
    "",
    "{}",
    "[]",
    "null",
    "3",
    "\"text\"",
    "{\"name\":3,\"id\":\"x\"}",
    "{\"name\":\"\\u0000\",\"type\":\"\\u0000\",\"title\":\"\\u0000\",\"email\":\"\\u0000\"}",
    "{\"name\":{\"a\":[]},\"configuration\":3,\"nodes\":3,\"metadata\":7}",
    "{\"version\":9223372036854775807,\"ts\":-9223372036854775808,\"values\":{\"\":1}}",
    "{\"ts\":1e308,\"values\":{\"a\":1e308,\"b\":18446744073709551616,\"c\":null}}",
    "{\"nodes\":[{},{\"type\":\"x\"}],\"connections\":[{\"fromIndex\":18446744073709551615,\"toIndex\":9,\"type\":\"\"}],\"firstNodeIndex\":99}",
    "[{\"ts\":1},[],{\"values\":3}]",
    "{\"eventType\":\"LC_EVENT\",\"errorStr\":\"%_'\\\"\\\\\",\"isError\":\"maybe\"}",
];

const QUERIES: [&str; 6] = [
    "",
    "pageSize=2147483647&page=2147483647&sortProperty=%27%3B--&sortOrder=DESC&textSearch=%25%5F%27",
    "pageSize=10&page=0&sortProperty=a.b%5B0%5D&textSearch=%00&type=%00&startTime=-1&endTime=9223372036854775807",
    "keys=a,,b&key=,&startTs=-9223372036854775808&endTs=9223372036854775807&interval=1&agg=AVG&limit=-5",
    "keys=temperature&startTs=0&endTs=9223372036854775807&intervalType=MONTH&timeZone=Mars%2FBase&agg=SUM&interval=9223372036854775807",
    "fromId=x&fromType=DEVICE&toId=x&toType=DEVICE&relationType=%FF&deviceIds=,,&scriptLang=TBEL&limit=0",
];

/// Values for the variable parts of a path: one that fits, one that does not.
fn filled(path: &str, device: &str, sound: bool) -> String {
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(match part {
            "{entityType}" | "{fromType}" | "{toType}" | "{groupType}" if sound => "DEVICE",
            "{ownerType}" if sound => "TENANT",
            "{scope}" if sound => "SERVER_SCOPE",
            "{ttl}" if sound => "9223372036854775807",
            "{eventType}" if sound => "LC_EVENT",
            part if part.starts_with('{') && sound => device,
            part if part.starts_with('{') => "%F0%9F%92%A3%00..%2F",
            part => part,
        });
    }
    filled
}

async fn send(actor: &Actor, method: &Method, path: &str, body: &'static str) {
    let reply = Reply::of(actor.request(method.clone(), path).body(body)).await;
    let what = format!("{method} {path} {body}: {}", reply.text);
    assert!(reply.status < 500, "{} {what}", reply.status);
    if reply.status >= 400 && !reply.content_type.starts_with("text/plain") {
        let error: Value = reply.json();
        assert_eq!(error["status"], reply.status, "{what}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{what}");
    }
}

#[tokio::test]
async fn no_operation_fails_for_what_it_is_sent() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let api = serde_json::to_value(millrace_api::openapi()).unwrap();
    let mut sent = 0;
    for (path, methods) in api["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            for sound in [true, false] {
                let path = filled(path, &device, sound);
                for query in QUERIES {
                    let path = format!("{path}?{query}");
                    if method == Method::POST {
                        for body in BODIES {
                            send(&admin, &method, &path, body).await;
                            sent += 1;
                        }
                    } else if method != Method::DELETE || sound == path.contains("timeseries") {
                        send(&admin, &method, &path, "").await;
                        sent += 1;
                    }
                }
            }
        }
    }
    assert!(sent > 5_000, "{sent} requests");
    // The caller was signed in to the end, and the device is as it was.
    assert_eq!(
        admin.read(&format!("/api/device/{device}")).await["name"],
        "meter"
    );
}
