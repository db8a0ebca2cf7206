//! Entities over WebSocket: what is there at first, and what becomes of it.

use serde_json::{Value, json};

use crate::app::{Actor, App, Socket, id_of};

async fn signed_in(app: &App, actor: &Actor) -> Socket {
    let mut socket = app.socket("/api/ws").await;
    let auth = json!({"authCmd": {"cmdId": 0, "token": actor.token}});
    socket.send(&auth).await;
    socket
}

fn alias(filter: &Value) -> Value {
    json!({"entityFilter": filter,
        "pageLink": {"pageSize": 16384, "page": 0, "dynamic": true, "textSearch": null,
            "sortOrder": null},
        "entityFields": [{"type": "ENTITY_FIELD", "key": "name"}],
        "latestValues": [{"type": "TIME_SERIES", "key": "temperature"}]})
}

fn devices() -> Value {
    json!({"type": "entityType", "entityType": "DEVICE"})
}

async fn save(actor: &Actor, device: &str, values: Value) {
    let path = format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY");
    assert_eq!(actor.post(&path, &values).await.status, 200);
}

fn temperature() -> Value {
    json!({"keys": [{"type": "TIME_SERIES", "key": "temperature"}]})
}

#[tokio::test]
async fn a_subscription_begins_with_everything_and_goes_on_with_what_changes() {
    let app = App::start().await;
    let admin = app.admin().await;
    let id = admin.make_device("meter").await;
    save(&admin, &id, json!({"temperature": 25.0, "other": 1})).await;
    let mut socket = signed_in(&app, &admin).await;
    let latest = json!({"keys": [{"type": "TIME_SERIES", "key": "temperature"},
        {"type": "ATTRIBUTE", "key": "floor"}, {"type": "SHARED_ATTRIBUTE", "key": "on"}]});
    socket
        .send(
            &json!({"cmds": [{"type": "ENTITY_DATA", "cmdId": 4, "query": alias(&devices()),
            "latestCmd": latest, "tsCmd": null, "historyCmd": null}]}),
        )
        .await;
    let first = socket.frame().await;
    assert_eq!(
        (
            &first["cmdId"],
            &first["errorCode"],
            &first["cmdUpdateType"]
        ),
        (&json!(4), &json!(0), &json!("ENTITY_DATA"))
    );
    assert!(first.get("subscriptionId").is_none() && first["update"].is_null());
    assert!(first["allowedEntities"].as_i64() > Some(0));
    assert_eq!(first["data"]["totalElements"], 1);
    let row = &first["data"]["data"][0];
    assert_eq!(row["latest"]["ENTITY_FIELD"]["name"]["value"], "meter");
    assert_eq!(row["latest"]["TIME_SERIES"]["temperature"]["value"], "25.0");
    assert_eq!(
        row["latest"]["ATTRIBUTE"]["floor"],
        json!({"ts": 0, "value": ""})
    );

    save(
        &admin,
        &id,
        json!({"ts": 1_900_000_000_000_i64, "values": {"other": 2}}),
    )
    .await;
    save(&admin, &id, json!({"temperature": 26})).await;
    let next = socket.frame().await;
    assert!(next["data"].is_null(), "{next}");
    let change = &next["update"][0];
    assert_eq!(
        change["entityId"],
        json!({"entityType": "DEVICE", "id": id})
    );
    assert_eq!(change["latest"].as_object().unwrap().len(), 1);
    assert_eq!(
        change["latest"]["TIME_SERIES"].as_object().unwrap().len(),
        1
    );
    assert_eq!(
        change["latest"]["TIME_SERIES"]["temperature"]["value"],
        "26"
    );

    let attributes = format!("/api/plugins/telemetry/DEVICE/{id}/attributes");
    for (scope, values) in [
        ("SERVER_SCOPE", json!({"floor": 3})),
        ("SHARED_SCOPE", json!({"on": true})),
    ] {
        assert_eq!(
            admin
                .post(&format!("{attributes}/{scope}"), &values)
                .await
                .status,
            200
        );
    }
    let floor = |frame: &Value| frame["update"][0]["latest"]["ATTRIBUTE"]["floor"]["value"] == "3";
    let is_on =
        |frame: &Value| frame["update"][0]["latest"]["SHARED_ATTRIBUTE"]["on"]["value"] == "true";
    let (mut seen_floor, mut seen_on) = (false, false);
    while !(seen_floor && seen_on) {
        let frame = socket.frame().await;
        seen_floor |= floor(&frame);
        seen_on |= is_on(&frame);
    }

    socket
        .send(&json!({"cmds": [{"type": "ENTITY_DATA_UNSUBSCRIBE", "cmdId": 4}]}))
        .await;
    // The command is in force when the next one is answered; then nothing of 4 comes any more.
    let count = json!({"cmds": [{"type": "ENTITY_COUNT", "cmdId": 5,
        "query": {"entityFilter": devices()}}]});
    socket.send(&count).await;
    assert_eq!(
        socket.frame_where(|frame| frame["cmdId"] == 5).await["count"],
        1
    );
    save(&admin, &id, json!({"temperature": 27})).await;
    admin.make_device("second").await;
    let last = socket.frame().await;
    assert_eq!(
        (&last["cmdUpdateType"], &last["count"]),
        (&json!("COUNT_DATA"), &json!(2))
    );
}

#[tokio::test]
async fn a_window_of_points_comes_whole_and_goes_on_point_by_point() {
    let app = App::start().await;
    let admin = app.admin().await;
    let id = admin.make_device("meter").await;
    let start = 1_700_000_000_000_i64;
    for (offset, value) in [(-500, 1), (0, 10), (400, 20), (1_000, 30)] {
        let point = json!({"ts": start + offset, "values": {"temperature": value}});
        save(&admin, &id, point).await;
    }
    let mut socket = signed_in(&app, &admin).await;
    let series = |agg: &str, previous: bool| {
        json!({"keys": ["temperature"], "startTs": start, "timeWindow": 60_000, "interval": 1_000,
            "limit": 100, "agg": agg, "intervalType": "MILLISECONDS", "timeZoneId": null,
            "fetchLatestPreviousPoint": previous})
    };
    // Asked for entities first, and then for points of the same entities.
    socket
        .send(&json!({"cmds": [{"type": "ENTITY_DATA", "cmdId": 1, "query": alias(&devices())}]}))
        .await;
    assert_eq!(
        socket.frame().await["data"]["data"][0]["timeseries"],
        json!({})
    );
    socket
        .send(
            &json!({"cmds": [{"type": "ENTITY_DATA", "cmdId": 1, "tsCmd": series("AVG", false)}]}),
        )
        .await;
    let values = |points: &Value| -> Vec<(i64, String)> {
        let points = points.as_array().unwrap().iter();
        points
            .map(|point| {
                (
                    point["ts"].as_i64().unwrap() - start,
                    point["value"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let frame = socket.frame().await;
    let points = values(&frame["update"][0]["timeseries"]["temperature"]);
    assert_eq!(
        points,
        [(1_500, "30.0".to_owned()), (500, "15.0".to_owned())]
    );
    save(
        &admin,
        &id,
        json!({"ts": start + 2_000, "values": {"temperature": 40}}),
    )
    .await;
    let frame = socket.frame().await;
    let points = values(&frame["update"][0]["timeseries"]["temperature"]);
    assert_eq!(points, [(2_000, "40".to_owned())]);
    assert_eq!(frame["update"][0]["latest"], json!({}));

    // At once, in the older form of the frame, with the point before the window.
    let query = alias(&devices());
    socket
        .send(&json!({"entityDataCmds": [{"cmdId": 2, "query": query, "tsCmd": series("NONE", true)}]}))
        .await;
    let frame = socket.frame().await;
    let points = values(&frame["data"]["data"][0]["timeseries"]["temperature"]);
    let times: Vec<i64> = points.into_iter().map(|(ts, _)| ts).collect();
    assert_eq!(times, [2_000, 1_000, 400, 0, -500]);

    // History is told once.
    let history = json!({"keys": ["temperature"], "startTs": start, "endTs": start + 1_000,
        "interval": 0, "limit": 10, "agg": "NONE"});
    socket
        .send(
            &json!({"cmds": [{"type": "ENTITY_DATA", "cmdId": 3, "query": alias(&devices()),
            "historyCmd": history}]}),
        )
        .await;
    let frame = socket.frame_where(|frame| frame["cmdId"] == 3).await;
    let points = values(&frame["data"]["data"][0]["timeseries"]["temperature"]);
    assert_eq!(points.len(), 2);
}

#[tokio::test]
async fn a_subscription_follows_entities_that_come_and_go() {
    let app = App::start().await;
    let admin = app.admin().await;
    let mut socket = signed_in(&app, &admin).await;
    let filter = json!({"type": "deviceType", "deviceTypes": ["thermostat"],
        "deviceNameFilter": "Thermostat-A"});
    socket
        .send(
            &json!({"cmds": [{"type": "ENTITY_DATA", "cmdId": 1, "query": alias(&filter),
            "latestCmd": temperature()}]}),
        )
        .await;
    assert_eq!(socket.frame().await["data"]["totalElements"], 0);
    let device = json!({"name": "Thermostat-A", "type": "thermostat"});
    let id = id_of(&admin.make("/api/device", &device).await);
    let whole = socket.frame().await;
    assert_eq!(whole["data"]["data"][0]["entityId"]["id"], json!(id));
    save(&admin, &id, json!({"temperature": 21})).await;
    let change = socket.frame().await;
    assert_eq!(
        change["update"][0]["latest"]["TIME_SERIES"]["temperature"]["value"],
        "21"
    );
    assert_eq!(admin.delete(&format!("/api/device/{id}")).await.status, 200);
    let gone = socket.frame_where(|frame| !frame["data"].is_null()).await;
    assert_eq!(gone["data"]["totalElements"], 0);
}

#[tokio::test]
async fn conditions_on_values_are_looked_at_again() {
    let app = App::start().await;
    let admin = app.admin().await;
    let id = admin.make_device("meter").await;
    let mut socket = signed_in(&app, &admin).await;
    let hot = json!([{"key": {"type": "TIME_SERIES", "key": "temperature"}, "valueType": "NUMERIC",
        "predicate": {"type": "NUMERIC", "operation": "GREATER", "value": {"defaultValue": 50}}}]);
    let query = json!({"entityFilter": devices(), "keyFilters": hot});
    socket
        .send(&json!({"cmds": [{"type": "ENTITY_COUNT", "cmdId": 1, "query": query}]}))
        .await;
    assert_eq!(socket.frame().await["count"], 0);
    save(&admin, &id, json!({"temperature": 60})).await;
    assert_eq!(socket.frame().await["count"], 1);
}

#[tokio::test]
async fn a_customers_person_hears_of_what_is_theirs_while_it_is() {
    let app = App::start().await;
    let admin = app.admin().await;
    let person = app.customer_user().await;
    let device = json!({"name": "theirs", "customerId": app.customer});
    let device = admin.make("/api/device", &device).await;
    let id = id_of(&device);
    admin.make_device("hidden").await;
    let mut socket = signed_in(&app, &person).await;
    let mut query = alias(&devices());
    query["pageLink"]["dynamic"] = json!(false);
    socket
        .send(
            &json!({"cmds": [{"type": "ENTITY_DATA", "cmdId": 1, "query": query,
            "latestCmd": temperature()}]}),
        )
        .await;
    let first = socket.frame().await;
    assert_eq!(first["data"]["totalElements"], 1);
    assert_eq!(first["data"]["data"][0]["entityId"]["id"], json!(id));
    let mut taken = admin.read(&format!("/api/device/{id}")).await;
    taken["customerId"] = json!(null);
    taken["ownerId"] = json!({"entityType": "TENANT", "id": app.tenant.0});
    admin.make("/api/device", &taken).await;
    let last = socket.frame().await;
    assert_eq!(last["data"]["totalElements"], 0);
}

#[tokio::test]
async fn a_range_is_told_as_one_value_beside_that_of_an_earlier_range() {
    let app = App::start().await;
    let admin = app.admin().await;
    let id = admin.make_device("meter").await;
    let start = 1_700_000_000_000_i64;
    for (offset, value) in [(-2_000, 5), (0, 10), (400, 20), (999, 30), (1_000, 99)] {
        let point = json!({"ts": start + offset, "values": {"temperature": value}});
        save(&admin, &id, point).await;
    }
    let mut socket = signed_in(&app, &admin).await;
    let keys = json!([
        {"id": 1, "key": "temperature", "agg": "AVG"},
        {"id": 2, "key": "temperature", "agg": "COUNT", "previousStartTs": start - 3_000,
            "previousEndTs": start, "previousValueOnly": true},
        {"id": 3, "key": "none", "agg": "SUM", "previousStartTs": start - 3_000,
            "previousEndTs": start},
        {"id": 4, "key": "temperature"},
    ]);
    let history = json!({"keys": keys, "startTs": start, "endTs": start + 1_000});
    let command = json!({"type": "ENTITY_DATA", "cmdId": 1, "query": alias(&devices()),
        "aggHistoryCmd": history});
    socket.send(&json!({"cmds": [command]})).await;
    let nothing = json!({"ts": 0, "value": ""});
    let first = socket.frame().await;
    assert_eq!(
        first["data"]["data"][0]["aggLatest"],
        json!({
            "1": {"current": {"ts": start + 500, "value": "20.0"}, "previous": null},
            "2": {"current": null, "previous": {"ts": start - 1_500, "value": "1"}},
            "3": {"current": nothing, "previous": nothing},
            "4": {"current": {"ts": start + 999, "value": "30"}, "previous": null},
        })
    );

    // A window of a running query: what comes after is told as the latest value.
    let window = json!({"keys": [{"id": 7, "key": "temperature", "agg": "MAX"}],
        "startTs": start, "timeWindow": 1_000});
    let command = json!({"type": "ENTITY_DATA", "cmdId": 1, "aggTsCmd": window});
    socket.send(&json!({"cmds": [command]})).await;
    let frame = socket.frame().await;
    let row = &frame["update"][0];
    assert_eq!(row["aggLatest"]["7"]["current"]["value"], "99");
    save(&admin, &id, json!({"temperature": 7})).await;
    let frame = socket.frame().await;
    let row = &frame["update"][0];
    assert_eq!(row["latest"]["TIME_SERIES"]["temperature"]["value"], "7");
    assert_eq!(row["timeseries"], json!({}));

    let many: Vec<Value> = (0..101).map(|id| json!({"id": id, "key": "k"})).collect();
    let command = json!({"type": "ENTITY_DATA", "cmdId": 1,
        "aggHistoryCmd": {"keys": many, "startTs": 0, "endTs": i64::MAX}});
    socket.send(&json!({"cmds": [command]})).await;
    assert_eq!(socket.frame().await["errorCode"], 2);
}

#[tokio::test]
async fn wrong_commands_are_refused_by_their_number() {
    let app = App::start().await;
    let admin = app.admin().await;
    let mut socket = signed_in(&app, &admin).await;
    for command in [
        json!({"type": "ENTITY_DATA", "cmdId": 9}),
        json!({"type": "ENTITY_DATA", "cmdId": 9, "query": {}}),
        json!({"type": "ENTITY_DATA", "cmdId": 9, "query": {"entityFilter": {"type": "odd"}}}),
        json!({"type": "ENTITY_DATA", "cmdId": 9, "query": 3}),
        json!({"type": "ENTITY_DATA", "cmdId": 9, "query": alias(&devices()),
            "tsCmd": {"keys": 3}}),
        json!({"type": "ENTITY_COUNT", "cmdId": 9}),
        json!({"type": "ENTITY_COUNT", "cmdId": 9, "query": {"entityFilter": null}}),
    ] {
        socket.send(&json!({"cmds": [command]})).await;
        let refusal = socket.frame().await;
        assert_eq!(
            (&refusal["subscriptionId"], &refusal["errorCode"]),
            (&json!(9), &json!(2)),
            "{command}"
        );
        assert!(!refusal["errorMsg"].as_str().unwrap().is_empty());
    }
}
