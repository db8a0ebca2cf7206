//! Telemetry and attributes over HTTP.

use serde_json::json;

use crate::app::App;

const T: i64 = 1_700_000_000_000;

#[tokio::test]
async fn points_are_saved_in_every_form_and_read_as_text_or_typed() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/plugins/telemetry/DEVICE/{device}");
    let forms = [
        (
            "timeseries/ANY",
            json!({"ts": T, "values": {"temperature": 25.1, "on": true}}),
        ),
        (
            "timeseries/ANY?scope=ANY",
            json!([{"ts": T + 1, "values": {"count": 7}}]),
        ),
        (
            "timeseries/LATEST_TELEMETRY/0",
            json!({"ts": T, "values": {"state": {"a": [1]}}}),
        ),
    ];
    for (path, body) in forms {
        let reply = admin
            .post_text(&format!("{at}/{path}"), body.to_string())
            .await;
        assert_eq!((reply.status, reply.text.as_str()), (200, ""), "{path}");
    }
    let latest = admin
        .read(&format!(
            "{at}/values/timeseries?keys=temperature,on,count,state"
        ))
        .await;
    assert_eq!(
        latest,
        json!({
            "temperature": [{"ts": T, "value": "25.1"}],
            "on": [{"ts": T, "value": "true"}],
            "count": [{"ts": T + 1, "value": "7"}],
            "state": [{"ts": T, "value": "{\"a\":[1]}"}],
        })
    );
    let typed = admin
        .read(&format!("{at}/values/timeseries?useStrictDataTypes=True"))
        .await;
    assert_eq!(typed["temperature"][0]["value"], 25.1);
    assert_eq!(typed["state"][0]["value"], json!({"a": [1]}));
    let absent = admin
        .read(&format!("{at}/values/timeseries?keys=nothing"))
        .await;
    assert!(absent["nothing"][0]["value"].is_null());
    assert!(absent["nothing"][0]["ts"].as_i64().unwrap() > T);
    let keys = admin.read(&format!("{at}/keys/timeseries")).await;
    assert_eq!(keys, json!(["count", "on", "state", "temperature"]));
}

#[tokio::test]
async fn history_is_read_on_both_paths_ordered_limited_and_aggregated() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/plugins/telemetry/DEVICE/{device}");
    let points: Vec<_> = (0..4)
        .map(|n| json!({"ts": T + n * 1000, "values": {"n": n}}))
        .collect();
    assert_eq!(
        admin
            .post(&format!("{at}/timeseries/ANY"), &points)
            .await
            .status,
        200
    );
    let range = format!("keys=n&startTs={T}&endTs={}", T + 3000);
    for path in ["values/timeseries/history", "values/timeseries"] {
        let read = admin.read(&format!("{at}/{path}?{range}&limit=2")).await;
        assert_eq!(
            read,
            json!({"n": [{"ts": T + 2000, "value": "2"}, {"ts": T + 1000, "value": "1"}]}),
            "{path}"
        );
    }
    let read = admin
        .read(&format!(
            "{at}/values/timeseries/history?{range}&orderBy=ASC&limit=1&useStrictDataTypes=true"
        ))
        .await;
    assert_eq!(read, json!({"n": [{"ts": T, "value": 0}]}));
    let read = admin
        .read(&format!(
            "{at}/values/timeseries/history?keys=n&startTs={T}&endTs={}&interval=2000&agg=SUM",
            T + 4000
        ))
        .await;
    assert_eq!(read["n"].as_array().unwrap().len(), 2, "{read}");
    assert_eq!(read["n"][0]["ts"], T + 1000);
    let reply = admin
        .get(&format!(
            "{at}/values/timeseries/history?keys=n&startTs={T}"
        ))
        .await;
    assert_eq!(
        (reply.status, reply.text.contains("endTs")),
        (400, true),
        "{}",
        reply.text
    );
    let reply = admin
        .get(&format!(
            "{at}/values/timeseries/history?{range}&agg=MEDIAN"
        ))
        .await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn refusals_of_telemetry_are_plain_text() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/plugins/telemetry/DEVICE/{device}");
    for (path, body) in [
        ("timeseries/ANY", "{"),
        ("timeseries/ANY", "{}"),
        ("timeseries/ANY", "3"),
        ("attributes/SERVER_SCOPE", "[1]"),
        ("attributes/SERVER_SCOPE", "{}"),
        ("attributes/SOME_SCOPE", "{\"a\":1}"),
        ("SOME_SCOPE", "{\"a\":1}"),
    ] {
        let reply = admin.post_text(&format!("{at}/{path}"), body).await;
        assert_eq!(reply.status, 400, "{path} {body}");
        assert!(
            reply.content_type.starts_with("text/plain"),
            "{path} {body}"
        );
        assert!(!reply.text.is_empty());
    }
    let reply = admin.delete(&format!("{at}/SERVER_SCOPE")).await;
    assert_eq!(
        (reply.status, reply.content_type.starts_with("text/plain")),
        (400, true)
    );
    let gone = "/api/plugins/telemetry/DEVICE/784f394c-42b6-435a-983c-b7beff2784f9";
    admin
        .get(&format!("{gone}/values/timeseries"))
        .await
        .refused(404, 32);
    admin
        .post(&format!("{gone}/timeseries/ANY"), &json!({"a": 1}))
        .await
        .refused(404, 32);
}

#[tokio::test]
async fn attributes_are_saved_read_and_deleted_on_every_path() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/plugins/telemetry/DEVICE/{device}");
    for (path, key) in [
        (format!("{at}/attributes/SERVER_SCOPE"), "one"),
        (format!("{at}/SERVER_SCOPE"), "two"),
        (
            format!("/api/plugins/telemetry/{device}/SERVER_SCOPE"),
            "three",
        ),
        (format!("{at}/attributes/SHARED_SCOPE"), "shared"),
    ] {
        let reply = admin
            .post_text(&path, json!({key: {"deep": true}}).to_string())
            .await;
        assert_eq!((reply.status, reply.text.as_str()), (200, ""), "{path}");
    }
    let read = admin
        .read(&format!(
            "{at}/values/attributes/SERVER_SCOPE?keys=one,two,three"
        ))
        .await;
    assert_eq!(read.as_array().unwrap().len(), 3);
    assert_eq!(read[0]["value"], json!({"deep": true}));
    assert!(read[0]["lastUpdateTs"].as_i64().unwrap() > T);
    assert_eq!(
        admin
            .read(&format!("{at}/values/attributes"))
            .await
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let keys = admin
        .read(&format!("{at}/keys/attributes/SERVER_SCOPE"))
        .await;
    assert_eq!(keys, json!(["one", "three", "two"]));
    assert_eq!(
        admin
            .read(&format!("{at}/keys/attributes"))
            .await
            .as_array()
            .unwrap()
            .len(),
        4
    );
    for path in [
        format!("{at}/SERVER_SCOPE?keys=one"),
        format!("/api/plugins/telemetry/{device}/SERVER_SCOPE?key=two"),
    ] {
        assert_eq!(admin.delete(&path).await.status, 200, "{path}");
    }
    assert_eq!(
        admin
            .read(&format!("{at}/keys/attributes/SERVER_SCOPE"))
            .await,
        json!(["three"])
    );
}

#[tokio::test]
async fn points_are_deleted_by_range_or_all() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/plugins/telemetry/DEVICE/{device}");
    let points = json!([{"ts": T, "values": {"a": 1, "b": 1}}, {"ts": T + 10, "values": {"a": 2}}]);
    admin.post(&format!("{at}/timeseries/ANY"), &points).await;
    let some = format!("{at}/timeseries/delete?keys=a&startTs={T}&endTs={}", T + 5);
    assert_eq!(admin.delete(&some).await.status, 200);
    let left = format!(
        "{at}/values/timeseries/history?keys=a,b&startTs=0&endTs={}",
        T + 100
    );
    assert_eq!(admin.read(&left).await["a"].as_array().unwrap().len(), 1);
    let all = format!("{at}/timeseries/delete?keys=a,b&deleteAllDataForKeys=True");
    assert_eq!(admin.delete(&all).await.status, 200);
    assert_eq!(admin.read(&left).await, json!({}));
    assert_eq!(
        admin.read(&format!("{at}/keys/timeseries")).await,
        json!([])
    );
    let reply = admin
        .delete(&format!("{at}/timeseries/delete?keys=a"))
        .await;
    assert_eq!(reply.status, 400, "{}", reply.text);
}
