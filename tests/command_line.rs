//! The doors on the command line.

use std::process::Stdio;

use millrace_testbed::{Actor, Server, ServerOptions, eventually, millrace};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Runs the program and returns its exit code and what it printed on standard output.
async fn run(arguments: &[&str], input: &str) -> (i32, String) {
    let mut child = Command::new(millrace())
        .args(arguments)
        .env_remove("MILLRACE_BIN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(input.as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    let code = output.status.code().expect("it ends by itself");
    (code, String::from_utf8(output.stdout).expect("text"))
}

#[tokio::test]
async fn the_documented_configuration_is_what_the_program_prints() {
    let (code, printed) = run(&["config"], "").await;
    assert_eq!(code, 0);
    let page = include_str!("../docs/configuration.md");
    assert!(
        page.contains(&printed),
        "docs/configuration.md does not hold:\n{printed}"
    );
}

#[tokio::test]
async fn a_configuration_can_be_checked() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("millrace.toml");
    let name = file.to_str().expect("a temporary path is UTF-8");
    std::fs::write(&file, "[path]\nlanes = 2\n").expect("the file can be written");
    assert_eq!(run(&["config", "--check", name], "").await.0, 0);
    std::fs::write(&file, "[path]\nlines = 2\n").expect("the file can be written");
    assert_ne!(run(&["config", "--check", name], "").await.0, 0);
}

/// One answer a line; doubles keep their point, errors say where.
#[tokio::test]
async fn scripts_are_evaluated_line_by_line() {
    let requests = [
        json!({"id": 1, "script": "return a * 2.5;", "args": {"a": 10}}),
        json!({"id": 2, "script": "return decodeToJson(p).v;", "args": {"p": {"$bytes": "eyJ2Ijo3fQ=="}}}),
        json!({"id": 3, "script": "return a +;", "args": {"a": 1}}),
        json!({"id": 4, "script": "while (true) { a = a + 1; }", "args": {"a": 1}}),
    ];
    let input: String = requests
        .iter()
        .map(|request| format!("{request}\n"))
        .collect();
    for language in ["tbel", "js"] {
        let (code, printed) = run(&["script", "eval", "--lang", language], &input).await;
        assert_eq!(code, 0, "{language}");
        let answers: Vec<Value> = printed
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect();
        assert_eq!(answers.len(), 4, "{language}: {printed}");
        let [product, decoded, broken, endless] = &answers[..] else {
            unreachable!()
        };
        assert_eq!(product["ok"].as_f64(), Some(25.0), "{language}: {product}");
        assert_eq!(decoded["ok"], json!(7), "{language}: {decoded}");
        assert_eq!(
            broken["error"]["kind"],
            json!("compile"),
            "{language}: {broken}"
        );
        assert_eq!(broken["error"]["line"], json!(1), "{language}: {broken}");
        assert_eq!(
            endless["error"]["kind"],
            json!("limit"),
            "{language}: {endless}"
        );
        assert!(
            language == "js" || printed.contains("25.0"),
            "doubles keep their point"
        );
    }
}

#[tokio::test]
async fn converters_are_tested_with_their_cases() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/converter-cases");
    let (code, printed) = run(&["converter", "test", cases], "").await;
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed
            .lines()
            .last()
            .unwrap_or_default()
            .ends_with("0 failed"),
        "{printed}"
    );
    let directory = tempfile::tempdir().expect("a temporary directory");
    for entry in std::fs::read_dir(format!("{cases}/sensor"))
        .expect("cases")
        .flatten()
    {
        let copy = directory.path().join(entry.file_name());
        std::fs::copy(entry.path(), copy).expect("a file can be copied");
    }
    let spoiled = r#"{"deviceName": "another"}"#;
    std::fs::write(directory.path().join("result.json"), spoiled).expect("a file can be written");
    let folder = directory
        .path()
        .to_str()
        .expect("a temporary path is UTF-8");
    let (code, printed) = run(&["converter", "test", folder], "").await;
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("another") && printed.contains("SN-001"),
        "a difference: {printed}"
    );
}

/// One command, and both tutorials run: two devices, each with a temperature.
#[tokio::test]
async fn the_demonstration_shows_both_devices() {
    let options = ServerOptions {
        command: Some("demo"),
        args: vec!["--broker-port".into(), "0".into()],
        ..ServerOptions::default()
    };
    let server = Server::start(options).await;
    let admin = Actor::new(server.anonymous().login("demo@localhost", "demo").await);
    for (name, kind) in [("SN-001", "sensor"), ("Thermostat-A", "thermostat")] {
        let device = admin.device(name).await;
        assert_eq!(device["type"], json!(kind));
        eventually(&format!("{name} reports a temperature"), || async {
            admin
                .latest(&device, "temperature")
                .await
                .ok_or("no temperature yet")
        })
        .await;
    }
}
