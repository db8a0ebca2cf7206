//! Alarms over REST and WebSocket.

use serde_json::{Value, json};

use crate::app::{Actor, App, id_of};

async fn raise(admin: &Actor, device: &str, kind: &str, severity: &str) -> Value {
    let alarm = json!({"type": kind, "severity": severity, "acknowledged": null, "cleared": false,
        "originator": {"entityType": "DEVICE", "id": device}, "details": {"why": [1]}});
    admin.make("/api/alarm", &alarm).await
}

async fn found(admin: &Actor, path: &str) -> Vec<String> {
    let page = admin.read(&format!("{path}pageSize=9&page=0")).await;
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["type"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_alarm_is_raised_seen_cleared_and_found_by_where_it_stands() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let hot = raise(&admin, &device, "Hot", "MAJOR").await;
    let dry = raise(&admin, &device, "Dry", "CRITICAL").await;
    assert_eq!(
        (&hot["status"], &hot["name"]),
        (&json!("ACTIVE_UNACK"), &json!("Hot"))
    );
    let (hot, dry) = (id_of(&hot), id_of(&dry));
    let acked = admin
        .make(&format!("/api/alarm/{hot}/ack"), &json!({}))
        .await;
    assert_eq!(
        (&acked["status"], &acked["originatorName"]),
        (&json!("ACTIVE_ACK"), &json!("meter"))
    );
    let again = format!("/api/alarm/{hot}/ack");
    admin.post(&again, &json!({})).await.refused(400, 31);
    let cleared = admin
        .make(&format!("/api/alarm/{dry}/clear"), &json!({}))
        .await;
    assert_eq!(cleared["status"], "CLEARED_UNACK");
    let of_device = format!("/api/alarm/DEVICE/{device}?");
    let newer = format!("/api/v2/alarm/DEVICE/{device}?");
    for (path, types) in [
        (of_device.clone(), vec!["Dry", "Hot"]),
        (format!("{of_device}searchStatus=ACTIVE&"), vec!["Hot"]),
        (format!("{of_device}status=CLEARED_UNACK&"), vec!["Dry"]),
        (format!("{newer}statusList=ACTIVE,UNACK&"), vec![]),
        (
            format!("{newer}statusList=ACTIVE&statusList=ACK&"),
            vec!["Hot"],
        ),
        (format!("{newer}severityList=CRITICAL&"), vec!["Dry"]),
        (format!("{newer}typeList=Hot&"), vec!["Hot"]),
        ("/api/alarms?textSearch=dr&".to_owned(), vec!["Dry"]),
        ("/api/v2/alarms?endTime=1&".to_owned(), vec![]),
    ] {
        assert_eq!(found(&admin, &path).await, types, "{path}");
    }
    let worst = format!("/api/alarm/highestSeverity/DEVICE/{device}");
    assert_eq!(admin.read(&worst).await, "CRITICAL");
    let worst = format!("{worst}?searchStatus=ACTIVE");
    assert_eq!(admin.read(&worst).await, "MAJOR");
    assert_eq!(found(&admin, "/api/alarm/types?").await, ["Dry", "Hot"]);
    let person = id_of(&admin.read("/api/auth/user").await);
    let given = format!("/api/alarm/{hot}/assign/{person}");
    assert_eq!(
        admin.make(&given, &json!({})).await["assigneeId"]["id"],
        json!(person)
    );
    let mine = format!("/api/alarms?assigneeId={person}&");
    assert_eq!(found(&admin, &mine).await, ["Hot"]);
    let taken = admin.delete(&format!("/api/alarm/{hot}/assign")).await;
    assert_eq!(taken.json()["assigneeId"], json!(null));
    assert_eq!(
        admin.delete(&format!("/api/alarm/{hot}")).await.text,
        "true"
    );
    assert_eq!(
        admin.delete(&format!("/api/alarm/{hot}")).await.text,
        "false"
    );
    admin
        .get(&format!("/api/alarm/info/{hot}"))
        .await
        .refused(404, 32);
    admin
        .get("/api/alarms?pageSize=9&page=0&searchStatus=ODD")
        .await
        .refused(400, 31);
    admin
        .post("/api/alarm", &json!({"type": "x"}))
        .await
        .refused(400, 31);
    let stranger = app.stranger().await;
    stranger
        .get(&format!("/api/alarm/{dry}"))
        .await
        .refused(404, 32);
    stranger
        .get(&format!("/api/alarm/DEVICE/{device}?pageSize=9&page=0"))
        .await
        .refused(404, 32);
}

#[tokio::test]
async fn queries_find_the_alarms_of_the_entities_they_mean() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let other = admin.make_device("other").await;
    raise(&admin, &device, "Hot", "MAJOR").await;
    raise(&admin, &other, "Dry", "MINOR").await;
    let filter = json!({"type": "entityName", "entityType": "DEVICE", "entityNameFilter": "me"});
    let query = json!({"entityFilter": filter,
        "pageLink": {"page": 0, "pageSize": 10, "timeWindow": 86_400_000, "textSearch": null,
            "statusList": ["ACTIVE"], "severityList": null, "typeList": [],
            "searchPropagatedAlarms": true, "sortOrder": {"direction": "DESC",
                "key": {"type": "ALARM_FIELD", "key": "createdTime"}}},
        "alarmFields": [{"type": "ALARM_FIELD", "key": "type"}],
        "entityFields": [{"type": "ENTITY_FIELD", "key": "name"}], "latestValues": []});
    let page = admin.make("/api/alarmsQuery/find", &query).await;
    assert_eq!(page["totalElements"], 1);
    let row = &page["data"][0];
    assert_eq!(
        (&row["type"], &row["entityId"]["id"]),
        (&json!("Hot"), &json!(device))
    );
    assert_eq!(row["latest"]["ENTITY_FIELD"]["name"]["value"], "meter");
    let all = json!({"statusList": ["ACTIVE"]});
    assert_eq!(admin.make("/api/alarmsQuery/count", &all).await, json!(2));
    let some = json!({"entityFilter": filter, "severityList": ["MINOR"]});
    assert_eq!(admin.make("/api/alarmsQuery/count", &some).await, json!(0));
    let stranger = app.stranger().await;
    assert_eq!(
        stranger.make("/api/alarmsQuery/count", &all).await,
        json!(0)
    );
    admin
        .post("/api/alarmsQuery/find", &json!({"entityFilter": filter}))
        .await
        .refused(400, 31);
}

#[tokio::test]
async fn subscriptions_hear_of_alarms() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let mut socket = app.socket("/api/ws").await;
    let status = json!({"type": "ALARM_STATUS", "cmdId": 3,
        "originatorId": {"entityType": "DEVICE", "id": device}});
    let data = json!({"type": "ALARM_DATA", "cmdId": 2, "query": {
        "entityFilter": {"type": "entityType", "entityType": "DEVICE"},
        "pageLink": {"page": 0, "pageSize": 10, "dynamic": true, "searchPropagatedAlarms": false,
            "startTs": 0, "endTs": 0, "timeWindow": 0}}});
    let count = json!({"type": "ALARM_COUNT", "cmdId": 1, "query": {"statusList": ["ACTIVE"]}});
    socket
        .send(
            &json!({"authCmd": {"cmdId": 0, "token": admin.token}, "cmds": [count, data, status]}),
        )
        .await;
    assert_eq!(socket.frame().await["count"], 0);
    assert_eq!(socket.frame().await["data"]["totalElements"], 0);
    assert_eq!(socket.frame().await["active"], false);
    raise(&admin, &device, "Hot", "MAJOR").await;
    let mut told = std::collections::BTreeSet::new();
    while told.len() < 3 {
        let frame = socket.frame().await;
        let kind = frame["cmdUpdateType"].as_str().unwrap().to_owned();
        match kind.as_str() {
            "ALARM_COUNT_DATA" => assert_eq!(frame["count"], 1),
            "ALARM_DATA" => assert_eq!(frame["data"]["data"][0]["type"], "Hot"),
            "ALARM_STATUS" => assert_eq!(frame["active"], true),
            other => panic!("{other}"),
        }
        told.insert(kind);
    }
}
