//! Events of stations.

use millrace_model::{event::EventType, id::ConverterId};
use serde_json::json;

use crate::app::{App, id_of};

#[tokio::test]
async fn lifecycle_events_are_paged_filtered_counted_and_cleared() {
    let app = App::start().await;
    let admin = app.admin().await;
    let converter = id_of(
        &admin
            .make("/api/converter", &json!({"name": "up", "type": "UPLINK"}))
            .await,
    );
    let station = ConverterId(converter.parse().unwrap()).into();
    let events = &app.platform.events;
    events.lifecycle(app.tenant, station, "STARTED", true, None);
    events.lifecycle(
        app.tenant,
        station,
        "FAILED",
        false,
        Some("no broker at line 3"),
    );
    events.events().flush();

    let at = format!("/api/events/CONVERTER/{converter}");
    let paging = format!("tenantId={}&pageSize=10&page=0", app.tenant);
    let page = admin
        .read(&format!(
            "{at}/lc_event?{paging}&sortProperty=createdTime&sortOrder=DESC"
        ))
        .await;
    assert_eq!(page["totalElements"], 2);
    let event = &page["data"][0];
    assert_eq!(event["type"], "LC_EVENT");
    assert_eq!(event["body"]["error"], "no broker at line 3");
    assert_eq!(event["uid"], event["id"]["id"]);
    assert_eq!(
        admin.read(&format!("{at}?{paging}")).await["totalElements"],
        2
    );

    let search = format!("{at}?{paging}");
    for (filter, found) in [
        (json!({"eventType": "LC_EVENT"}), 2),
        (json!({"eventType": "LC_EVENT", "isError": true}), 1),
        (json!({"eventType": "LC_EVENT", "errorStr": "LINE 3"}), 1),
        (json!({"eventType": "LC_EVENT", "status": "Success"}), 1),
        (json!({"eventType": "LC_EVENT", "event": "start"}), 1),
        (json!({"eventType": "ERROR"}), 0),
    ] {
        let page = admin.make(&search, &filter).await;
        assert_eq!(page["totalElements"], found, "{filter}");
    }
    let late = format!("{at}?{paging}&startTime=99999999999999");
    assert_eq!(
        admin.make(&late, &json!({"eventType": "LC_EVENT"})).await["totalElements"],
        0
    );

    let counters = admin
        .read(&format!(
            "/api/millrace/events/CONVERTER/{converter}/counters"
        ))
        .await;
    assert_eq!(
        (&counters["recorded"], &counters["dropped"]),
        (&json!(2), &json!(0))
    );

    let clear = json!({"eventType": EventType::LcEvent, "isError": true});
    let reply = admin.post(&format!("{at}/clear"), &clear).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(admin.read(&search).await["totalElements"], 1);
}

#[tokio::test]
async fn an_unknown_kind_and_a_filter_without_a_kind_are_refused() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let at = format!("/api/events/DEVICE/{device}");
    let paging = "pageSize=10&page=0";
    admin
        .get(&format!("{at}/NEWS?{paging}"))
        .await
        .refused(400, 31);
    admin
        .post(&format!("{at}?{paging}"), &json!({}))
        .await
        .refused(400, 31);
    admin
        .post(&format!("{at}/clear"), &json!({}))
        .await
        .refused(400, 31);
    admin.get(&format!("{at}/LC_EVENT")).await.refused(400, 31);
}
