//! Rule chains from files: planned, answered, checked, counted.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::App;

const PLAN: &str = "/api/millrace/import/plan";
const APPLY: &str = "/api/millrace/import/apply";
const LINT: &str = "/api/millrace/ruleChain/lint";
const GROUP: &str = "7d3a5e51-6d3c-4a77-9a4e-5f1b8a3e0001";

fn file() -> Value {
    json!({
        "ruleChain": {"name": "Imported"},
        "metadata": {
            "firstNodeIndex": 0,
            "nodes": [
                {
                    "type": "org.thingsboard.rule.engine.transform.TbDuplicateMsgToGroupNode",
                    "name": "to members",
                    "configuration": {"entityGroupIsMessageOriginator": false, "entityGroupId": GROUP},
                },
                {"type": "vendor.Unknown", "name": "odd", "configuration": {"a": [1.50, null]}},
            ],
            "connections": [{"fromIndex": 0, "toIndex": 1, "type": "Sucess"}],
        },
    })
}

#[tokio::test]
async fn an_import_is_planned_answered_and_checked() {
    let app = App::start().await;
    let admin = app.admin().await;
    let plan = admin.make(PLAN, &file()).await;
    assert_eq!(plan["chains"][0]["nodes"], 2);
    assert_eq!(plan["chains"][0]["notRunning"][0]["node"], "odd");
    let missing = &plan["missing"][0];
    assert_eq!(
        (&missing["id"], &missing["entityType"]),
        (&json!(GROUP), &json!("ENTITY_GROUP"))
    );
    assert_eq!(missing["places"][0]["setting"], "entityGroupId");
    let here = &missing["candidates"][0]["id"];
    let rows = admin
        .make(APPLY, &json!({"content": file(), "answers": {GROUP: here}}))
        .await;
    assert_eq!(rows[0]["error"], Value::Null);
    let id = rows[0]["ruleChainId"]["id"].as_str().unwrap();
    let chain = admin.read(&format!("/api/ruleChain/{id}/metadata")).await;
    assert_eq!(&chain["nodes"][0]["configuration"]["entityGroupId"], here);
    assert_eq!(
        chain["nodes"][1]["configuration"].to_string(),
        r#"{"a":[1.5,null]}"#
    );
    let found = admin.make(LINT, &chain).await;
    let codes: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (&finding["nodeIndex"], finding["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        codes,
        [(&json!(0), "unknown-label"), (&json!(1), "unknown-node")]
    );
    let counts = admin
        .read(&format!("/api/millrace/ruleChain/{id}/counters"))
        .await;
    assert_eq!(counts[0]["received"], 0);
    assert_eq!(counts[0]["id"], chain["nodes"][0]["id"]);
}

#[tokio::test]
async fn only_administrators_import_and_nonsense_is_refused() {
    let app = App::start().await;
    let person = app.customer_user().await;
    let admin = app.admin().await;
    for path in [PLAN, APPLY, LINT] {
        assert_eq!(app.anonymous().post(path, &json!({})).await.status, 401);
        assert_eq!(person.post(path, &json!({})).await.status, 403, "{path}");
    }
    for nonsense in [json!(1), json!([]), json!({"metadata": {"nodes": 5}})] {
        let status = admin.post(PLAN, &nonsense).await.status;
        assert_eq!(
            status,
            if nonsense == json!([]) { 200 } else { 400 },
            "{nonsense}"
        );
    }
    let wrong = json!({"content": file(), "answers": {GROUP: GROUP}});
    let text = admin.post(APPLY, &wrong).await.refused(400, 31);
    assert!(text.contains("no entity group here"), "{text}");
    let chains = admin.read("/api/ruleChains?pageSize=9&page=0").await;
    assert_eq!(chains["totalElements"], 1, "nothing was made");
    let theirs = chains["data"][0]["id"]["id"].as_str().unwrap();
    let stranger = app.stranger().await;
    stranger
        .get(&format!("/api/millrace/ruleChain/{theirs}/counters"))
        .await
        .refused(404, 32);
}

/// A root chain that calls another one for attributes that people write: it looks the device up,
/// which leaves the lane, makes telemetry of them, and hands back to be stored.
fn nested() -> Value {
    const ENGINE: &str = "org.thingsboard.rule.engine";
    let inner = "7d3a5e51-6d3c-4a77-9a4e-5f1b8a3e0002";
    let outer = "7d3a5e51-6d3c-4a77-9a4e-5f1b8a3e0003";
    let id = |id: &str| json!({"entityType": "RULE_CHAIN", "id": id});
    let node = |class: &str, name: &str, configuration: Value| {
        json!({
            "type": format!("{ENGINE}.{class}"), "name": name,
            "configurationVersion": 1, "configuration": configuration,
        })
    };
    let link =
        |from: u32, to: u32, label: &str| json!({"fromIndex": from, "toIndex": to, "type": label});
    let script = "return {msg: {level: msg.level * 2}, msgType: 'POST_TELEMETRY_REQUEST', \
                  metadata: {of: metadata.originatorName + ' ' + metadata.originatorType}};";
    json!({
        "ruleChains": [
            {"id": id(outer), "name": "Root Rule Chain", "type": "CORE"},
            {"id": id(inner), "name": "Levels", "type": "CORE"},
        ],
        "metadata": [
            {
                "ruleChainId": id(outer),
                "firstNodeIndex": 0,
                "nodes": [
                    node("filter.TbMsgTypeSwitchNode", "switch", json!({})),
                    node("flow.TbRuleChainInputNode", "call", json!({"ruleChainId": inner})),
                    node("telemetry.TbMsgTimeseriesNode", "store", json!({})),
                ],
                "connections": [link(0, 1, "Attributes Updated"), link(1, 2, "Doubled")],
            },
            {
                "ruleChainId": id(inner),
                "firstNodeIndex": 0,
                "nodes": [
                    node("metadata.TbGetOriginatorFieldsNode", "who", json!({})),
                    node("transform.TbTransformMsgNode", "double", json!({
                        "scriptLang": "TBEL", "tbelScript": script,
                    })),
                    node("transform.TbCopyKeysNode", "keep", json!({
                        "copyFrom": "METADATA", "keys": ["of"],
                    })),
                    node("flow.TbRuleChainOutputNode", "Doubled", json!({})),
                ],
                "connections": [
                    link(0, 1, "Success"), link(1, 2, "Success"), link(2, 3, "Success"),
                ],
            },
        ],
    })
}

#[tokio::test]
async fn imported_chains_run_at_once_and_count_what_goes_through_them() {
    let app = App::start().await;
    let admin = app.admin().await;
    let rows = admin
        .make(APPLY, &json!({"content": nested(), "overwrite": true}))
        .await;
    assert_eq!(rows[0]["updated"], true, "{rows}");
    assert_eq!(rows[1]["error"], Value::Null, "{rows}");
    let device = admin.make_device("tank").await;
    let path = format!("/api/plugins/telemetry/DEVICE/{device}/attributes/SERVER_SCOPE");
    let written = admin.post(&path, &json!({"level": 21})).await;
    assert_eq!(written.status, 200);
    let path = format!("/api/plugins/telemetry/DEVICE/{device}/values/timeseries?keys=level,of");
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let found = admin.read(&path).await;
        if found["of"][0]["value"] == "tank default" {
            assert_eq!(found["level"][0]["value"], "42");
            break;
        }
        assert!(Instant::now() < until, "nothing is stored: {found}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let root = rows[0]["ruleChainId"]["id"].as_str().unwrap();
    let path = format!("/api/millrace/ruleChain/{root}/counters");
    let counts = admin.read(&path).await;
    assert_eq!(counts[2]["labels"]["Success"], 1, "{counts}");
    let metadata = admin.read(&format!("/api/ruleChain/{root}/metadata")).await;
    admin.make("/api/ruleChain/metadata", &metadata).await;
    let after = admin.read(&path).await;
    assert_eq!(after[2], counts[2], "a save does not start anew");
}
