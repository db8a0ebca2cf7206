//! API keys and activation: other ways in than a password.

use serde_json::{Value, json};

use crate::app::{Actor, App, Reply, id_of};

async fn with_key(actor: &Actor, key: &str, header: &str) -> Reply {
    let mut nobody = actor.clone();
    nobody.token = None;
    let request = nobody.request(reqwest::Method::GET, "/api/auth/user");
    Reply::of(request.header(header, format!("ApiKey {key}"))).await
}

#[tokio::test]
async fn a_key_opens_what_its_user_may_until_it_is_off_or_gone() {
    let app = App::start().await;
    let admin = app.admin().await;
    let me = admin.read("/api/auth/user").await;
    let sent = json!({"description": "script", "enabled": true, "expirationTime": 0,
        "userId": me["id"]});
    let made = admin.make("/api/apiKey", &sent).await;
    let (id, key) = (id_of(&made), made["value"].as_str().unwrap());
    assert!(key.starts_with("tb_"));
    for header in ["X-Authorization", "Authorization"] {
        assert_eq!(
            with_key(&admin, key, header).await.json()["email"],
            me["email"]
        );
    }
    let page = format!("/api/apiKeys/{}?pageSize=9&page=0", id_of(&me));
    let listed = admin.read(&page).await;
    assert_eq!(listed["data"][0]["description"], "script");
    assert!(!listed.to_string().contains(key));
    let described = admin.request(
        reqwest::Method::PUT,
        &format!("/api/apiKey/{id}/description"),
    );
    let described = Reply::of(described.body("\"other\"")).await;
    assert_eq!(described.json()["description"], "other");

    let mut socket = app.socket("/api/ws").await;
    socket
        .send(&json!({"authCmd": {"cmdId": 0, "apiKey": key}, "cmds": [
            {"type": "NOTIFICATIONS_COUNT", "cmdId": 1}]}))
        .await;
    assert_eq!(socket.frame().await["totalUnreadCount"], 0);

    let switch = |on: bool| format!("/api/apiKey/{id}/enabled/{on}");
    assert_eq!(admin.put(&switch(false)).await.json()["enabled"], false);
    with_key(&admin, key, "X-Authorization")
        .await
        .refused(401, 10);
    assert_eq!(admin.put(&switch(true)).await.json()["enabled"], true);
    assert_eq!(with_key(&admin, key, "X-Authorization").await.status, 200);
    let stranger = app.stranger().await;
    stranger
        .delete(&format!("/api/apiKey/{id}"))
        .await
        .refused(404, 32);
    assert_eq!(admin.delete(&format!("/api/apiKey/{id}")).await.status, 200);
    with_key(&admin, key, "X-Authorization")
        .await
        .refused(401, 10);
    let mut refused = app.socket("/api/ws").await;
    refused
        .send(&json!({"authCmd": {"cmdId": 0, "apiKey": key}}))
        .await;
    assert_eq!(refused.closed().await.0, 1007);
    for bad in [json!({}), json!({"description": "x", "expirationTime": 1})] {
        admin.post("/api/apiKey", &bad).await.refused(400, 31);
    }
}

#[tokio::test]
async fn a_new_user_chooses_a_password_by_the_link() {
    let app = App::start().await;
    let admin = app.admin().await;
    let user = json!({"email": "new@mill.example", "authority": "TENANT_ADMIN"});
    let user = admin
        .make("/api/user?sendActivationMail=false", &user)
        .await;
    let id = id_of(&user);
    let link = admin.get(&format!("/api/user/{id}/activationLink")).await;
    assert_eq!(link.status, 200, "{}", link.text);
    let token = link.text.split("activateToken=").nth(1).unwrap().to_owned();
    let info = admin
        .read(&format!("/api/user/{id}/activationLinkInfo"))
        .await;
    assert_eq!(info["value"], json!(link.text));
    assert!(info["ttlMs"].as_i64() > Some(0));
    let nobody = app.anonymous();
    let policy = nobody.read("/api/noauth/userPasswordPolicy").await;
    assert_eq!(policy["minimumLength"], 6);
    let activate =
        |token: &str, password: &str| json!({"activateToken": token, "password": password});
    let door = "/api/noauth/activate";
    nobody
        .post(door, &activate("x", "correct horse"))
        .await
        .refused(400, 31);
    nobody
        .post(door, &activate(&token, "x"))
        .await
        .refused(400, 31);
    let signed_in = nobody.make(door, &activate(&token, "correct horse")).await;
    let person = nobody.with_token(signed_in["token"].as_str().unwrap());
    assert_eq!(
        person.read("/api/auth/user").await["email"],
        "new@mill.example"
    );
    nobody
        .post(door, &activate(&token, "correct horse"))
        .await
        .refused(400, 31);
    admin
        .get(&format!("/api/user/{id}/activationLink"))
        .await
        .refused(400, 31);

    let password = format!("/api/millrace/user/{id}/password");
    let new = json!({"password": "another horse"});
    app.stranger()
        .await
        .post(&password, &new)
        .await
        .refused(404, 32);
    app.customer_user()
        .await
        .post(&password, &new)
        .await
        .refused(403, 20);
    assert_eq!(admin.post(&password, &new).await.status, 200);
    let login = json!({"username": "new@mill.example", "password": "another horse"});
    let pair: Value = nobody.make("/api/auth/login", &login).await;
    assert!(pair["token"].is_string());
}
