//! Converters, integrations and rule chains.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::app::{Actor, App, id_of};

const SCRIPT: &str = "var data = decodeToJson(payload); \
    var result = {deviceName: metadata['name'], deviceType: 'meter', telemetry: {t: data.value}}; \
    return result;";

async fn uplink(admin: &Actor, name: &str) -> Value {
    let body = json!({"name": name, "type": "UPLINK",
        "configuration": {"scriptLang": "TBEL", "tbelDecoder": SCRIPT, "mine": [1, null]}});
    admin.make("/api/converter", &body).await
}

fn integration(name: &str, converter: &Value) -> Value {
    json!({"name": name, "type": "MQTT", "enabled": false, "debugMode": null,
        "defaultConverterId": converter["id"],
        "configuration": {
            "clientConfiguration": {"host": "broker.example", "port": 1883, "cleanSession": false,
                "ssl": false, "connectTimeoutSec": 10, "clientId": "mill",
                "credentials": {"type": "basic", "username": "u", "password": "secret"}},
            "topicFilters": [{"filter": "a/+/b", "qos": 1}], "metadata": {}}})
}

#[tokio::test]
async fn a_converter_round_trips_and_is_listed() {
    let app = App::start().await;
    let admin = app.admin().await;
    let converter = uplink(&admin, "up").await;
    let id = id_of(&converter);
    assert_eq!(converter["configuration"]["mine"], json!([1, null]));
    assert_eq!(
        (&converter["debugMode"], &converter["edgeTemplate"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(admin.read(&format!("/api/converter/{id}")).await, converter);
    let page = "/api/converters?isEdgeTemplate=False&pageSize=10&page=0&integrationType=MQTT";
    assert_eq!(admin.read(page).await["data"][0], converter);
    for path in [
        "/api/converters/list?converterIds=",
        "/api/converters?converterIds=",
    ] {
        assert_eq!(admin.read(&format!("{path}{id}")).await, json!([converter]));
    }
    assert_eq!(
        admin
            .read(&format!("/api/converter/{id}/debugIn?converterType=UPLINK"))
            .await,
        json!(null)
    );
    assert_eq!(
        admin.delete(&format!("/api/converter/{id}")).await.status,
        200
    );
    admin
        .get(&format!("/api/converter/{id}"))
        .await
        .refused(404, 32);
}

#[tokio::test]
async fn a_converter_without_type_or_with_a_taken_name_is_refused() {
    let app = App::start().await;
    let admin = app.admin().await;
    uplink(&admin, "up").await;
    let taken = json!({"name": "up", "type": "UPLINK"});
    admin.post("/api/converter", &taken).await.refused(400, 31);
    let message = admin
        .post("/api/converter", &json!({"name": "x"}))
        .await
        .refused(400, 31);
    assert!(message.contains("type"), "{message}");
    admin
        .post("/api/converter", &json!({"name": "x", "type": "SIDEWAYS"}))
        .await
        .refused(400, 31);
}

#[tokio::test]
async fn an_uplink_script_is_tried_without_being_saved() {
    let app = App::start().await;
    let admin = app.admin().await;
    let test = json!({"metadata": {"name": "SN-1"}, "payload": STANDARD.encode(r#"{"value":25.5}"#),
        "decoder": SCRIPT, "converter": null});
    let outcome = admin
        .make("/api/converter/testUpLink?scriptLang=TBEL", &test)
        .await;
    assert_eq!(outcome["error"], "", "{outcome}");
    let output: Value = serde_json::from_str(outcome["output"].as_str().unwrap()).unwrap();
    assert_eq!(output["deviceName"], "SN-1");
    assert_eq!(output["telemetry"]["t"], 25.5);
    let broken = json!({"metadata": {}, "payload": "", "decoder": "return {;"});
    let outcome = admin
        .make("/api/converter/testUpLink?scriptLang=TBEL", &broken)
        .await;
    assert_eq!(outcome["output"], "");
    assert_ne!(outcome["error"], "");
    admin
        .post("/api/converter/testUpLink?scriptLang=COBOL", &test)
        .await
        .refused(400, 31);
    let person = app.customer_user().await;
    person
        .post("/api/converter/testUpLink?scriptLang=TBEL", &test)
        .await
        .refused(403, 20);
}

#[tokio::test]
async fn an_integration_masks_its_secrets_and_tells_its_status() {
    let app = App::start().await;
    let admin = app.admin().await;
    let converter = uplink(&admin, "up").await;
    let saved = admin
        .make("/api/integration", &integration("mqtt", &converter))
        .await;
    let id = id_of(&saved);
    let credentials = &saved["configuration"]["clientConfiguration"]["credentials"];
    assert_eq!(credentials["password"], "********");
    assert!(saved["routingKey"].is_string());
    assert_eq!(saved["additionalInfo"], json!({}));
    assert_eq!(saved["allowCreateDevicesOrAssets"], true);
    assert_eq!(admin.read(&format!("/api/integration/{id}")).await, saved);
    let key = saved["routingKey"].as_str().unwrap();
    assert_eq!(
        admin
            .read(&format!("/api/integration/routingKey/{key}"))
            .await,
        saved
    );
    let infos = admin
        .read("/api/integrationInfos?pageSize=10&page=0&isEdgeTemplate=False")
        .await;
    assert!(infos["data"][0]["status"].is_null());
    assert!(infos["data"][0]["stats"].is_array());
    assert_eq!(
        admin.read("/api/integrations?pageSize=10&page=0").await["totalElements"],
        1
    );
    for path in [
        "/api/integrations/list?integrationIds=",
        "/api/integrations?integrationIds=",
    ] {
        assert_eq!(admin.read(&format!("{path}{id}")).await[0], saved, "{path}");
    }
    let status = admin
        .read(&format!("/api/millrace/integration/{id}/status"))
        .await;
    assert_eq!(status["state"], "DISABLED");
    let used = id_of(&converter);
    admin
        .delete(&format!("/api/converter/{used}"))
        .await
        .refused(400, 31);
    assert_eq!(
        admin.delete(&format!("/api/integration/{id}")).await.status,
        200
    );
    admin
        .get(&format!("/api/millrace/integration/{id}/status"))
        .await
        .refused(404, 32);
}

#[tokio::test]
async fn a_connection_that_nobody_accepts_is_told_with_its_reason() {
    let app = App::start().await;
    let admin = app.admin().await;
    let converter = uplink(&admin, "up").await;
    let mut body = integration("mqtt", &converter);
    // Nobody listens on a port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    body["configuration"]["clientConfiguration"]["host"] = json!("127.0.0.1");
    body["configuration"]["clientConfiguration"]["port"] = json!(port);
    let reply = admin.post("/api/integration/check", &body).await;
    let message = reply.refused(400, 30);
    assert!(message.contains(&port.to_string()), "{message}");
    body["type"] = json!("KAFKA");
    admin.post("/api/integration", &body).await.refused(400, 31);
}

#[tokio::test]
async fn a_rule_chain_keeps_its_nodes_and_one_chain_is_root() {
    let app = App::start().await;
    let admin = app.admin().await;
    let chains = admin
        .read("/api/ruleChains?pageSize=10&page=0&type=CORE")
        .await;
    let root = id_of(&chains["data"][0]);
    assert_eq!(chains["data"][0]["root"], true);
    let chain = admin
        .make(
            "/api/ruleChain",
            &json!({"name": "mine", "type": "CORE", "root": true}),
        )
        .await;
    let id = id_of(&chain);
    assert_eq!(chain["root"], false);
    let metadata = json!({"ruleChainId": chain["id"], "firstNodeIndex": 0,
        "nodes": [
            {"type": "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode", "name": "switch",
                "configuration": {"version": 0}, "additionalInfo": {"layoutX": 1, "layoutY": 2}},
            {"type": "com.example.Unknown", "name": "strange", "queueName": null,
                "configuration": {"kept": [null]}}],
        "connections": [{"fromIndex": 0, "toIndex": 1, "type": "Post telemetry"}],
        "ruleChainConnections": null});
    let saved = admin.make("/api/ruleChain/metadata", &metadata).await;
    assert_eq!(saved["nodes"][1]["configuration"], json!({"kept": [null]}));
    assert_eq!(
        saved["nodes"][0]["additionalInfo"],
        json!({"layoutX": 1, "layoutY": 2})
    );
    assert!(saved["nodes"][0]["id"]["id"].is_string());
    assert!(saved["ruleChainConnections"].is_array());
    assert_eq!(
        admin.read(&format!("/api/ruleChain/{id}/metadata")).await,
        saved
    );
    let node = saved["nodes"][0]["id"]["id"].as_str().unwrap();
    assert_eq!(
        admin.read(&format!("/api/ruleNode/{node}/debugIn")).await,
        json!(null)
    );
    for path in [
        "/api/ruleChains/list?ruleChainIds=",
        "/api/ruleChains?ruleChainIds=",
    ] {
        assert_eq!(admin.read(&format!("{path}{id}")).await[0]["name"], "mine");
    }
    admin
        .delete(&format!("/api/ruleChain/{root}"))
        .await
        .refused(400, 31);
    let now = admin
        .make(&format!("/api/ruleChain/{id}/root"), &json!({}))
        .await;
    assert_eq!(now["root"], true);
    assert_eq!(
        admin.read(&format!("/api/ruleChain/{root}")).await["root"],
        false
    );
    assert_eq!(
        admin.delete(&format!("/api/ruleChain/{root}")).await.status,
        200
    );
    admin
        .get("/api/ruleChains?pageSize=10&page=0&type=ODD")
        .await
        .refused(400, 31);
}

#[tokio::test]
async fn the_palette_tells_of_every_kind_of_node() {
    let app = App::start().await;
    let admin = app.admin().await;
    let switch = "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode";
    for path in [
        "/api/components?componentTypes=FILTER,ACTION&ruleChainType=CORE",
        "/api/components?componentTypes=FILTER&componentTypes=ACTION",
        "/api/components/FILTER",
    ] {
        let found = admin.read(path).await;
        let found = found.as_array().unwrap();
        assert!(found.iter().any(|one| one["clazz"] == switch), "{path}");
    }
    let one = admin.read(&format!("/api/component/{switch}")).await;
    let labels = &one["configurationDescriptor"]["nodeDefinition"]["relationTypes"];
    assert!(
        labels
            .as_array()
            .unwrap()
            .contains(&json!("Post telemetry"))
    );
    admin
        .get("/api/component/com.example.None")
        .await
        .refused(404, 32);
    admin.get("/api/components").await.refused(400, 31);
}

#[tokio::test]
async fn chains_are_exported_and_imported_by_another_tenant() {
    let app = App::start().await;
    let admin = app.admin().await;
    let made = admin
        .make(
            "/api/ruleChain/device/default",
            &json!({"name": "of a profile"}),
        )
        .await;
    assert_eq!(
        (&made["root"], &made["name"]),
        (&json!(false), &json!("of a profile"))
    );
    let bundle = admin.read("/api/ruleChains/export?limit=10").await;
    assert_eq!(bundle["ruleChains"].as_array().unwrap().len(), 2);
    let stranger = app.stranger().await;
    let rows = stranger
        .make("/api/ruleChains/import?overwrite=False", &bundle)
        .await;
    assert_eq!(rows.as_array().unwrap().len(), 2, "{rows}");
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row["error"].is_null()),
        "{rows}"
    );
    assert_eq!(
        stranger.read("/api/ruleChains?pageSize=9&page=0").await["totalElements"],
        3
    );
    admin.get("/api/ruleChains/export").await.refused(400, 31);
}
