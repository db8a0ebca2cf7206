//! Captured messages and replays: bounds, hostile scripts and payloads, and whose they are.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use millrace_store::journal::{Append, InRecord, OutRecord, Seq, Source};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{Actor, App, id_of};

const RUN: &str = "/api/millrace/converter/run";
const DEPLOYED: &str = "var body = decodeToJson(payload);
return {deviceName: metadata.topic, telemetry: {t: body.t, at: new Date().getTime(), r: Math.random()}};";

/// An integration that is off, with its converter, and what the journal holds of it.
struct Source1 {
    converter: String,
    integration: String,
}

impl Source1 {
    async fn make(admin: &Actor) -> Self {
        let converter = json!({"name": "up", "type": "UPLINK",
            "configuration": {"scriptLang": "TBEL", "tbelDecoder": DEPLOYED}});
        let converter = admin.make("/api/converter", &converter).await;
        let integration = json!({"name": "mqtt", "type": "MQTT", "enabled": false,
            "defaultConverterId": converter["id"],
            "configuration": {"clientConfiguration": {"host": "broker.example", "port": 1883,
                "credentials": {"type": "anonymous"}},
                "topicFilters": [{"filter": "a", "qos": 0}], "metadata": {"plant": "north"}}});
        let integration = id_of(&admin.make("/api/integration", &integration).await);
        Self {
            converter: id_of(&converter),
            integration,
        }
    }

    /// As a link's messages come, without a link.
    fn receive(&self, app: &App, messages: &[(&str, &[u8])]) -> Seq {
        let source = Source {
            tenant: app.tenant,
            integration: self.integration.parse().unwrap(),
        };
        let journal = app.platform.path.journal();
        let record = |(n, (topic, payload)): (usize, &(&str, &[u8]))| InRecord {
            source,
            arrival_ms: 1_700_000_000_000 + i64::try_from(n).unwrap(),
            topic: (*topic).into(),
            payload: payload.to_vec().into(),
            qos: 1,
            retain: false,
            identity: None,
            properties: Some(r#"{"contentType":"x/y"}"#.into()),
        };
        let first = journal.append(Append {
            ins: messages.iter().enumerate().map(record).collect(),
            ..Append::default()
        });
        journal.sync().unwrap();
        first
    }
}

fn payload(message: &Value) -> Vec<u8> {
    STANDARD
        .decode(message["payload"].as_str().unwrap())
        .unwrap()
}

#[tokio::test]
async fn captured_messages_are_newest_first_with_what_became_of_them() {
    let app = App::start().await;
    let admin = app.admin().await;
    let source = Source1::make(&admin).await;
    let first = source.receive(
        &app,
        &[("a/1", b"{\"t\":1}"), ("b/1", &[0, 255]), ("a/2", b"")],
    );
    app.platform.path.journal().append(Append {
        outs: vec![
            OutRecord::Done(first),
            OutRecord::Failed(first + 1),
            OutRecord::Done(first + 1),
        ],
        ..Append::default()
    });
    app.platform.path.journal().sync().unwrap();
    for id in [&source.integration, &source.converter] {
        let page = admin
            .read(&format!("/api/millrace/messages?source={id}"))
            .await;
        let topics: Vec<_> = page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["topic"].clone(), one["outcome"].clone()))
            .collect();
        assert_eq!(
            topics,
            [
                (json!("a/2"), json!("WAITING")),
                (json!("b/1"), json!("FAILED")),
                (json!("a/1"), json!("CONVERTED")),
            ]
        );
        assert_eq!(page["keptSince"], 1_700_000_000_000_i64);
        assert_eq!(payload(&page["messages"][1]), [0, 255]);
        assert_eq!(
            page["messages"][1]["metadata"],
            json!({"plant": "north", "integrationName": "mqtt", "topic": "b/1", "qos": "1",
                "retain": "false", "contentType": "x/y"})
        );
    }
    let id = &source.integration;
    let one = admin
        .read(&format!(
            "/api/millrace/messages?source={id}&last=5&topic=a/%2B"
        ))
        .await;
    assert_eq!(one["messages"].as_array().unwrap().len(), 2);
    let last = admin
        .read(&format!("/api/millrace/messages?source={id}&last=1"))
        .await;
    assert_eq!(last["messages"][0]["topic"], "a/2");
}

#[tokio::test]
async fn a_large_payload_is_cut_and_fetched_whole_by_its_id() {
    let app = App::start().await;
    let admin = app.admin().await;
    let source = Source1::make(&admin).await;
    let large = vec![7_u8; 1 << 20];
    let id = source.receive(&app, &[("a", &large)]);
    let page = admin
        .read(&format!(
            "/api/millrace/messages?source={}",
            source.integration
        ))
        .await;
    let message = &page["messages"][0];
    assert_eq!(message["cut"], true);
    assert_eq!(message["size"], 1 << 20);
    assert_eq!(payload(message).len(), 64 << 10);
    let whole = admin.read(&format!("/api/millrace/messages/{id}")).await;
    assert_eq!(whole["cut"], false);
    assert_eq!(payload(&whole), large);
    let app2 = app.stranger().await;
    for missing in [id.to_string(), "0".into(), "99999999".into(), "x".into()] {
        let path = format!("/api/millrace/messages/{missing}");
        app2.get(&path).await.refused(404, 32);
    }
    // Every script refuses so large an argument: that is an outcome like any other.
    let report = admin
        .make(
            RUN,
            &json!({"source": source.integration, "scriptLang": "TBEL", "script": "return {deviceName: 'a'};"}),
        )
        .await;
    assert_eq!(report["rows"][0]["verdict"], "STILL_FAILS");
    assert_eq!(report["rows"][0]["edited"]["error"]["kind"], "limit");
    // Sixteen of them are more than an answer holds.
    source.receive(&app, &vec![("a", &large[..]); 16]);
    let page = admin
        .read(&format!(
            "/api/millrace/messages?source={}",
            source.integration
        ))
        .await;
    assert!(page["messages"].as_array().unwrap().len() < 16);
    assert!(page["stopped"].as_str().unwrap().contains("MiB"), "{page}");
}

#[tokio::test]
async fn each_message_runs_through_both_scripts_and_the_rows_tell_what_differs() {
    let app = App::start().await;
    let admin = app.admin().await;
    let source = Source1::make(&admin).await;
    let first = source.receive(
        &app,
        &[
            ("same", b"{\"t\":1}"),
            ("changed", b"{\"t\":20}"),
            ("text", b"not json"),
            ("binary", &[0xff, 0xfe, 0]),
        ],
    );
    let script = "if (decodeToString(payload) == 'not json') { return {deviceName: metadata.topic}; }
var body = decodeToJson(payload);
if (body.t > 10 && metadata.plant == 'north') {
  return {deviceName: metadata.topic, telemetry: {t: body.t + 1, u: 'new', at: new Date().getTime()}};
}
return {deviceName: metadata.topic, telemetry: {t: body.t, at: new Date().getTime(), r: Math.random()}};";
    let request =
        json!({"source": source.integration, "scriptLang": "TBEL", "script": script, "last": 10});
    let report = admin.make(RUN, &request).await;
    let rows = report["rows"].as_array().unwrap();
    let verdict = |topic: &str| {
        rows.iter()
            .find(|row| row["message"]["topic"] == topic)
            .unwrap()
    };
    // Clock and randomness are the message's own: the same script gives the same values.
    assert_eq!(verdict("same")["verdict"], "SAME", "{report:#}");
    let output: Value =
        serde_json::from_str(verdict("same")["edited"]["output"].as_str().unwrap()).unwrap();
    assert_eq!(output["telemetry"]["at"], 1_700_000_000_000_i64);
    let changed = verdict("changed");
    assert_eq!(changed["verdict"], "CHANGED");
    assert_eq!(
        changed["differences"][0],
        json!({"path": "telemetry.t", "change": "CHANGED", "deployed": "20", "edited": "21"})
    );
    assert_eq!(changed["differences"][1]["path"], "telemetry.r");
    assert_eq!(changed["differences"][1]["change"], "REMOVED");
    assert_eq!(
        changed["differences"][2],
        json!({"path": "telemetry.u", "change": "ADDED", "deployed": null, "edited": "\"new\""})
    );
    assert_eq!(verdict("text")["verdict"], "NOW_WORKS");
    assert_eq!(verdict("binary")["verdict"], "STILL_FAILS");
    assert_eq!(verdict("binary")["edited"]["error"]["line"], 2);
    let summary = &report["summary"];
    assert_eq!(
        (
            &summary["same"],
            &summary["changed"],
            &summary["nowWork"],
            &summary["stillFail"],
            &summary["nowFail"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(1), &json!(0))
    );
    assert!(summary["cpuMicros"].as_u64().unwrap() > 0, "{summary}");

    // One message by its id; a result that would be refused fails; so does a script that does not
    // compile, with its line.
    let ids = json!([first.to_string()]);
    let refused = json!({"source": source.converter, "scriptLang": "JS",
        "script": "return {telemetry: {t: 1}};", "ids": ids});
    let report = admin.make(RUN, &refused).await;
    assert_eq!(report["summary"]["nowFail"], 1);
    assert_eq!(report["rows"][0]["edited"]["error"]["kind"], "result");
    let broken = json!({"source": source.converter, "ids": ids,
        "configuration": {"scriptLang": "TBEL", "tbelDecoder": "return 1;\nvar = ;"}});
    let report = admin.make(RUN, &broken).await;
    assert_eq!(report["rows"][0]["verdict"], "NOW_FAILS");
    assert_eq!(report["rows"][0]["edited"]["error"]["line"], 2);
}

#[tokio::test]
async fn an_endless_script_ends_at_the_bound_with_what_it_has() {
    let app = App::start().await;
    let admin = app.admin().await;
    let source = Source1::make(&admin).await;
    source.receive(&app, &vec![("a", &b"{\"t\":1}"[..]); 400]);
    let endless = json!({"source": source.integration, "scriptLang": "TBEL", "last": 400,
        "script": "while (true) {} return null;", "timeoutMs": 1200});
    let began = Instant::now();
    let report = admin.make(RUN, &endless).await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    let ran = report["summary"]["ran"].as_u64().unwrap();
    assert!(ran > 0 && ran < 400, "{ran} ran");
    assert_eq!(report["summary"]["nowFail"], ran);
    assert_eq!(report["rows"].as_array().unwrap().len() as u64, ran);
    let stopped = report["stopped"].as_str().unwrap();
    assert!(stopped.starts_with("stopped after 1.2 s"), "{stopped}");
}

#[tokio::test]
async fn results_have_a_bound_together() {
    let app = App::start().await;
    let admin = app.admin().await;
    let source = Source1::make(&admin).await;
    source.receive(&app, &vec![("a", &b"{\"t\":1}"[..]); 400]);
    let script = "var text = 'x'; for (var i = 0; i < 17; i++) text = text + text; return {deviceName: 'a', telemetry: {text: text}};";
    let request = json!({"source": source.integration, "scriptLang": "TBEL", "script": script,
        "last": 400, "timeoutMs": 30000});
    let reply = admin.post(RUN, &request).await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.len() < 12 << 20, "{} bytes", reply.text.len());
    let report = reply.json();
    assert_eq!(report["rows"][0]["edited"]["cut"], true);
    let stopped = report["stopped"].as_str().unwrap();
    assert!(stopped.contains("8 MiB of results"), "{stopped}");
}

#[tokio::test]
async fn only_the_tenants_administrators_ask_and_nonsense_is_refused() {
    let app = App::start().await;
    let admin = app.admin().await;
    let source = Source1::make(&admin).await;
    source.receive(&app, &[("a", b"{}")]);
    let page = format!("/api/millrace/messages?source={}", source.integration);
    let run = json!({"source": source.integration, "scriptLang": "TBEL", "script": "return null;"});
    let anonymous = app.anonymous();
    assert_eq!(anonymous.get(&page).await.status, 401);
    assert_eq!(anonymous.post(RUN, &run).await.status, 401);
    for nobody in [app.customer_user().await, app.system_administrator().await] {
        assert_eq!(nobody.get(&page).await.status, 403);
        assert_eq!(nobody.post(RUN, &run).await.status, 403);
    }
    let stranger = app.stranger().await;
    stranger.post(RUN, &run).await.refused(404, 32);
    for query in [
        "last=0",
        "last=501",
        "last=99999999999",
        "last=x",
        "topic=a/%23/b",
    ] {
        admin.get(&format!("{page}&{query}")).await.refused(400, 31);
    }
    for path in [
        "/api/millrace/messages".to_owned(),
        "/api/millrace/messages?source=x".to_owned(),
    ] {
        admin.get(&path).await.refused(400, 31);
    }
    let nobody = format!("/api/millrace/messages?source={}", Uuid::nil());
    admin.get(&nobody).await.refused(404, 32);
    for (member, value) in [
        ("last", json!(1_000_000)),
        ("last", json!(0)),
        ("ids", json!(vec!["1"; 501])),
        ("ids", json!(["one"])),
        ("timeoutMs", json!(0)),
        ("timeoutMs", json!(60_000)),
        ("configuration", json!({})),
        ("script", Value::Null),
        ("scriptLang", json!("COBOL")),
        ("converterType", json!("DOWNLINK")),
        ("topic", json!("#/a")),
    ] {
        let mut wrong = run.clone();
        wrong[member] = value;
        let reply = admin.post(RUN, &wrong).await;
        assert_eq!(reply.status, 400, "{wrong}: {}", reply.text);
    }
    let unused = json!({"name": "unused", "type": "UPLINK"});
    let unused = id_of(&admin.make("/api/converter", &unused).await);
    let page = admin
        .read(&format!("/api/millrace/messages?source={unused}"))
        .await;
    assert_eq!(page["messages"], json!([]));
    assert!(page["keptSince"].is_i64(), "{page}");
}
