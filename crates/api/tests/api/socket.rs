//! Live updates over WebSocket.

use serde_json::{Value, json};

use crate::app::{App, Socket};

const T: i64 = 1_700_000_000_000;

async fn open(app: &App) -> Socket {
    let token = app.admin().await.token.unwrap();
    app.socket(&format!("/api/ws?token={token}")).await
}

fn watch(kind: &str, id: i64, device: &str) -> Value {
    json!({"cmds": [{"type": kind, "cmdId": id, "entityType": "DEVICE", "entityId": device}]})
}

#[tokio::test]
async fn a_token_in_the_first_frame_signs_in_and_its_commands_run() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let mut socket = app.socket("/api/ws").await;
    let mut first = watch("TIMESERIES", 1, &device);
    first["authCmd"] = json!({"cmdId": 0, "token": admin.token});
    socket.send(&first).await;
    let frame = socket.frame().await;
    assert_eq!(
        frame,
        json!({"subscriptionId": 1, "errorCode": 0, "errorMsg": null,
        "data": {}, "latestValues": {}})
    );
}

#[tokio::test]
async fn who_does_not_sign_in_is_closed_with_a_reason() {
    let app = App::start().await;
    let mut socket = app.socket("/api/ws").await;
    socket.send(&json!({"cmds": []})).await;
    assert_eq!(socket.closed().await.0, 1008);
    for first in [
        "nonsense",
        r#"{"authCmd":{"cmdId":0,"token":"a.b.c"}}"#,
        r#"{"authCmd":{"cmdId":0}}"#,
    ] {
        let mut socket = app.socket("/api/ws").await;
        socket.send_text(first).await;
        let (code, reason) = socket.closed().await;
        assert_eq!(code, 1007, "{first}");
        assert!(!reason.is_empty());
    }
    for path in [
        "/api/ws?token=a.b.c",
        "/api/ws/plugins/telemetry",
        "/api/ws/plugins/notifications?token=x",
    ] {
        assert_eq!(app.socket(path).await.closed().await.0, 1007, "{path}");
    }
    app.anonymous().get("/api/ws").await.refused(400, 31);
}

#[tokio::test]
async fn a_refresh_token_opens_no_socket() {
    let app = App::start().await;
    let body = json!({"username": crate::app::ADMIN, "password": crate::app::PASSWORD});
    let pair = app.anonymous().make("/api/auth/login", &body).await;
    let refresh = pair["refreshToken"].as_str().unwrap();
    assert_eq!(
        app.socket(&format!("/api/ws?token={refresh}"))
            .await
            .closed()
            .await
            .0,
        1007
    );
}

#[tokio::test]
async fn who_is_locked_out_is_closed_before_long() {
    let app = App::start().await;
    let person = app.customer_user().await;
    let token = person.token.clone().unwrap();
    let mut socket = app.socket(&format!("/api/ws?token={token}")).await;
    let me = crate::app::id_of(&person.read("/api/auth/user").await);
    let path = format!("/api/user/{me}/userCredentialsEnabled?userCredentialsEnabled=false");
    assert_eq!(app.admin().await.post(&path, &json!({})).await.status, 200);
    assert_eq!(socket.closed().await.0, 1008);
}

#[tokio::test]
async fn latest_values_come_first_and_then_as_they_change() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let save = format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY");
    admin
        .post(&save, &json!({"ts": T, "values": {"a": 1.5, "b": 2}}))
        .await;
    let mut socket = open(&app).await;
    let mut command = watch("TIMESERIES", 5, &device);
    command["cmds"][0]["keys"] = json!("a");
    command["cmds"][0]["scope"] = json!("LATEST_TELEMETRY");
    socket.send(&command).await;
    let first = socket.frame().await;
    assert_eq!(first["data"], json!({"a": [[T, "1.5"]]}));
    assert_eq!(first["latestValues"], json!({"a": T}));

    admin
        .post(&save, &json!({"ts": T + 1, "values": {"a": 3, "b": 4}}))
        .await;
    let next = socket.frame().await;
    assert_eq!(
        (&next["subscriptionId"], &next["data"]),
        (&json!(5), &json!({"a": [[T + 1, "3"]]}))
    );
    assert!(next.get("cmdId").is_none());

    command["cmds"][0]["unsubscribe"] = json!(true);
    socket.send(&command).await;
    // An answer to a later command shows that the subscription has ended.
    socket.send(&watch("ATTRIBUTES", 6, &device)).await;
    socket
        .frame_where(|frame| frame["subscriptionId"] == 6)
        .await;
    admin
        .post(&save, &json!({"ts": T + 2, "values": {"a": 9}}))
        .await;
    let attributes = format!("/api/plugins/telemetry/DEVICE/{device}/attributes/SHARED_SCOPE");
    admin.post(&attributes, &json!({"limit": 7})).await;
    let next = socket.frame().await;
    assert_eq!(next["subscriptionId"], 6);
    assert_eq!(next["data"]["limit"][0][1], "7");
}

#[tokio::test]
async fn a_time_window_gives_its_points_and_every_new_one() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let save = format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY");
    let points = json!([{"ts": T, "values": {"a": 1}}, {"ts": T + 10, "values": {"a": 2}}]);
    admin.post(&save, &points).await;
    let mut socket = open(&app).await;
    let mut command = watch("TIMESERIES", 2, &device);
    command["cmds"][0]["keys"] = json!("a");
    command["cmds"][0]["startTs"] = json!(T);
    command["cmds"][0]["timeWindow"] = json!(1000);
    command["cmds"][0]["limit"] = json!(100);
    socket.send(&command).await;
    let first = socket.frame().await;
    assert_eq!(first["data"], json!({"a": [[T + 10, "2"], [T, "1"]]}));
    // A late point is no latest value, but belongs to the window.
    admin
        .post(&save, &json!({"ts": T + 5, "values": {"a": 3}}))
        .await;
    assert_eq!(socket.frame().await["data"], json!({"a": [[T + 5, "3"]]}));
}

#[tokio::test]
async fn history_is_answered_once_in_both_forms_of_command() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let save = format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY");
    admin
        .post(
            &save,
            &json!([{"ts": T, "values": {"a": 1}}, {"ts": T + 10, "values": {"a": 3}}]),
        )
        .await;
    let token = admin.token.unwrap();
    let mut socket = app
        .socket(&format!("/api/ws/plugins/telemetry?token={token}"))
        .await;
    let command = json!({"cmdId": 3, "entityType": "DEVICE", "entityId": device, "keys": "a",
        "startTs": T, "endTs": T + 100, "interval": 100, "agg": "AVG"});
    socket
        .send(&json!({"historyCmds": [command], "tsSubCmds": null}))
        .await;
    let frame = socket.frame().await;
    assert_eq!(
        (&frame["subscriptionId"], &frame["data"]),
        (&json!(3), &json!({"a": [[T + 50, "2.0"]]}))
    );
}

#[tokio::test]
async fn attributes_of_all_scopes_come_and_deletions_too() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/plugins/telemetry/DEVICE/{device}");
    admin
        .post(
            &format!("{at}/attributes/SERVER_SCOPE"),
            &json!({"a": {"b": 1}}),
        )
        .await;
    let mut socket = open(&app).await;
    socket.send(&watch("ATTRIBUTES", 1, &device)).await;
    assert_eq!(socket.frame().await["data"]["a"][0][1], "{\"b\":1}");
    admin
        .post(
            &format!("{at}/attributes/SHARED_SCOPE"),
            &json!({"c": true}),
        )
        .await;
    assert_eq!(socket.frame().await["data"]["c"][0][1], "true");
    admin.delete(&format!("{at}/SERVER_SCOPE?keys=a")).await;
    assert_eq!(socket.frame().await["data"], json!({"a": [[0, ""]]}));
}

#[tokio::test]
async fn what_is_not_supported_or_wrong_is_answered_by_name() {
    let app = App::start().await;
    let mut socket = open(&app).await;
    socket
        .send(&json!({"cmds": [{"type": "WEATHER", "cmdId": 4, "query": {}}]}))
        .await;
    let frame = socket.frame().await;
    assert_eq!(
        (&frame["subscriptionId"], &frame["errorCode"]),
        (&json!(4), &json!(2))
    );
    assert!(frame["errorMsg"].as_str().unwrap().contains("WEATHER"));
    for (command, says) in [
        (json!({"type": "TIMESERIES", "cmdId": 4}), "entityType"),
        (
            json!({"type": "TIMESERIES", "cmdId": 4, "entityType": "DEVICE"}),
            "entityId",
        ),
        (
            json!({"type": "TIMESERIES", "cmdId": 4, "entityType": "DEVICE", "entityId": "x"}),
            "Invalid UUID string: x",
        ),
        (json!({"type": "TIMESERIES", "cmdId": -4}), "cmdId"),
        (
            json!({"type": "ATTRIBUTES", "cmdId": 4, "entityType": "NOTHING"}),
            "NOTHING",
        ),
    ] {
        socket.send(&json!({"cmds": [command]})).await;
        let frame = socket.frame().await;
        assert_eq!(
            (&frame["subscriptionId"], &frame["errorCode"]),
            (&command["cmdId"], &json!(2)),
            "{frame}"
        );
        assert!(
            frame["errorMsg"].as_str().unwrap().contains(says),
            "{frame}"
        );
    }
    socket.send_text("{").await;
    assert_eq!(
        socket.frame().await,
        json!({"subscriptionId": 1, "errorCode": 2,
        "errorMsg": "Failed to parse the payload"})
    );
}

#[tokio::test]
async fn the_inbox_is_followed_and_read() {
    let app = App::start().await;
    let mut socket = open(&app).await;
    socket
        .send(
            &json!({"cmds": [{"type": "NOTIFICATIONS_COUNT", "cmdId": 1},
        {"type": "NOTIFICATIONS", "cmdId": 2, "limit": 5}]}),
        )
        .await;
    let count = socket.frame().await;
    assert_eq!(
        (&count["cmdId"], &count["totalUnreadCount"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(count["cmdUpdateType"], "NOTIFICATIONS_COUNT");
    let rows = socket.frame().await;
    assert_eq!(
        (&rows["notifications"], &rows["update"]),
        (&json!([]), &json!(null))
    );

    app.notify_of_device("meter");
    let (mut told, mut row) = (None, None);
    while told.is_none() || row.is_none() {
        let frame = socket.frame().await;
        assert!(frame["sequenceNumber"].as_u64() > rows["sequenceNumber"].as_u64());
        assert!(frame.get("subscriptionId").is_none());
        match frame["cmdId"].as_i64() {
            Some(1) => told = Some(frame),
            _ => row = Some(frame),
        }
    }
    assert_eq!(told.unwrap()["totalUnreadCount"], 1);
    let row = row.unwrap();
    assert_eq!(row["update"]["info"]["entityName"], "meter");

    socket
        .send(&json!({"cmds": [{"type": "NOTIFICATIONS_UNSUBSCRIBE", "cmdId": 2}]}))
        .await;
    let id = &row["update"]["id"]["id"];
    socket
        .send(&json!({"markAsReadCmd": {"cmdId": 3, "notifications": [id]}}))
        .await;
    let read = socket.frame().await;
    assert_eq!(
        (&read["cmdId"], &read["totalUnreadCount"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn another_persons_inbox_stays_closed() {
    let app = App::start().await;
    let token = app.stranger().await.token.unwrap();
    let mut socket = app
        .socket(&format!("/api/ws/plugins/notifications?token={token}"))
        .await;
    socket
        .send(&json!({"unreadCountSubCmd": {"cmdId": 1}}))
        .await;
    assert_eq!(socket.frame().await["totalUnreadCount"], 0);
    app.notify_of_device("meter");
    // The stranger's next frame answers the next command: nothing came in between.
    socket
        .send(&json!({"unreadCountSubCmd": {"cmdId": 9}}))
        .await;
    let frame = socket.frame().await;
    assert_eq!(
        (&frame["cmdId"], &frame["totalUnreadCount"]),
        (&json!(9), &json!(0))
    );
}
