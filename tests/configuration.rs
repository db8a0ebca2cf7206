//! Mistakes in what people write: integrations, and the server's own configuration.

use millrace_testbed::{Actor, Server, ServerOptions};
use serde_json::{Value, json};

use crate::scene::{PLAIN, Scene};

/// Saves an integration after `spoil` and expects a refusal that names the field.
async fn is_refused(field: &str, spoil: impl FnOnce(&mut Value)) {
    let server = Server::fresh().await;
    let admin = server.admin().await;
    let uplink = admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = Actor::mqtt_integration("Plain", &uplink, 1883, "site/#", 1);
    spoil(&mut body);
    let reply = admin.request("POST", "/api/integration", Some(body)).await;
    assert_eq!(reply.status, 400, "{field}: {}", reply.text);
    assert!(
        reply.message().contains(field),
        "the error names {field}: {}",
        reply.text
    );
    let list = admin.get("/api/integrations?pageSize=10&page=0").await;
    assert_eq!(list["totalElements"], json!(0), "nothing is saved");
}

fn client(body: &mut Value) -> &mut Value {
    &mut body["configuration"]["clientConfiguration"]
}

fn remove(object: &mut Value, field: &str) {
    object.as_object_mut().expect("an object").remove(field);
}

#[tokio::test]
async fn a_missing_host() {
    is_refused("host", |body| remove(client(body), "host")).await;
}

#[tokio::test]
async fn a_port_that_is_text() {
    is_refused("port", |body| client(body)["port"] = json!("many")).await;
}

#[tokio::test]
async fn a_port_out_of_range() {
    is_refused("port", |body| client(body)["port"] = json!(70_000)).await;
}

#[tokio::test]
async fn no_topic_filter() {
    is_refused("topicFilters", |body| {
        body["configuration"]["topicFilters"] = json!([]);
    })
    .await;
}

#[tokio::test]
async fn a_topic_filter_with_a_wildcard_in_a_word() {
    is_refused("filter", |body| {
        body["configuration"]["topicFilters"] = json!([{"filter": "site/a#", "qos": 1}]);
    })
    .await;
}

#[tokio::test]
async fn a_qos_that_does_not_exist() {
    is_refused("qos", |body| {
        body["configuration"]["topicFilters"] = json!([{"filter": "site/#", "qos": 3}]);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_protocol_version() {
    is_refused("protocolVersion", |body| {
        client(body)["protocolVersion"] = json!("MQTT_6");
    })
    .await;
}

#[tokio::test]
async fn a_client_id_too_long_for_its_version() {
    is_refused("clientId", |body| {
        client(body)["clientId"] = json!("x".repeat(24));
        client(body)["protocolVersion"] = json!("MQTT_3_1");
    })
    .await;
}

#[tokio::test]
async fn a_connect_timeout_out_of_range() {
    is_refused("connectTimeoutSec", |body| {
        client(body)["connectTimeoutSec"] = json!(201);
    })
    .await;
}

#[tokio::test]
async fn unknown_credentials() {
    is_refused("credentials", |body| {
        client(body)["credentials"] = json!({"type": "magic"});
    })
    .await;
}

#[tokio::test]
async fn a_missing_uplink_converter() {
    is_refused("defaultConverterId", |body| {
        remove(body, "defaultConverterId");
    })
    .await;
}

#[tokio::test]
async fn a_blank_name() {
    is_refused("name", |body| body["name"] = json!("  ")).await;
}

/// What Millrace does not know, another program may: it is kept as it came.
#[tokio::test]
async fn unknown_fields_are_kept() {
    let scene = Scene::open().await;
    let Scene { admin, broker, .. } = &scene;
    let uplink = admin.uplink_converter("Plain", "TBEL", PLAIN).await;
    let mut body = Actor::mqtt_integration("Plain", &uplink, broker.port(), "site/#", 1);
    client(&mut body)["fromTheFuture"] = json!({"a": [1, 2.5, "x"]});
    body["configuration"]["alsoUnknown"] = json!(true);
    let saved = admin.create_integration(body).await;
    let path = format!(
        "/api/integration/{}",
        saved["id"]["id"].as_str().expect("an id")
    );
    let mut read = admin.get(&path).await;
    assert_eq!(
        client(&mut read)["fromTheFuture"],
        json!({"a": [1, 2.5, "x"]})
    );
    assert_eq!(read["configuration"]["alsoUnknown"], json!(true));
    admin.until_active(&saved).await;
}

/// Starts a server with a configuration file that it must refuse, and returns what it said.
async fn refusal(configuration: &str) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("millrace.toml");
    std::fs::write(&file, configuration).expect("the file can be written");
    let file = file.to_str().expect("a temporary path is UTF-8").to_owned();
    let options = ServerOptions {
        args: vec!["--config".into(), file],
        ..ServerOptions::default()
    };
    Server::refused(options).await
}

#[tokio::test]
async fn an_unknown_key_of_the_servers_configuration_is_named() {
    let said = refusal("[http]\nlisten_adress = \"127.0.0.1:8080\"\n").await;
    assert!(said.contains("listen_adress"), "{said}");
}

#[tokio::test]
async fn an_unknown_section_of_the_servers_configuration_is_named() {
    let said = refusal("[htpp]\nlisten = \"127.0.0.1:8080\"\n").await;
    assert!(said.contains("htpp"), "{said}");
}

#[tokio::test]
async fn a_configuration_that_is_not_toml_says_where() {
    let said = refusal("[http\n").await;
    assert!(
        said.contains("millrace.toml") || said.contains("line 1"),
        "{said}"
    );
}

#[tokio::test]
async fn a_data_directory_in_use_says_who_has_it() {
    let first = Server::fresh().await;
    let data_dir = Some(first.data_dir().to_owned());
    let said = Server::refused(ServerOptions {
        data_dir,
        ..ServerOptions::default()
    })
    .await;
    assert!(
        said.contains(&first.pid().to_string()),
        "names the process: {said}"
    );
}

#[tokio::test]
async fn a_port_in_use_names_the_flag() {
    let first = Server::fresh().await;
    let address = first.url().trim_start_matches("http://").to_owned();
    let args = vec!["--http".into(), address];
    let said = Server::refused(ServerOptions {
        args,
        ..ServerOptions::default()
    })
    .await;
    assert!(said.contains("--http"), "{said}");
}
