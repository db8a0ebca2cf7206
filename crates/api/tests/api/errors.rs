//! What every refusal looks like.

use reqwest::Method;
use serde_json::json;

use crate::app::{App, Reply};

#[tokio::test]
async fn an_unknown_path_is_404_with_the_error_body() {
    let app = App::start().await;
    let message = app
        .anonymous()
        .get("/api/nothing/here")
        .await
        .refused(404, 32);
    assert_eq!(message, "there is nothing at /api/nothing/here");
}

#[tokio::test]
async fn a_wrong_method_is_405() {
    let app = App::start().await;
    let reply = Reply::of(app.anonymous().request(Method::PATCH, "/api/device")).await;
    reply.refused(405, 31);
}

#[tokio::test]
async fn a_wrong_uuid_is_named_in_the_words_clients_match_on() {
    let app = App::start().await;
    let admin = app.admin().await;
    for path in [
        "/api/device/abc",
        "/api/converter/abc",
        "/api/devices?deviceIds=abc",
    ] {
        let message = admin.get(path).await.refused(400, 31);
        assert_eq!(message, "Invalid UUID string: abc", "{path}");
    }
    let message = admin
        .get("/api/relations/from/THING/abc")
        .await
        .refused(400, 31);
    assert_eq!(message, "unknown entity type: THING");
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400_and_one_of_any_content_type_is_read() {
    let app = App::start().await;
    let admin = app.admin().await;
    let message = admin
        .post_text("/api/device", "{\"name\":")
        .await
        .refused(400, 31);
    assert!(message.contains("request body"), "{message}");
    let reply = admin
        .post_text("/api/device", "{\"name\":\"said to be text\"}")
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_and_one_below_is_read() {
    let app = App::start().await;
    let admin = app.admin().await;
    let big = json!({"name": "big", "additionalInfo": "x".repeat(16 * 1024 * 1024)});
    admin.post("/api/device", &big).await.refused(413, 31);
    let fits = json!({"name": "fits", "additionalInfo": "x".repeat(3 * 1024 * 1024)});
    assert_eq!(admin.post("/api/device", &fits).await.status, 200);
}

#[tokio::test]
async fn json_nested_without_end_is_refused() {
    let app = App::start().await;
    let admin = app.admin().await;
    let deep = format!(
        "{{\"name\":\"deep\",\"additionalInfo\":{}",
        "[".repeat(100_000)
    );
    admin.post_text("/api/device", deep).await.refused(400, 31);
}

#[tokio::test]
async fn paging_is_checked() {
    let app = App::start().await;
    let admin = app.admin().await;
    for (query, says) in [
        ("", "pageSize"),
        ("?pageSize=10", "page"),
        ("?pageSize=0&page=0", "pageSize"),
        ("?pageSize=10&page=-1", "page"),
        ("?pageSize=3000000000&page=0", "pageSize"),
        ("?pageSize=ten&page=0", "pageSize"),
        (
            "?pageSize=10&page=0&sortProperty=name&sortOrder=UP",
            "sortOrder",
        ),
    ] {
        let reply = admin.get(&format!("/api/tenant/devices{query}")).await;
        let message = reply.refused(400, 31);
        assert!(message.contains(says), "{query}: {message}");
    }
    let page = admin
        .read("/api/tenant/devices?pageSize=2147483647&page=0&sortOrder=desc")
        .await;
    assert_eq!(
        page,
        json!({"data": [], "totalPages": 0, "totalElements": 0, "hasNext": false})
    );
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let app = App::start().await;
    let admin = app.admin().await;
    let first = admin.make("/api/device", &json!({"name": "meter"})).await;
    let mut second = first.clone();
    second["label"] = json!("newer");
    admin.make("/api/device", &second).await;
    admin.post("/api/device", &first).await.refused(409, 35);
}

#[tokio::test]
async fn a_get_with_a_body_and_a_delete_with_a_body_are_served() {
    let app = App::start().await;
    let admin = app.admin().await;
    let id = admin.make_device("meter").await;
    let get = admin
        .request(Method::GET, &format!("/api/device/{id}"))
        .json(&json!({}));
    assert_eq!(Reply::of(get).await.status, 200);
    let delete = admin
        .request(Method::DELETE, &format!("/api/device/{id}"))
        .json(&json!({}));
    let reply = Reply::of(delete).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
}
