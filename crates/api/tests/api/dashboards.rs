//! Dashboards: kept as the text they came in, shown to whom they are for.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Actor, App, Reply, id_of};

async fn save(actor: &Actor, body: String) -> Reply {
    let request = actor.request(Method::POST, "/api/dashboard");
    Reply::of(
        request
            .header("Content-Type", "application/json")
            .body(body),
    )
    .await
}

/// The text of a top-level member, as it stands.
fn raw_member(text: &str, name: &str) -> String {
    type Members<'a> = std::collections::BTreeMap<&'a str, &'a serde_json::value::RawValue>;
    let members: Members<'_> = serde_json::from_str(text).unwrap();
    members[name].get().to_owned()
}

async fn comes_back(admin: &Actor, body: String) {
    let sent = raw_member(&body, "configuration");
    let saved = save(admin, body).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert_eq!(raw_member(&saved.text, "configuration"), sent);
    let id = id_of(&saved.json());
    let read = admin.get(&format!("/api/dashboard/{id}")).await;
    assert_eq!(raw_member(&read.text, "configuration"), sent);
    // What a client reads and saves again stays the same, and so does a save without content.
    let again = save(admin, read.text).await;
    assert_eq!(raw_member(&again.text, "configuration"), sent);
    let info = admin.read(&format!("/api/dashboard/info/{id}")).await;
    assert!(info.get("configuration").is_none(), "{info}");
    admin.make("/api/dashboard", &info).await;
    let read = admin.get(&format!("/api/dashboard/{id}")).await;
    assert_eq!(raw_member(&read.text, "configuration"), sent);
}

#[tokio::test]
async fn the_text_of_a_configuration_comes_back_byte_for_byte() {
    let app = App::start().await;
    let admin = app.admin().await;
    let odd = "{\"title\":\"odd\",\"configuration\":{ \"z\":1.0, \"a\" : 1e5,\n\"b\":[1E+2,-0.0,\
               123456789012345678901234567890,0.1000],\"z2\":\"\\u00e4\\/\u{e4}\\ud83d\\ude00\",\
               \"dup\":1,\"dup\":2,\"\":{}}}";
    comes_back(&admin, odd.to_owned()).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dashboards");
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    for file in files {
        let path = file.unwrap().path();
        comes_back(&admin, std::fs::read_to_string(path).unwrap()).await;
    }
}

#[tokio::test]
async fn lists_show_what_was_saved_and_follow_every_change() {
    let app = App::start().await;
    let admin = app.admin().await;
    let first = admin
        .make(
            "/api/dashboard",
            &json!({"title": "Knob", "mobileHide": true, "image": "i"}),
        )
        .await;
    assert_eq!(
        (
            &first["name"],
            &first["configuration"],
            &first["mobileHide"]
        ),
        (&json!("Knob"), &json!(null), &json!(true))
    );
    let second = json!({"title": "Chart", "configuration": {"widgets": {}}});
    let second = admin.make("/api/dashboard", &second).await;
    let titles = |page: Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let sorted = "pageSize=9&page=0&sortProperty=title";
    for path in [
        "/api/tenant/dashboards",
        "/api/user/dashboards",
        "/api/dashboards/all",
    ] {
        let page = admin.read(&format!("{path}?{sorted}")).await;
        assert!(page["data"][0].get("configuration").is_none());
        assert_eq!(titles(page), ["Chart", "Knob"], "{path}");
    }
    let mobile = admin
        .read(&format!("/api/tenant/dashboards?{sorted}&mobile=True"))
        .await;
    assert_eq!(titles(mobile), ["Chart"]);
    let found = admin
        .read(&format!("/api/user/dashboards?{sorted}&textSearch=kn"))
        .await;
    assert_eq!(titles(found), ["Knob"]);
    let list = format!(
        "/api/dashboards?dashboardIds={},{}",
        id_of(&second),
        id_of(&first)
    );
    assert_eq!(admin.read(&list).await[0]["title"], "Chart");

    let mut renamed = second.clone();
    renamed["title"] = json!("Chart 2");
    let renamed = admin.make("/api/dashboard", &renamed).await;
    assert_eq!(renamed["version"], 2);
    admin.post("/api/dashboard", &second).await.refused(409, 35);
    let gone = format!("/api/dashboard/{}", id_of(&first));
    assert_eq!(admin.delete(&gone).await.status, 200);
    admin.get(&gone).await.refused(404, 32);
    admin.delete(&gone).await.refused(404, 32);
    let left = admin
        .read(&format!("/api/tenant/dashboards?{sorted}"))
        .await;
    assert_eq!(titles(left), ["Chart 2"]);
}

#[tokio::test]
async fn a_customer_sees_what_is_assigned_and_changes_nothing() {
    let app = App::start().await;
    let admin = app.admin().await;
    let person = app.customer_user().await;
    let customer = app.customer;
    let dashboard = admin
        .make("/api/dashboard", &json!({"title": "Shared"}))
        .await;
    let id = id_of(&dashboard);
    let path = format!("/api/dashboard/{id}");
    let page = "/api/user/dashboards?pageSize=9&page=0";
    person.get(&path).await.refused(404, 32);
    assert_eq!(person.read(page).await["totalElements"], 0);
    let assign = format!("/api/customer/{customer}/dashboard/{id}");
    let assigned = admin.make(&assign, &json!({})).await;
    assert_eq!(assigned["assignedCustomers"][0]["title"], "First customer");
    assert_eq!(person.read(&path).await["title"], "Shared");
    assert_eq!(person.read(page).await["data"][0]["title"], "Shared");
    let of_customer = format!("/api/customer/{customer}/dashboards?pageSize=9&page=0");
    assert_eq!(person.read(&of_customer).await["totalElements"], 1);
    person
        .post("/api/dashboard", &dashboard)
        .await
        .refused(403, 20);
    person.delete(&path).await.refused(403, 20);
    person
        .get("/api/tenant/dashboards?pageSize=9&page=0")
        .await
        .refused(403, 20);
    assert_eq!(admin.delete(&assign).await.status, 200);
    person.get(&path).await.refused(404, 32);
    app.stranger().await.get(&path).await.refused(404, 32);
    let unknown = uuid::Uuid::now_v7();
    let nobody = format!("/api/customer/{unknown}/dashboard/{id}");
    admin.post(&nobody, &json!({})).await.refused(404, 32);
}

#[tokio::test]
async fn the_home_dashboard_greets_whom_it_was_chosen_for() {
    let app = App::start().await;
    let admin = app.admin().await;
    let none = admin.get("/api/dashboard/home").await;
    assert_eq!((none.status, none.text.as_str()), (200, ""));
    let body = json!({"title": "Home", "configuration": {"a": 1}});
    let home = admin.make("/api/dashboard", &body).await;
    let chosen = json!({"dashboardId": home["id"], "hideDashboardToolbar": false});
    let tenant = "/api/tenant/dashboard/home/info";
    assert_eq!(admin.post(tenant, &chosen).await.status, 200);
    assert_eq!(admin.read(tenant).await, chosen);
    assert_eq!(admin.read("/api/dashboard/home/info").await, chosen);
    let greeted = admin.read("/api/dashboard/home").await;
    assert_eq!(
        (
            &greeted["configuration"]["a"],
            &greeted["hideDashboardToolbar"]
        ),
        (&json!(1), &json!(false))
    );
    let visited = format!("/api/user/dashboards/{}/visit", id_of(&home));
    assert_eq!(admin.read(&visited).await["last"][0]["title"], "Home");
    assert_eq!(
        admin.read("/api/user/dashboards").await["starred"],
        json!([])
    );
    assert!(admin.read("/api/dashboard/serverTime").await.as_i64() > Some(1_700_000_000_000));
    assert!(
        admin
            .read("/api/dashboard/maxDatapointsLimit")
            .await
            .as_i64()
            >= Some(1_000)
    );
}

#[tokio::test]
async fn wrong_dashboards_are_refused_and_nothing_is_half_saved() {
    let app = App::start().await;
    let admin = app.admin().await;
    let deep = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    for body in [
        String::new(),
        "[]".to_owned(),
        "{\"title\":\"x\"".to_owned(),
        "{\"title\":\"  \"}".to_owned(),
        "{}".to_owned(),
        "{\"title\":{}}".to_owned(),
        "{\"title\":\"x\",\"configuration\":[]}".to_owned(),
        "{\"title\":\"x\",\"configuration\":\"{}\"}".to_owned(),
        "{\"title\":\"x\",\"configuration\":{\"a\":tru}}".to_owned(),
        "{\"title\":\"x\",\"mobileOrder\":\"first\"}".to_owned(),
        "{\"title\":\"x\",\"id\":{\"entityType\":\"DEVICE\",\"id\":\"x\"}}".to_owned(),
        format!(
            "{{\"title\":\"x\",\"configuration\":{{\"a\":{}}}}}",
            deep(10_000)
        ),
        format!("{{\"title\":\"x\",\"image\":{}}}", deep(10_000)),
        deep(10_000),
        format!("{{\"title\":\"{}\"}}", "x".repeat(300)),
    ] {
        let short: String = body.chars().take(60).collect();
        let message = save(&admin, body).await.refused(400, 31);
        assert!(!message.is_empty(), "{short}");
    }
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(17 * 1024 * 1024));
    save(&admin, large).await.refused(413, 31);
    let foreign = json!({"title": "x", "id": {"entityType": "DASHBOARD",
        "id": uuid::Uuid::now_v7()}});
    admin
        .post("/api/dashboard", &foreign)
        .await
        .refused(404, 32);
    let owner = json!({"title": "x", "customerId": {"entityType": "CUSTOMER",
        "id": uuid::Uuid::now_v7()}});
    admin.post("/api/dashboard", &owner).await.refused(400, 31);
    let page = admin.read("/api/tenant/dashboards?pageSize=9&page=0").await;
    assert_eq!(page["totalElements"], 0);
}
