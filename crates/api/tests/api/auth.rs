//! Signing in, tokens, sessions.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{ADMIN, App, PASSWORD, Reply};

fn claims(token: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
}

async fn sign_in(app: &App) -> Value {
    let body = json!({"username": ADMIN, "password": PASSWORD});
    app.anonymous().make("/api/auth/login", &body).await
}

#[tokio::test]
async fn a_login_gives_two_tokens_with_the_claims_clients_read() {
    let app = App::start().await;
    let pair = sign_in(&app).await;
    assert!(pair["scope"].is_null());
    let access = claims(pair["token"].as_str().unwrap());
    assert_eq!(access["sub"], ADMIN);
    assert_eq!(access["scopes"], json!(["TENANT_ADMIN"]));
    assert_eq!(access["tenantId"], app.tenant.to_string());
    assert_eq!(access["customerId"], "13814000-1dd2-11b2-8080-808080808080");
    assert_eq!(
        (&access["enabled"], &access["isPublic"]),
        (&json!(true), &json!(false))
    );
    let life = access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap();
    assert_eq!(life, 9_000);
    let refresh = claims(pair["refreshToken"].as_str().unwrap());
    assert_eq!(refresh["scopes"], json!(["REFRESH_TOKEN"]));
    assert_eq!(refresh["sessionId"], access["sessionId"]);
    let life = refresh["exp"].as_i64().unwrap() - refresh["iat"].as_i64().unwrap();
    assert_eq!(life, 604_800);
}

#[tokio::test]
async fn wrong_or_missing_credentials_are_401_in_one_wording() {
    let app = App::start().await;
    let anonymous = app.anonymous();
    for body in [
        json!({"username": ADMIN, "password": "wrong"}),
        json!({"username": "nobody@mill.example", "password": PASSWORD}),
        json!({"username": ADMIN}),
        json!({"username": ADMIN, "password": ""}),
        json!([]),
    ] {
        let message = anonymous
            .post("/api/auth/login", &body)
            .await
            .refused(401, 10);
        assert_eq!(message, "Invalid username or password", "{body}");
    }
    let long = json!({"username": ADMIN, "password": "x".repeat(20_000)});
    anonymous
        .post("/api/auth/login", &long)
        .await
        .refused(401, 10);
    anonymous
        .post_text("/api/auth/login", "{")
        .await
        .refused(401, 10);
}

#[tokio::test]
async fn repeated_failures_are_throttled() {
    let app = App::start().await;
    let wrong = json!({"username": ADMIN, "password": "wrong"});
    let mut last = 401;
    for _ in 0..200 {
        let reply = app.anonymous().post("/api/auth/login", &wrong).await;
        last = reply.status;
        if last == 429 {
            reply.refused(429, 33);
            break;
        }
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn no_token_a_broken_token_and_a_foreign_signature_are_401() {
    let app = App::start().await;
    let anonymous = app.anonymous();
    anonymous.get("/api/auth/user").await.refused(401, 10);
    anonymous
        .with_token("a.b.c")
        .get("/api/auth/user")
        .await
        .refused(401, 10);
    let other = App::with_tokens(|mut options| {
        options.secret = vec![9; 64];
        options
    });
    let foreign = other.await.admin().await.token.unwrap();
    anonymous
        .with_token(&foreign)
        .get("/api/auth/user")
        .await
        .refused(401, 10);
    let scheme = anonymous.request(Method::GET, "/api/auth/user");
    let reply = Reply::of(scheme.header("Authorization", "Basic abc")).await;
    reply.refused(401, 10);
}

#[tokio::test]
async fn both_headers_carry_a_token() {
    let app = App::start().await;
    let token = app.admin().await.token.unwrap();
    for header in ["X-Authorization", "Authorization"] {
        let request = app.anonymous().request(Method::GET, "/api/auth/user");
        let reply = Reply::of(request.header(header, format!("Bearer {token}"))).await;
        assert_eq!(reply.json()["email"], ADMIN);
        assert_eq!(reply.json()["authority"], "TENANT_ADMIN");
    }
}

#[tokio::test]
async fn an_expired_token_says_so_with_its_own_number() {
    let app = App::with_tokens(|mut options| {
        options.access_seconds = -1;
        options
    });
    let app = app.await;
    app.admin()
        .await
        .get("/api/auth/user")
        .await
        .refused(401, 11);
}

#[tokio::test]
async fn each_token_is_refused_in_the_place_of_the_other() {
    let app = App::start().await;
    let pair = sign_in(&app).await;
    let access = pair["token"].as_str().unwrap();
    let refresh = pair["refreshToken"].as_str().unwrap();
    let anonymous = app.anonymous();
    anonymous
        .with_token(refresh)
        .get("/api/auth/user")
        .await
        .refused(401, 10);
    let body = json!({"refreshToken": access});
    anonymous
        .post("/api/auth/token", &body)
        .await
        .refused(401, 10);
    let body = json!({"refreshToken": refresh});
    let renewed = anonymous.make("/api/auth/token", &body).await;
    let renewed = anonymous.with_token(renewed["token"].as_str().unwrap());
    assert_eq!(renewed.read("/api/auth/user").await["email"], ADMIN);
}

#[tokio::test]
async fn a_changed_password_ends_older_sessions() {
    let app = App::start().await;
    let old = sign_in(&app).await;
    let admin = app.anonymous().with_token(old["token"].as_str().unwrap());
    let change = json!({"currentPassword": "wrong", "newPassword": "another password"});
    admin
        .post("/api/auth/changePassword", &change)
        .await
        .refused(400, 31);
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another password"});
    let new = admin.make("/api/auth/changePassword", &change).await;
    admin.get("/api/auth/user").await.refused(401, 10);
    let body = json!({"refreshToken": old["refreshToken"]});
    app.anonymous()
        .post("/api/auth/token", &body)
        .await
        .refused(401, 10);
    let admin = admin.with_token(new["token"].as_str().unwrap());
    assert_eq!(admin.read("/api/auth/user").await["email"], ADMIN);
}

#[tokio::test]
async fn a_user_locked_out_is_out_at_once() {
    let app = App::start().await;
    let admin = app.admin().await;
    let person = app.customer_user().await;
    let id = person.read("/api/auth/user").await["id"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/user/{id}/userCredentialsEnabled?userCredentialsEnabled=False");
    assert_eq!(admin.post(&path, &json!({})).await.status, 200);
    person.get("/api/auth/user").await.refused(401, 10);
}

#[tokio::test]
async fn signing_out_answers_nothing() {
    let app = App::start().await;
    let reply = app.admin().await.post("/api/auth/logout", &json!({})).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    app.anonymous()
        .post("/api/auth/logout", &json!({}))
        .await
        .refused(401, 10);
}

#[tokio::test]
async fn who_runs_the_server_has_no_tenant_to_look_into() {
    let app = App::start().await;
    let system = app.system_administrator().await;
    let me = system.read("/api/auth/user").await;
    assert_eq!(me["authority"], "SYS_ADMIN");
    for path in [
        "/api/tenant/devices?pageSize=9&page=0",
        "/api/converters?pageSize=9&page=0",
        "/api/integrations?pageSize=9&page=0",
        "/api/ruleChains?pageSize=9&page=0",
        "/api/deviceProfiles?pageSize=9&page=0",
        "/api/components?componentTypes=FILTER",
    ] {
        system.get(path).await.refused(403, 20);
    }
}
