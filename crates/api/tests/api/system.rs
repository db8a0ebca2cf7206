//! What the server says about itself.

use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn health_and_metrics_need_no_sign_in() {
    let app = App::start().await;
    let anonymous = app.anonymous();
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(anonymous.get(path).await.status, 200, "{path}");
    }
    let metrics = anonymous.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.content_type.starts_with("text/plain"));
}

#[tokio::test]
async fn version_and_settings_are_told_to_people_who_signed_in() {
    let app = App::start().await;
    app.anonymous()
        .get("/api/system/info")
        .await
        .refused(401, 10);
    let admin = app.admin().await;
    assert_eq!(
        admin.read("/api/system/info").await["version"],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(admin.read("/api/system/params").await["tbelEnabled"], true);
    assert_eq!(admin.read("/api/ruleChain/tbelEnabled").await, json!(true));
}

#[tokio::test]
async fn the_page_of_operations_loads_nothing_from_elsewhere() {
    let app = App::start().await;
    let page = app.anonymous().get("/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.content_type.starts_with("text/html"));
    assert!(
        !page.text.contains("http://") && !page.text.contains("https://"),
        "{}",
        page.text
    );
    let api = app.anonymous().read("/api/openapi.json").await;
    assert!(api["paths"]["/api/device/{deviceId}"]["get"].is_object());
}
