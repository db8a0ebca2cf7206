//! Owners, permissions, and what relations lead to.

use serde_json::{Value, json};

use crate::app::{App, id_of};

#[tokio::test]
async fn an_entity_changes_hands_with_its_groups() {
    let app = App::start().await;
    let admin = app.admin().await;
    let person = app.customer_user().await;
    let customer = app.customer.0;
    let group = json!({"type": "DEVICE", "name": "tenant's"});
    let group = id_of(&admin.make("/api/entityGroup", &group).await);
    let theirs = json!({"type": "DEVICE", "name": "theirs",
        "ownerId": {"entityType": "CUSTOMER", "id": customer}});
    let theirs = id_of(&admin.make("/api/entityGroup", &theirs).await);
    let device = json!({"name": "meter"});
    let device = id_of(
        &admin
            .make(&format!("/api/device?entityGroupId={group}"), &device)
            .await,
    );
    let path = format!("/api/device/{device}");
    person.get(&path).await.refused(404, 32);
    let given = format!("/api/owner/CUSTOMER/{customer}/DEVICE/{device}");
    assert_eq!(admin.post(&given, &json!([theirs])).await.status, 200);
    let read = person.read(&path).await;
    assert_eq!(read["ownerId"]["id"], json!(customer));
    let members = |group: &str| format!("/api/entityGroup/{group}/devices?pageSize=9&page=0");
    assert_eq!(admin.read(&members(&group)).await["totalElements"], 0);
    assert_eq!(admin.read(&members(&theirs)).await["totalElements"], 1);

    let back = format!("/api/owner/TENANT/{}/DEVICE/{device}", app.tenant);
    assert_eq!(admin.post(&back, &json!({})).await.status, 200);
    person.get(&path).await.refused(404, 32);
    person.post(&given, &json!([])).await.refused(403, 20);
    let stranger = app.stranger().await;
    stranger.post(&given, &json!([])).await.refused(404, 32);
    let user = id_of(&admin.read("/api/auth/user").await);
    let odd = format!("/api/owner/CUSTOMER/{customer}/USER/{user}");
    admin.post(&odd, &json!([])).await.refused(400, 31);
    admin.post(&given, &json!(["x"])).await.refused(400, 31);
    let nobody = uuid::Uuid::now_v7();
    let nobody = format!("/api/owner/CUSTOMER/{nobody}/DEVICE/{device}");
    admin.post(&nobody, &json!([])).await.refused(404, 32);
}

#[tokio::test]
async fn relations_lead_to_devices_assets_and_names() {
    let app = App::start().await;
    let admin = app.admin().await;
    let hall = json!({"name": "Hall", "type": "building"});
    let hall = admin.make("/api/asset", &hall).await;
    let meter = json!({"name": "Meter", "type": "meter"});
    let meter = admin.make("/api/device", &meter).await;
    let relation = json!({"from": hall["id"], "to": meter["id"], "type": "Contains"});
    assert_eq!(admin.post("/api/relation", &relation).await.status, 200);
    let from = |root: &Value, direction: &str| {
        json!({"rootId": root["id"]["id"], "rootType": root["id"]["entityType"],
            "direction": direction, "relationTypeGroup": "COMMON", "maxLevel": 1,
            "fetchLastLevelOnly": false})
    };
    let search = |types: Value| {
        json!({"parameters": from(&hall, "FROM"), "relationType": "Contains",
            "deviceTypes": types})
    };
    let found = admin.make("/api/devices", &search(json!(["meter"]))).await;
    assert_eq!(found[0]["name"], "Meter");
    assert_eq!(
        admin.make("/api/devices", &search(json!(["pump"]))).await,
        json!([])
    );
    let assets = json!({"parameters": from(&meter, "TO"), "relationType": "Contains",
        "assetTypes": []});
    assert_eq!(admin.make("/api/assets", &assets).await[0]["name"], "Hall");
    let query = json!({"parameters": from(&hall, "FROM"), "filters": []});
    let infos = admin.make("/api/relations/info", &query).await;
    assert_eq!(
        (&infos[0]["fromName"], &infos[0]["toName"]),
        (&json!("Hall"), &json!("Meter"))
    );
    let stranger = app.stranger().await;
    let foreign = search(json!([]));
    stranger
        .post("/api/devices", &foreign)
        .await
        .refused(404, 32);
    admin
        .post("/api/devices", &json!({}))
        .await
        .refused(400, 31);
}

#[tokio::test]
async fn a_user_interface_learns_what_the_caller_may_do() {
    let app = App::start().await;
    let path = "/api/permissions/allowedPermissions";
    let admin = app.admin().await;
    let all = admin.read(path).await;
    assert_eq!(all["operationsByResource"]["ALL"], json!(["ALL"]));
    assert_eq!(all["userOwnerId"]["id"], json!(app.tenant.0));
    let some = app.customer_user().await.read(path).await;
    assert!(some["operationsByResource"].get("ALL").is_none());
    assert_eq!(some["userOwnerId"]["id"], json!(app.customer.0));
    let info = "/api/integrations/converters/info";
    let existing = |info: &Value| info["MQTT"]["uplink"]["existing"].clone();
    assert_eq!(existing(&admin.read(info).await), false);
    let converter = json!({"name": "up", "type": "UPLINK"});
    admin.make("/api/converter", &converter).await;
    assert_eq!(existing(&admin.read(info).await), true);
}
