//! A server's configuration as files.

use std::{collections::BTreeMap, path::Path, process::Output};

use millrace_testbed::{Server, ServerOptions, millrace};
use serde_json::{Value, json};
use tokio::process::Command;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

async fn run(arguments: &[&str], key: Option<&str>) -> Output {
    let mut command = Command::new(millrace());
    command.args(arguments).env_remove("MILLRACE_BIN");
    if let Some(key) = key {
        command.env("MILLRACE_API_KEY", key);
    }
    command.output().await.expect("the program runs")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

async fn done(arguments: &[&str], key: Option<&str>) -> String {
    let output = run(arguments, key).await;
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    text(&output)
}

/// An empty installation that does not run.
async fn stopped() -> Server {
    let mut server = Server::fresh().await;
    server.sigterm().await;
    server
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a temporary path is UTF-8")
}

/// Every file of a folder, by its path within it.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).expect("it is inside").display();
                let text = std::fs::read_to_string(&path).expect("it is text");
                found.insert(name.to_string(), text);
            }
        }
    }
    found
}

#[tokio::test]
async fn a_folder_applied_twice_changes_nothing_the_second_time() {
    let server = stopped().await;
    let data = path(server.data_dir());
    for tutorial in ["sensor", "thermostat"] {
        let folder = format!("{EXAMPLES}/{tutorial}");
        let dry = done(&["apply", &folder, "--dry-run", "--data-dir", data], None).await;
        assert!(dry.contains("Nothing was changed"), "{dry}");
        let first = done(&["apply", &folder, "--data-dir", data], None).await;
        assert!(!first.contains(" 0 to make"), "{first}");
        let again = done(&["apply", &folder, "--data-dir", data], None).await;
        assert!(again.contains("0 to make, 0 to change"), "{again}");
    }
}

/// What one server exports makes a second server that exports the same files.
#[tokio::test]
async fn an_exported_configuration_makes_the_same_server_elsewhere() {
    let (first, second) = (stopped().await, stopped().await);
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for tutorial in ["sensor", "thermostat"] {
        let folder = format!("{EXAMPLES}/{tutorial}");
        done(
            &["apply", &folder, "--data-dir", path(first.data_dir())],
            None,
        )
        .await;
    }
    let (a, b) = (path(here.path()), path(there.path()));
    done(&["export", a, "--data-dir", path(first.data_dir())], None).await;
    done(&["apply", a, "--data-dir", path(second.data_dir())], None).await;
    done(&["export", b, "--data-dir", path(second.data_dir())], None).await;
    let (here, there) = (files(here.path()), files(there.path()));
    assert!(
        here.contains_key("rule-chains/Root Rule Chain.json"),
        "{:?}",
        here.keys()
    );
    assert_eq!(here, there);
    let chain = &here["rule-chains/Thermostat chain.json"];
    assert!(
        chain.contains("${ref:INTEGRATION:Thermostat Integration}"),
        "{chain}"
    );
}

/// Names that lead nowhere and secrets without a value stop an apply before anything is changed.
#[tokio::test]
async fn what_cannot_be_applied_changes_nothing() {
    let server = stopped().await;
    let data = path(server.data_dir());
    let folder = tempfile::tempdir().unwrap();
    let integrations = folder.path().join("integrations");
    std::fs::create_dir(&integrations).unwrap();
    let converters = folder.path().join("converters");
    std::fs::create_dir(&converters).unwrap();
    let converter = json!({"name": "Up", "type": "UPLINK", "configuration": {"scriptLang": "TBEL", "tbelDecoder": "return null;"}});
    std::fs::write(converters.join("up.json"), converter.to_string()).unwrap();
    let integration = |converter: &str| {
        json!({
            "name": "In", "type": "MQTT", "enabled": false,
            "defaultConverterId": {"entityType": "CONVERTER", "id": format!("${{ref:CONVERTER:{converter}}}")},
            "configuration": {
                "clientConfiguration": {"host": "127.0.0.1", "port": 1, "credentials": {"type": "basic", "username": "u", "password": "${env:BROKER_PASSWORD}"}},
                "topicFilters": [{"filter": "a/#", "qos": 1}]
            }
        })
    };
    let apply = ["apply", path(folder.path()), "--data-dir", data];
    std::fs::write(
        integrations.join("in.json"),
        integration("Gone").to_string(),
    )
    .unwrap();
    let refused = run(&apply, None).await;
    assert!(!refused.status.success());
    assert!(
        text(&refused).contains("integration \"In\" names converter \"Gone\""),
        "{}",
        text(&refused)
    );
    std::fs::write(integrations.join("in.json"), integration("Up").to_string()).unwrap();
    let refused = run(&apply, None).await;
    assert!(!refused.status.success());
    assert!(
        text(&refused).contains("BROKER_PASSWORD"),
        "{}",
        text(&refused)
    );
    let exported = tempfile::tempdir().unwrap();
    done(&["export", path(exported.path()), "--data-dir", data], None).await;
    let left = files(exported.path());
    assert!(
        !left.keys().any(|name| name.starts_with("converters/")),
        "{:?}",
        left.keys()
    );
    // With a value it goes through, and the value is in no file of an export.
    let output = Command::new(millrace())
        .args(apply)
        .env_remove("MILLRACE_BIN")
        .env("BROKER_PASSWORD", "not-to-be-seen")
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    done(&["export", path(exported.path()), "--data-dir", data], None).await;
    let left = files(exported.path());
    assert!(left["integrations/In.json"].contains("${env:IN_PASSWORD}"));
    assert!(!left.values().any(|file| file.contains("not-to-be-seen")));
}

/// A running server is reached with an API key.
#[tokio::test]
async fn a_running_server_takes_a_folder_with_an_api_key() {
    let server = Server::start(ServerOptions::default()).await;
    let folder = format!("{EXAMPLES}/sensor");
    let wrong = run(&["apply", &folder, "--server", server.url()], Some("wrong")).await;
    assert!(
        text(&wrong).contains("refuses the API key"),
        "{}",
        text(&wrong)
    );
    let key = api_key(&server).await;
    let applied = done(&["apply", &folder, "--server", server.url()], Some(&key)).await;
    assert!(applied.contains("Applied."), "{applied}");
    let admin = server.admin().await;
    let chains = admin
        .request("GET", "/api/ruleChains?pageSize=10&page=0", None)
        .await
        .json();
    let root = chains["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|chain| chain["root"] == json!(true))
        .unwrap();
    let id = root["id"]["id"].as_str().unwrap();
    let metadata = admin
        .request("GET", &format!("/api/ruleChain/{id}/metadata"), None)
        .await
        .json();
    let nodes = metadata["nodes"].as_array().unwrap();
    assert!(
        nodes
            .iter()
            .any(|node| node["name"] == "MQTT Integration Downlink"),
        "{nodes:?}"
    );
}

async fn api_key(server: &Server) -> String {
    let admin = server.admin().await;
    let user = admin.request("GET", "/api/auth/user", None).await.json();
    let body =
        json!({"description": "files", "enabled": true, "userId": user["id"], "expirationTime": 0});
    let made: Value = admin
        .request("POST", "/api/apiKey", Some(body))
        .await
        .json();
    made["value"]
        .as_str()
        .unwrap_or_else(|| panic!("{made}"))
        .to_owned()
}
