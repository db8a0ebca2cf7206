//! The inbox.

use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn a_new_device_is_in_the_inbox_until_it_is_read_and_deleted() {
    let app = App::start().await;
    let admin = app.admin().await;
    app.notify_of_device("meter");
    assert_eq!(
        admin
            .read("/api/notifications/unread/count?deliveryMethod=WEB")
            .await,
        json!(1)
    );
    let page = admin
        .read("/api/notifications?pageSize=10&page=0&unreadOnly=True")
        .await;
    let row = &page["data"][0];
    assert_eq!(
        (&row["type"], &row["status"]),
        (&json!("ENTITY_ACTION"), &json!("SENT"))
    );
    assert_eq!(row["info"]["entityName"], "meter");
    let id = row["id"]["id"].as_str().unwrap();

    let reply = admin.put(&format!("/api/notification/{id}/read")).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(
        admin.read("/api/notifications/unread/count").await,
        json!(0)
    );
    let page = admin.read("/api/notifications?pageSize=10&page=0").await;
    assert_eq!(page["data"][0]["status"], "READ");

    assert_eq!(
        admin
            .delete(&format!("/api/notification/{id}"))
            .await
            .status,
        200
    );
    admin
        .delete(&format!("/api/notification/{id}"))
        .await
        .refused(404, 32);
    assert_eq!(
        admin.read("/api/notifications?pageSize=10&page=0").await["totalElements"],
        0
    );
}

#[tokio::test]
async fn all_are_marked_read_at_once_and_other_methods_hold_nothing() {
    let app = App::start().await;
    let admin = app.admin().await;
    app.notify_of_device("meter");
    let mail = admin
        .read("/api/notifications?pageSize=10&page=0&deliveryMethod=EMAIL")
        .await;
    assert_eq!(mail["totalElements"], 0);
    assert_eq!(
        admin
            .put("/api/notifications/read?deliveryMethod=EMAIL")
            .await
            .status,
        200
    );
    assert_eq!(
        admin.read("/api/notifications/unread/count").await,
        json!(1)
    );
    assert_eq!(admin.put("/api/notifications/read").await.status, 200);
    assert_eq!(
        admin.read("/api/notifications/unread/count").await,
        json!(0)
    );
    assert_eq!(
        admin.read("/api/notification/deliveryMethods").await,
        json!(["WEB"])
    );
}
