//! Time series as CSV.

use std::fs;

use millrace_testbed::{Actor, Server, millrace};
use serde_json::{Value, json};
use tokio::process::Command;

/// Runs `millrace data export`; returns whether it succeeded, its output and its errors.
async fn export(arguments: &[&str], key: Option<&str>) -> (bool, String, String) {
    let mut command = Command::new(millrace());
    command.args(["data", "export"]).args(arguments);
    command.env_remove("MILLRACE_BIN");
    if let Some(key) = key {
        command.env("MILLRACE_API_KEY", key);
    }
    let output = command.output().await.expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

async fn device(admin: &Actor, name: &str) -> String {
    let device = admin
        .post("/api/device", json!({"name": name, "type": "default"}))
        .await;
    device["id"]["id"].as_str().expect("an id").to_owned()
}

async fn save(admin: &Actor, device: &str, points: Value) {
    let path = format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY");
    let reply = admin.request("POST", &path, Some(points)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn every_point_is_exported_in_its_order() {
    const POINTS: i64 = 4500;
    let mut server = Server::fresh().await;
    let admin = server.admin().await;
    let long = device(&admin, "long").await;
    for start in (0..POINTS).step_by(500) {
        let points: Vec<Value> = (start..(start + 500).min(POINTS))
            .map(|n| json!({"ts": 1_000_000 + n, "values": {"n": n}}))
            .collect();
        save(&admin, &long, Value::from(points)).await;
    }
    let odd = device(&admin, "odd, \"quoted\"").await;
    let values = json!({"a,b": "x, y", "d": 25.0, "flag": true, "state": {"on": false}});
    save(&admin, &odd, json!({"ts": 7, "values": values})).await;

    let mut expected = "entity type,entity name,key,ts,value\n".to_owned();
    for n in 0..POINTS {
        expected.push_str(&format!("DEVICE,long,n,{},{n}\n", 1_000_000 + n));
    }
    for line in [
        r#""a,b",7,"x, y""#,
        "d,7,25.0",
        "flag,7,true",
        r#"state,7,"{""on"":false}""#,
    ] {
        expected.push_str(&format!("DEVICE,\"odd, \"\"quoted\"\"\",{line}\n"));
    }

    let key = json!({"description": "export", "enabled": true, "userId": admin.get("/api/auth/user").await["id"]});
    let key = admin.post("/api/apiKey", key).await["value"]
        .as_str()
        .expect("a key")
        .to_owned();
    let url = server.url().to_owned();
    let (done, all, errors) = export(&["--server", &url], Some(&key)).await;
    assert!(done, "{errors}");
    assert!(all == expected, "{}", &all[..all.len().min(2000)]);

    let range = [
        "--device", "long", "--key", "n", "--from", "1001999", "--to", "1002001",
    ];
    let arguments = [&["--server", url.as_str()], &range[..]].concat();
    let (done, some, errors) = export(&arguments, Some(&key)).await;
    assert!(done, "{errors}");
    let lines: Vec<&str> = some.lines().skip(1).collect();
    assert_eq!(
        lines,
        ["DEVICE,long,n,1001999,1999", "DEVICE,long,n,1002000,2000"]
    );

    let (done, _, errors) = export(&["--server", &url, "--device", "nobody"], Some(&key)).await;
    assert!(
        !done && errors.contains("no device called \"nobody\""),
        "{errors}"
    );
    let data = server.data_dir().to_str().expect("UTF-8").to_owned();
    let (done, _, errors) = export(&["--data-dir", &data], None).await;
    assert!(!done && errors.contains("--server"), "{errors}");
    server.sigterm().await;

    // The same from the directory at rest, into a file.
    let place = tempfile::tempdir().expect("a temporary directory");
    let file = place.path().join("all.csv");
    let name = file.to_str().expect("UTF-8");
    let (done, said, errors) = export(&[name, "--data-dir", &data], None).await;
    assert!(
        done && said.contains("4504 points of 2 entities"),
        "{said}{errors}"
    );
    assert!(fs::read_to_string(&file).expect("the file is there") == expected);
    let (done, _, errors) = export(&[name, "--data-dir", &data], None).await;
    assert!(!done && errors.contains("is there already"), "{errors}");
}
