//! What one client of the WebSocket may ask for, and that it holds nobody up.

use serde_json::{Value, json};

use crate::app::{App, Socket};

const T: i64 = 1_700_000_000_000;

async fn open(app: &App) -> Socket {
    let token = app.admin().await.token.unwrap();
    app.socket(&format!("/api/ws?token={token}")).await
}

fn watches(device: &str, ids: std::ops::Range<i64>) -> Value {
    let commands: Vec<Value> = ids
        .map(|id| {
            json!({"type": "TIMESERIES", "cmdId": id, "keys": "n",
                "entityType": "DEVICE", "entityId": device})
        })
        .collect();
    json!({ "cmds": commands })
}

fn number(frame: &Value) -> Option<i64> {
    let text = frame["data"]["n"][0][1].as_str()?;
    text.split_once(' ')?.0.parse().ok()
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_nobody_up_and_finds_the_newest_value() {
    const LAST: i64 = 150;
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let (mut idle, mut busy) = (open(&app).await, open(&app).await);
    for socket in [&mut idle, &mut busy] {
        socket.send(&watches(&device, 1..2)).await;
        socket.frame().await;
    }
    let save = format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY");
    for n in 1..=LAST {
        let value = format!("{n} {}", "x".repeat(100_000));
        let body = json!({"ts": T + n, "values": {"n": value}});
        assert_eq!(admin.post(&save, &body).await.status, 200);
    }
    busy.frame_where(|frame| number(frame) == Some(LAST)).await;
    let mut frames = 1;
    while number(&idle.frame().await) != Some(LAST) {
        frames += 1;
    }
    assert!(frames < LAST, "{frames} frames waited");
}

#[tokio::test]
async fn too_many_subscriptions_end_the_connection() {
    let app = App::start().await;
    let device = app.admin().await.make_device("meter").await;
    let mut socket = open(&app).await;
    for start in (1..=900).step_by(100) {
        socket.send(&watches(&device, start..start + 100)).await;
        for _ in 0..100 {
            assert_eq!(socket.frame().await["errorCode"], 0);
        }
    }
    socket.send(&watches(&device, 901..1_002)).await;
    for _ in 0..100 {
        assert_eq!(socket.frame().await["errorCode"], 0);
    }
    assert_eq!(socket.closed().await.0, 1008);
}

#[tokio::test]
async fn a_frame_with_too_many_commands_is_refused_and_the_connection_stays() {
    let app = App::start().await;
    let device = app.admin().await.make_device("meter").await;
    let mut socket = open(&app).await;
    socket.send(&watches(&device, 1..300)).await;
    let frame = socket.frame().await;
    assert_eq!(
        (&frame["subscriptionId"], &frame["errorCode"]),
        (&json!(1), &json!(2))
    );
    socket.send(&watches(&device, 7..8)).await;
    assert_eq!(socket.frame().await["subscriptionId"], 7);
}

#[tokio::test]
async fn hostile_commands_are_answered_and_the_connection_stays() {
    let app = App::start().await;
    let device = app.admin().await.make_device("meter").await;
    let mut socket = open(&app).await;
    let entity = format!("\"entityType\":\"DEVICE\",\"entityId\":\"{device}\"");
    for members in [
        format!("\"type\":\"TIMESERIES\",\"cmdId\":1e99,{entity}"),
        format!("\"type\":\"TIMESERIES\",\"cmdId\":\"one\",{entity}"),
        format!("\"type\":\"TIMESERIES\",\"cmdId\":1,\"keys\":[3],{entity}"),
        format!(
            "\"type\":\"TIMESERIES\",\"cmdId\":1,\"keys\":\"a\",\"startTs\":-9223372036854775808,\
             \"timeWindow\":9223372036854775807,\"interval\":-1,\"limit\":-1,\"agg\":\"SUM\",{entity}"
        ),
        format!(
            "\"type\":\"TIMESERIES_HISTORY\",\"cmdId\":1,\"startTs\":9223372036854775807,\
             \"endTs\":-9223372036854775808,\"interval\":1,\"agg\":\"AVG\",{entity}"
        ),
        format!("\"type\":\"TIMESERIES\",\"cmdId\":1,\"agg\":\"MEDIAN\",{entity}"),
        format!("\"type\":\"ATTRIBUTES\",\"cmdId\":1,\"scope\":\"NONE\",{entity}"),
        "\"type\":\"NOTIFICATIONS\",\"cmdId\":1,\"limit\":-1".to_owned(),
        "\"type\":\"MARK_NOTIFICATIONS_AS_READ\",\"cmdId\":1,\"notifications\":[3]".to_owned(),
        "\"type\":7".to_owned(),
        String::new(),
    ] {
        socket
            .send_text(&format!("{{\"cmds\":[{{{members}}}]}}"))
            .await;
        let frame = socket.frame().await;
        assert!(frame["errorCode"].is_u64(), "{members}: {frame}");
    }
    socket.send(&watches(&device, 9..10)).await;
    socket
        .frame_where(|frame| frame["subscriptionId"] == 9)
        .await;
}
