//! The wall between tenants: what one owns does not exist for the other.

use serde_json::{Value, json};

use crate::app::{Actor, App, id_of};

/// One entity of each kind, as the tenant's administrator makes them.
struct Owned {
    device: String,
    asset: String,
    converter: Value,
    integration: String,
    chain: String,
    group: String,
    profile: String,
    user: String,
    notification: String,
}

impl Owned {
    async fn make(app: &App, admin: &Actor) -> Self {
        let converter = admin
            .make("/api/converter", &json!({"name": "up", "type": "UPLINK"}))
            .await;
        let integration = json!({"name": "mqtt", "type": "MQTT", "enabled": false,
            "defaultConverterId": converter["id"],
            "configuration": {"clientConfiguration": {"host": "broker.example", "port": 1883,
                "credentials": {"type": "anonymous"}},
                "topicFilters": [{"filter": "a", "qos": 0}]}});
        app.notify_of_device("meter");
        let inbox = admin.read("/api/notifications?pageSize=1&page=0").await;
        Self {
            device: admin.make_device("meter").await,
            asset: id_of(&admin.make("/api/asset", &json!({"name": "hall"})).await),
            integration: id_of(&admin.make("/api/integration", &integration).await),
            chain: id_of(&admin.read("/api/ruleChains?pageSize=1&page=0").await["data"][0]),
            group: id_of(
                &admin
                    .make("/api/entityGroup", &json!({"type": "DEVICE", "name": "g"}))
                    .await,
            ),
            profile: id_of(&admin.read("/api/deviceProfileInfo/default").await),
            user: id_of(&admin.read("/api/auth/user").await),
            notification: id_of(&inbox["data"][0]),
            converter,
        }
    }
}

#[tokio::test]
async fn nothing_of_another_tenant_can_be_read() {
    let app = App::start().await;
    let admin = app.admin().await;
    let own = Owned::make(&app, &admin).await;
    let stranger = app.stranger().await;
    let converter = id_of(&own.converter);
    let Owned {
        device,
        asset,
        integration,
        chain,
        group,
        profile,
        user,
        ..
    } = &own;
    let (tenant, customer) = (app.tenant, app.customer);
    for path in [
        format!("/api/device/{device}"),
        format!("/api/device/info/{device}"),
        format!("/api/device/{device}/credentials"),
        "/api/tenant/device?deviceName=meter".to_owned(),
        format!("/api/deviceProfile/{profile}"),
        format!("/api/deviceProfileInfo/{profile}"),
        format!("/api/asset/{asset}"),
        "/api/tenant/asset?assetName=hall".to_owned(),
        format!("/api/converter/{converter}"),
        format!("/api/converter/{converter}/debugIn"),
        format!("/api/integration/{integration}"),
        format!("/api/millrace/integration/{integration}/status"),
        format!("/api/millrace/messages?source={integration}"),
        format!("/api/millrace/messages?source={converter}"),
        format!("/api/ruleChain/{chain}"),
        format!("/api/ruleChain/{chain}/metadata"),
        format!("/api/entityGroup/{group}"),
        format!("/api/entityGroup/{group}/devices?pageSize=9&page=0"),
        format!("/api/entityGroups/DEVICE/{device}"),
        format!("/api/entityGroup/all/TENANT/{tenant}/DEVICE"),
        format!("/api/customer/{customer}"),
        format!("/api/customer/{customer}/devices?pageSize=9&page=0"),
        format!("/api/user/{user}"),
        format!("/api/tenant/{tenant}"),
        format!("/api/relations/from/DEVICE/{device}"),
        format!("/api/relations/info/to/DEVICE/{device}"),
        format!("/api/events/DEVICE/{device}/LC_EVENT?pageSize=9&page=0"),
        format!("/api/millrace/events/DEVICE/{device}/counters"),
        format!("/api/plugins/telemetry/DEVICE/{device}/values/timeseries"),
        format!(
            "/api/plugins/telemetry/DEVICE/{device}/values/timeseries/history?startTs=0&endTs=1"
        ),
        format!("/api/plugins/telemetry/DEVICE/{device}/values/attributes"),
        format!("/api/plugins/telemetry/DEVICE/{device}/values/attributes/SERVER_SCOPE"),
        format!("/api/plugins/telemetry/DEVICE/{device}/keys/timeseries"),
        format!("/api/plugins/telemetry/DEVICE/{device}/keys/attributes"),
    ] {
        assert_eq!(admin.get(&path).await.status, 200, "the owner at {path}");
        stranger.get(&path).await.refused(404, 32);
    }
    for path in [
        format!("/api/devices?deviceIds={device}"),
        format!("/api/assets?assetIds={asset}"),
        format!("/api/converters/list?converterIds={converter}"),
        format!("/api/integrations/list?integrationIds={integration}"),
        format!("/api/ruleChains/list?ruleChainIds={chain}"),
        format!("/api/entityGroups/list?entityGroupIds={group}"),
        format!("/api/users/list?userIds={user}"),
        format!("/api/customers/list?customerIds={customer}"),
        format!("/api/deviceProfileInfos/list?deviceProfileIds={profile}"),
    ] {
        assert_eq!(
            admin.read(&path).await.as_array().unwrap().len(),
            1,
            "the owner at {path}"
        );
        assert_eq!(stranger.read(&path).await, json!([]), "{path}");
    }
    for path in [
        "/api/tenant/devices",
        "/api/tenant/assets",
        "/api/converters",
        "/api/integrations",
        "/api/integrationInfos",
        "/api/customers",
        "/api/notifications",
        "/api/deviceInfos/all",
    ] {
        let page = format!("{path}?pageSize=100&page=0");
        assert_ne!(
            admin.read(&page).await["totalElements"],
            0,
            "the owner at {path}"
        );
        assert_eq!(stranger.read(&page).await["totalElements"], 0, "{path}");
    }
    assert_eq!(
        stranger.read("/api/notifications/unread/count").await,
        json!(0)
    );
}

#[tokio::test]
async fn nothing_of_another_tenant_can_be_changed() {
    let app = App::start().await;
    let admin = app.admin().await;
    let own = Owned::make(&app, &admin).await;
    let stranger = app.stranger().await;
    let converter = id_of(&own.converter);
    let Owned {
        device,
        asset,
        integration,
        chain,
        group,
        profile,
        user,
        notification,
        ..
    } = &own;
    for path in [
        format!("/api/device/{device}"),
        format!("/api/asset/{asset}"),
        format!("/api/converter/{converter}"),
        format!("/api/integration/{integration}"),
        format!("/api/ruleChain/{chain}"),
        format!("/api/entityGroup/{group}"),
        format!("/api/deviceProfile/{profile}"),
        format!("/api/customer/{}", app.customer),
        format!("/api/user/{user}"),
        format!("/api/notification/{notification}"),
        format!(
            "/api/plugins/telemetry/DEVICE/{device}/timeseries/delete?keys=a&deleteAllDataForKeys=true"
        ),
        format!("/api/plugins/telemetry/DEVICE/{device}/SERVER_SCOPE?keys=a"),
        format!("/api/plugins/telemetry/{device}/SERVER_SCOPE?keys=a"),
        format!("/api/relations?entityId={device}&entityType=DEVICE"),
    ] {
        stranger.delete(&path).await.refused(404, 32);
    }
    let id = |kind: &str, id: &str| json!({"entityType": kind, "id": id});
    for (path, body) in [
        (
            "/api/device".to_owned(),
            json!({"id": id("DEVICE", device), "name": "mine now"}),
        ),
        (
            "/api/asset".to_owned(),
            json!({"id": id("ASSET", asset), "name": "mine now"}),
        ),
        (
            "/api/converter".to_owned(),
            json!({"id": id("CONVERTER", &converter), "name": "x", "type": "UPLINK"}),
        ),
        (
            "/api/ruleChain".to_owned(),
            json!({"id": id("RULE_CHAIN", chain), "name": "x"}),
        ),
        (
            "/api/ruleChain/metadata".to_owned(),
            json!({"ruleChainId": id("RULE_CHAIN", chain), "nodes": []}),
        ),
        (format!("/api/ruleChain/{chain}/root"), json!({})),
        (
            "/api/deviceProfile".to_owned(),
            json!({"id": id("DEVICE_PROFILE", profile), "name": "x"}),
        ),
        (format!("/api/deviceProfile/{profile}/default"), json!({})),
        (
            format!("/api/entityGroup/{group}/addEntities"),
            json!([device]),
        ),
        (
            "/api/customer".to_owned(),
            json!({"id": id("CUSTOMER", &app.customer.to_string()), "title": "x"}),
        ),
        (
            "/api/user".to_owned(),
            json!({"id": id("USER", user), "email": "x@y.example"}),
        ),
        (
            "/api/device/credentials".to_owned(),
            json!({"deviceId": id("DEVICE", device),
            "credentialsType": "ACCESS_TOKEN", "credentialsId": "stolen"}),
        ),
        (
            format!("/api/plugins/telemetry/DEVICE/{device}/timeseries/ANY"),
            json!({"a": 1}),
        ),
        (
            format!("/api/plugins/telemetry/DEVICE/{device}/attributes/SHARED_SCOPE"),
            json!({"a": 1}),
        ),
        (
            "/api/v2/relation".to_owned(),
            json!({"from": id("DEVICE", device), "to": id("ASSET", asset), "type": "T"}),
        ),
    ] {
        stranger.post(&path, &body).await.refused(404, 32);
    }
    let theirs = json!({"name": "theirs", "type": "MQTT", "defaultConverterId": own.converter["id"],
        "configuration": {"clientConfiguration": {"host": "h", "port": 1}, "topicFilters": [{"filter": "a", "qos": 0}]}});
    stranger
        .post("/api/integration", &theirs)
        .await
        .refused(400, 31);
    let unread = admin.read("/api/notifications/unread/count").await;
    stranger
        .put(&format!("/api/notification/{notification}/read"))
        .await;
    assert_eq!(admin.read("/api/notifications/unread/count").await, unread);
    assert_eq!(
        admin.read(&format!("/api/device/{device}")).await["name"],
        "meter"
    );
}

#[tokio::test]
async fn a_socket_shows_nothing_of_another_tenant() {
    let app = App::start().await;
    let admin = app.admin().await;
    let device = admin.make_device("meter").await;
    let token = app.stranger().await.token.unwrap();
    let mut socket = app.socket(&format!("/api/ws?token={token}")).await;
    for kind in ["TIMESERIES", "ATTRIBUTES", "TIMESERIES_HISTORY"] {
        let command = json!({"type": kind, "cmdId": 7, "entityType": "DEVICE", "entityId": device});
        socket.send(&json!({"cmds": [command]})).await;
        let frame = socket.frame().await;
        assert_eq!(frame["subscriptionId"], 7, "{kind}");
        assert_eq!(frame["errorCode"], 1, "{kind}");
        assert!(
            frame["errorMsg"].as_str().unwrap().contains("is not found"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn nobody_gets_anything_without_signing_in() {
    let app = App::start().await;
    let api = serde_json::to_value(millrace_api::openapi()).unwrap();
    let anonymous = app.anonymous();
    for (path, methods) in api["paths"].as_object().unwrap() {
        let filled = path.replace(['{', '}'], "");
        for method in methods.as_object().unwrap().keys() {
            let open = ["/api/auth/login", "/api/auth/token"].contains(&path.as_str());
            if open || path.starts_with("/api/noauth/") {
                continue;
            }
            let method = method.to_uppercase().parse().unwrap();
            let request = anonymous.request(method, &filled).body("{}");
            crate::app::Reply::of(request).await.refused(401, 10);
        }
    }
}
