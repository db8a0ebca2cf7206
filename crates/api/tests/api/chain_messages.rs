//! What people do over REST, told to rule chains; and scripts of rule nodes, tried without effect.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::{Actor, App, id_of};

/// Makes the root chain's first node keep events of every message, and returns its id.
async fn watched_root(admin: &Actor) -> String {
    let chains = admin.read("/api/ruleChains?pageSize=1&page=0").await;
    let path = format!("/api/ruleChain/{}/metadata", id_of(&chains["data"][0]));
    let mut metadata = admin.read(&path).await;
    let first = usize::try_from(metadata["firstNodeIndex"].as_u64().unwrap()).unwrap();
    metadata["nodes"][first]["debugSettings"] =
        json!({"failuresEnabled": true, "allEnabled": true});
    let saved = admin.make("/api/ruleChain/metadata", &metadata).await;
    id_of(&saved["nodes"][first])
}

/// Waits for the first incoming message of a type; its metadata and data.
async fn told(app: &App, admin: &Actor, node: &str, kind: &str) -> (Value, Value) {
    let tenant = app.tenant;
    let path = format!(
        "/api/events/RULE_NODE/{node}?tenantId={tenant}&pageSize=100&page=0\
         &sortProperty=createdTime&sortOrder=DESC"
    );
    let filter = json!({"eventType": "DEBUG_RULE_NODE", "msgDirectionType": "IN", "msgType": kind});
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let page = admin.make(&path, &filter).await;
        if let Some(event) = page["data"].get(0) {
            let part = |name: &str| {
                let text = event["body"][name].as_str().unwrap();
                serde_json::from_str(text).unwrap()
            };
            return (part("metadata"), part("data"));
        }
        assert!(Instant::now() < until, "no {kind}: {page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn chains_hear_of_the_life_of_entities() {
    let app = App::start().await;
    let admin = app.admin().await;
    let node = watched_root(&admin).await;
    let mut device = admin.make("/api/device", &json!({"name": "meter"})).await;
    let id = id_of(&device);
    let (metadata, data) = told(&app, &admin, &node, "ENTITY_CREATED").await;
    assert_eq!(
        (&data["name"], &data["id"]["id"]),
        (&json!("meter"), &json!(id))
    );
    assert_eq!(metadata["userName"], "admin@mill.example");
    device["label"] = json!("cellar");
    admin.make("/api/device", &device).await;
    let (_, data) = told(&app, &admin, &node, "ENTITY_UPDATED").await;
    assert_eq!(data["label"], "cellar");

    let dashboard = id_of(&admin.make("/api/dashboard", &json!({"title": "D"})).await);
    let path = format!("/api/customer/{}/dashboard/{dashboard}", app.customer);
    admin.make(&path, &json!({})).await;
    let (metadata, data) = told(&app, &admin, &node, "ENTITY_ASSIGNED").await;
    assert_eq!(metadata["assignedCustomerName"], "First customer");
    assert_eq!(data["title"], "D");
    assert_eq!(admin.delete(&path).await.status, 200);
    told(&app, &admin, &node, "ENTITY_UNASSIGNED").await;

    assert_eq!(admin.delete(&format!("/api/device/{id}")).await.status, 200);
    let (_, data) = told(&app, &admin, &node, "ENTITY_DELETED").await;
    assert_eq!(
        (&data["label"], &data["id"]["id"]),
        (&json!("cellar"), &json!(id))
    );
}

#[tokio::test]
async fn chains_hear_of_values_that_are_written_and_deleted() {
    let app = App::start().await;
    let admin = app.admin().await;
    let node = watched_root(&admin).await;
    let id = admin.make_device("meter").await;
    let values = format!("/api/plugins/telemetry/DEVICE/{id}");
    let attributes = format!("{values}/attributes/SHARED_SCOPE");
    assert_eq!(
        admin
            .post(&attributes, &json!({"target": 20.5}))
            .await
            .status,
        200
    );
    let (metadata, data) = told(&app, &admin, &node, "ATTRIBUTES_UPDATED").await;
    assert_eq!(data, json!({"target": 20.5}));
    assert_eq!(metadata["scope"], "SHARED_SCOPE");
    let gone = format!("{values}/SHARED_SCOPE?keys=target");
    assert_eq!(admin.delete(&gone).await.status, 200);
    let (metadata, data) = told(&app, &admin, &node, "ATTRIBUTES_DELETED").await;
    assert_eq!(data, json!({"attributes": ["target"]}));
    assert_eq!(metadata["scope"], "SHARED_SCOPE");

    let series = format!("{values}/timeseries/ANY");
    let point = json!({"ts": 1_700_000_000_000_i64, "values": {"t": 1}});
    assert_eq!(admin.post(&series, &point).await.status, 200);
    let (_, data) = told(&app, &admin, &node, "TIMESERIES_UPDATED").await;
    assert_eq!(data, json!({"timeseries": [point]}));
    let gone = format!("{values}/timeseries/delete?keys=t&startTs=0&endTs=5");
    assert_eq!(admin.delete(&gone).await.status, 200);
    let (_, data) = told(&app, &admin, &node, "TIMESERIES_DELETED").await;
    assert_eq!(data, json!({"timeseries": ["t"], "startTs": 0, "endTs": 5}));
}

#[tokio::test]
async fn a_script_of_a_node_is_tried_on_a_message() {
    let app = App::start().await;
    let admin = app.admin().await;
    let body = |kind: &str, script: &str| {
        json!({"script": script, "scriptType": kind, "argNames": ["msg", "metadata", "msgType"],
            "msg": "{\"t\": 25.5}", "metadata": {"deviceName": "SN-1"}, "msgType": "X"})
    };
    let path = "/api/ruleChain/testScript";
    for lang in ["TBEL", "JS"] {
        let path = format!("{path}?scriptLang={lang}");
        let passes = admin
            .make(&path, &body("filter", "return msg.t > 20;"))
            .await;
        assert_eq!(passes, json!({"output": "true", "error": ""}));
        let update = "msg.t = 1; return {msg: msg, metadata: metadata, msgType: 'Y'};";
        let updated = admin.make(&path, &body("update", update)).await;
        let output: Value = serde_json::from_str(updated["output"].as_str().unwrap()).unwrap();
        assert_eq!(
            output,
            json!({"msg": {"t": 1}, "metadata": {"deviceName": "SN-1"},
            "msgType": "Y"})
        );
        let broken = admin
            .make(&path, &body("filter", "return nothing.at.all;"))
            .await;
        assert_eq!(broken["output"], "");
        assert_ne!(broken["error"], "");
    }
    admin
        .post(path, &body("dance", "return 1;"))
        .await
        .refused(400, 31);
    admin
        .post(&format!("{path}?scriptLang=COBOL"), &body("filter", ""))
        .await
        .refused(400, 31);
    let person = app.customer_user().await;
    person
        .post(path, &body("filter", "return true;"))
        .await
        .refused(403, 20);
}
