//! Devices, profiles, assets, customers and groups.

use serde_json::json;

use crate::app::{App, id_of};

#[tokio::test]
async fn a_device_is_made_read_changed_and_deleted() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin
        .make("/api/device", &json!({"name": "meter 1", "type": "meter"}))
        .await;
    let id = id_of(&device);
    assert_eq!(device["id"]["entityType"], "DEVICE");
    assert_eq!(device["type"], "meter");
    assert_eq!(
        device["customerId"]["id"],
        "13814000-1dd2-11b2-8080-808080808080"
    );
    assert_eq!(device["tenantId"]["id"], app.tenant.to_string());
    assert!(device["createdTime"].as_i64().unwrap() > 0);

    assert_eq!(admin.read(&format!("/api/device/{id}")).await, device);
    for path in ["/api/tenant/device", "/api/tenant/devices"] {
        let found = admin.read(&format!("{path}?deviceName=meter%201")).await;
        assert_eq!(found["id"], device["id"], "{path}");
    }
    let mut changed = device.clone();
    changed["label"] = json!("in the cellar");
    changed["additionalInfo"] = json!({"any": ["thing", null]});
    let changed = admin.make("/api/device", &changed).await;
    assert_eq!(changed["additionalInfo"], json!({"any": ["thing", null]}));

    let info = admin.read(&format!("/api/device/info/{id}")).await;
    assert_eq!(
        (&info["active"], &info["label"]),
        (&json!(false), &json!("in the cellar"))
    );
    let listed = admin
        .read("/api/deviceInfos/all?pageSize=10&page=0&active=False")
        .await;
    assert_eq!(listed["totalElements"], 1);

    let reply = admin.delete(&format!("/api/device/{id}")).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    let message = admin
        .get(&format!("/api/device/{id}"))
        .await
        .refused(404, 32);
    assert_eq!(message, format!("Device with id [{id}] is not found"));
}

#[tokio::test]
async fn lists_come_in_both_forms_and_pages_are_sorted_and_searched() {
    let app = App::start().await;
    let admin = app.admin().await;
    let mut ids = Vec::new();
    for name in ["b", "c", "a"] {
        ids.push(admin.make_device(name).await);
    }
    let joined = format!("/api/devices?deviceIds={},{}", ids[0], ids[1]);
    let repeated = format!("/api/devices?deviceIds={}&deviceIds={}", ids[0], ids[1]);
    for path in [joined, repeated] {
        assert_eq!(
            admin.read(&path).await.as_array().unwrap().len(),
            2,
            "{path}"
        );
    }
    let page = admin.read("/api/tenant/devices?pageSize=2&page=0&sortProperty=name&sortOrder=DESC");
    let page = page.await;
    let names: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(names, [&json!("c"), &json!("b")]);
    assert_eq!(
        (&page["totalPages"], &page["hasNext"]),
        (&json!(2), &json!(true))
    );
    let found = admin
        .read("/api/user/devices?pageSize=9&page=0&textSearch=C")
        .await;
    assert_eq!(found["totalElements"], 1);
}

#[tokio::test]
async fn a_device_without_a_name_and_a_taken_name_are_refused() {
    let app = App::start().await;
    let admin = app.admin().await;
    admin.make_device("meter").await;
    assert!(
        admin
            .post("/api/device", &json!({}))
            .await
            .refused(400, 31)
            .contains("name")
    );
    assert!(
        admin
            .post("/api/device", &json!({"name": null}))
            .await
            .refused(400, 31)
            .contains("name")
    );
    admin
        .post("/api/device", &json!({"name": "meter"}))
        .await
        .refused(400, 31);
    let path = "/api/device?nameConflictPolicy=UNIQUIFY&uniquifyStrategy=INCREMENTAL";
    let other = admin.make(path, &json!({"name": "meter"})).await;
    assert_eq!(other["name"], "meter_1");
}

#[tokio::test]
async fn credentials_are_made_read_and_replaced() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin
        .make(
            "/api/device?accessToken=my-token",
            &json!({"name": "meter"}),
        )
        .await;
    let path = format!("/api/device/{}/credentials", id_of(&device));
    let mut credentials = admin.read(&path).await;
    assert_eq!(credentials["credentialsType"], "ACCESS_TOKEN");
    assert_eq!(credentials["credentialsId"], "my-token");
    credentials["credentialsId"] = json!("another");
    let saved = admin.make("/api/device/credentials", &credentials).await;
    assert_eq!(saved["credentialsId"], "another");
    let body = json!({"device": {"name": "second"}, "credentials":
        {"credentialsType": "ACCESS_TOKEN", "credentialsId": "another"}});
    admin
        .post("/api/device-with-credentials", &body)
        .await
        .refused(400, 31);
}

#[tokio::test]
async fn profiles_have_one_default() {
    let app = App::start().await;
    let admin = app.admin().await;
    let before = admin.read("/api/deviceProfileInfo/default").await;
    assert_eq!(before["name"], "default");
    let profile = admin
        .make("/api/deviceProfile", &json!({"name": "thermostat"}))
        .await;
    let id = id_of(&profile);
    let now = admin
        .make(&format!("/api/deviceProfile/{id}/default"), &json!({}))
        .await;
    assert_eq!(now["default"], true);
    assert_eq!(
        admin.read("/api/deviceProfileInfo/default").await["name"],
        "thermostat"
    );
    admin
        .delete(&format!("/api/deviceProfile/{id}"))
        .await
        .refused(400, 31);
    let infos = admin
        .read("/api/deviceProfileInfos?pageSize=10&page=0")
        .await;
    assert_eq!(infos["totalElements"], 2);
    let some = admin
        .read(&format!("/api/deviceProfileInfos?deviceProfileIds={id}"))
        .await;
    assert_eq!(some[0]["name"], "thermostat");
    assert_eq!(
        admin.read("/api/deviceProfiles?pageSize=1&page=1").await["data"][0]["name"],
        "thermostat"
    );
}

#[tokio::test]
async fn assets_are_found_by_name_id_and_page() {
    let app = App::start().await;
    let admin = app.admin().await;
    let asset = admin
        .make("/api/asset", &json!({"name": "hall", "type": "building"}))
        .await;
    let id = id_of(&asset);
    assert_eq!(admin.read(&format!("/api/asset/{id}")).await, asset);
    assert_eq!(admin.read("/api/tenant/asset?assetName=hall").await, asset);
    assert_eq!(admin.read("/api/tenant/assets?assetName=hall").await, asset);
    assert_eq!(
        admin
            .read("/api/tenant/assets?pageSize=1&page=0&type=building")
            .await["totalElements"],
        1
    );
    assert_eq!(
        admin
            .read("/api/tenant/assets?pageSize=1&page=0&type=other")
            .await["totalElements"],
        0
    );
    assert_eq!(admin.delete(&format!("/api/asset/{id}")).await.status, 200);
    admin
        .get(&format!("/api/asset/{id}"))
        .await
        .refused(404, 32);
    admin.get("/api/tenant/asset").await.refused(400, 31);
}

#[tokio::test]
async fn groups_hold_devices() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let group = admin
        .make(
            "/api/entityGroup",
            &json!({"type": "DEVICE", "name": "cellar"}),
        )
        .await;
    assert!(group["ownerIds"].is_array());
    let id = id_of(&group);
    let reply = admin
        .post(
            &format!("/api/entityGroup/{id}/addEntities"),
            &json!([device]),
        )
        .await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    let members = admin
        .read(&format!("/api/entityGroup/{id}/devices?pageSize=9&page=0"))
        .await;
    assert_eq!(members["data"][0]["name"], "meter");
    let of = admin
        .read(&format!("/api/entityGroups/DEVICE/{device}"))
        .await;
    assert!(
        of.as_array()
            .unwrap()
            .iter()
            .any(|group| group["id"] == json!(id)),
        "{of}"
    );
    let tenant = app.tenant;
    let all = admin
        .read(&format!("/api/entityGroup/all/TENANT/{tenant}/DEVICE"))
        .await;
    assert_eq!(all["groupAll"], true);
    assert_eq!(
        admin
            .read("/api/entityGroups/DEVICE")
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        admin
            .read("/api/entityGroups/DEVICE?pageSize=1&page=0")
            .await["totalElements"],
        2
    );
    let reply = admin
        .post(
            &format!("/api/entityGroup/{id}/deleteEntities"),
            &json!([device]),
        )
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        admin.delete(&format!("/api/entityGroup/{id}")).await.status,
        200
    );
}

#[tokio::test]
async fn a_customers_person_sees_what_the_customer_owns_and_changes_nothing() {
    let app = App::start().await;
    let admin = app.admin().await;
    let person = app.customer_user().await;
    let theirs = json!({"name": "theirs",
        "customerId": {"entityType": "CUSTOMER", "id": app.customer.to_string()}});
    let theirs = id_of(&admin.make("/api/device", &theirs).await);
    let ours = admin.make_device("ours").await;
    assert_eq!(
        person.read(&format!("/api/device/{theirs}")).await["name"],
        "theirs"
    );
    person
        .get(&format!("/api/device/{ours}"))
        .await
        .refused(404, 32);
    let listed = person.read("/api/user/devices?pageSize=9&page=0").await;
    assert_eq!(listed["totalElements"], 1);
    person
        .post("/api/device", &json!({"name": "new"}))
        .await
        .refused(403, 20);
    person
        .delete(&format!("/api/device/{theirs}"))
        .await
        .refused(403, 20);
    person
        .get("/api/converters?pageSize=9&page=0")
        .await
        .refused(403, 20);
    let values = format!("/api/plugins/telemetry/DEVICE/{theirs}/values/timeseries");
    assert_eq!(person.get(&values).await.status, 200);
    let values = format!("/api/plugins/telemetry/DEVICE/{ours}/values/timeseries");
    person.get(&values).await.refused(404, 32);
    let save = format!("/api/plugins/telemetry/DEVICE/{theirs}/timeseries/ANY");
    person.post(&save, &json!({"a": 1})).await.refused(403, 20);
}
