//! Relations on the current and the older paths.

use serde_json::{Value, json};

use crate::app::{App, id_of};

async fn asset_and_device(app: &App) -> (String, String) {
    let admin = app.admin().await;
    let asset = id_of(&admin.make("/api/asset", &json!({"name": "hall"})).await);
    (asset, admin.make_device("meter").await)
}

fn contains(asset: &str, device: &str) -> Value {
    json!({
        "from": {"entityType": "ASSET", "id": asset},
        "to": {"entityType": "DEVICE", "id": device},
        "type": "Contains",
    })
}

#[tokio::test]
async fn a_relation_is_saved_listed_from_both_ends_and_deleted() {
    let app = App::start().await;
    let admin = app.admin().await;
    let (asset, device) = asset_and_device(&app).await;
    let saved = admin
        .make("/api/v2/relation", &contains(&asset, &device))
        .await;
    assert_eq!(
        (&saved["type"], &saved["typeGroup"]),
        (&json!("Contains"), &json!("COMMON"))
    );
    for path in [
        format!("/api/relations/from/ASSET/{asset}"),
        format!("/api/relations/from/ASSET/{asset}/Contains"),
        format!("/api/relations/to/DEVICE/{device}?relationTypeGroup=COMMON"),
        format!("/api/relations/to/DEVICE/{device}/Contains"),
        format!("/api/relations?fromId={asset}&fromType=ASSET"),
        format!("/api/relations?toId={device}&toType=DEVICE&relationType=Contains"),
    ] {
        let found = admin.read(&path).await;
        assert_eq!(found.as_array().unwrap().len(), 1, "{path}");
        assert_eq!(found[0]["to"]["id"], device, "{path}");
    }
    for path in [
        format!("/api/relations/info/from/ASSET/{asset}"),
        format!("/api/relations/info/to/DEVICE/{device}"),
        format!("/api/relations/info?fromId={asset}&fromType=ASSET"),
    ] {
        let found = admin.read(&path).await;
        assert_eq!(
            (&found[0]["fromName"], &found[0]["toName"]),
            (&json!("hall"), &json!("meter"))
        );
    }
    assert_eq!(
        admin
            .read(&format!("/api/relations/from/ASSET/{asset}/Manages"))
            .await,
        json!([])
    );
    let one = format!(
        "relation?fromId={asset}&fromType=ASSET&relationType=Contains&toId={device}&toType=DEVICE"
    );
    assert_eq!(admin.read(&format!("/api/{one}")).await["type"], "Contains");
    let reply = admin.delete(&format!("/api/v2/{one}")).await;
    assert_eq!(reply.json()["type"], "Contains");
    admin.get(&format!("/api/{one}")).await.refused(404, 32);
}

#[tokio::test]
async fn the_older_save_and_delete_answer_nothing() {
    let app = App::start().await;
    let admin = app.admin().await;
    let (asset, device) = asset_and_device(&app).await;
    let reply = admin
        .post("/api/relation", &contains(&asset, &device))
        .await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    let one = format!(
        "/api/relation?fromId={asset}&fromType=ASSET&relationType=Contains&toId={device}&toType=DEVICE"
    );
    let reply = admin.delete(&one).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_relation_to_what_is_not_there_is_refused() {
    let app = App::start().await;
    let admin = app.admin().await;
    let (asset, _) = asset_and_device(&app).await;
    let nowhere = contains(&asset, "784f394c-42b6-435a-983c-b7beff2784f9");
    admin
        .post("/api/v2/relation", &nowhere)
        .await
        .refused(404, 32);
    admin
        .get("/api/relations?fromType=ASSET")
        .await
        .refused(400, 31);
    admin
        .post("/api/v2/relation", &json!({"type": "Contains"}))
        .await
        .refused(400, 31);
}

#[tokio::test]
async fn relations_are_followed_over_levels() {
    let app = App::start().await;
    let admin = app.admin().await;
    let (hall, meter) = asset_and_device(&app).await;
    let site = id_of(&admin.make("/api/asset", &json!({"name": "site"})).await);
    admin
        .make("/api/v2/relation", &contains(&hall, &meter))
        .await;
    let mut upper = contains(&site, &hall);
    upper["to"]["entityType"] = json!("ASSET");
    admin.make("/api/v2/relation", &upper).await;
    let query = |levels: i32| {
        json!({"parameters": {"rootId": site, "rootType": "ASSET", "direction": "FROM",
            "maxLevel": levels, "fetchLastLevelOnly": false},
            "filters": [{"relationType": "Contains", "entityTypes": []}]})
    };
    let near = admin.make("/api/relations", &query(1)).await;
    assert_eq!(near.as_array().unwrap().len(), 1);
    let far = admin.make("/api/relations", &query(2)).await;
    assert_eq!(far[1]["to"]["id"], meter);
    let stranger = app.stranger().await;
    stranger
        .post("/api/relations", &query(2))
        .await
        .refused(404, 32);
    admin
        .post("/api/relations", &json!({}))
        .await
        .refused(400, 31);
}
