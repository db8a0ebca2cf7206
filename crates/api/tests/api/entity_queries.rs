//! Entity queries: which entities an alias means, and what is shown of them.

use serde_json::{Value, json};

use crate::app::{Actor, App, id_of};

/// Three devices of two types with values, one of them a customer's.
struct Fleet {
    app: App,
    admin: Actor,
    ids: Vec<String>,
}

impl Fleet {
    async fn new() -> Self {
        let app = App::start().await;
        let admin = app.admin().await;
        let mut ids = Vec::new();
        for (name, kind, owner, value) in [
            ("Thermostat-A", "thermostat", None, 20.5),
            ("Thermostat-B", "thermostat", Some(app.customer), 30.0),
            ("Meter", "meter", None, 9.0),
        ] {
            let device = json!({"name": name, "type": kind, "label": format!("L {name}"),
                "customerId": owner});
            let id = id_of(&admin.make("/api/device", &device).await);
            let path = format!("/api/plugins/telemetry/DEVICE/{id}");
            for (path, body) in [
                (
                    format!("{path}/timeseries/ANY"),
                    json!({"temperature": value}),
                ),
                (
                    format!("{path}/attributes/SERVER_SCOPE"),
                    json!({"floor": value as i64}),
                ),
                (
                    format!("{path}/attributes/SHARED_SCOPE"),
                    json!({"on": value > 10.0}),
                ),
            ] {
                assert_eq!(admin.post(&path, &body).await.status, 200);
            }
            ids.push(id);
        }
        Self { app, admin, ids }
    }

    async fn names(&self, actor: &Actor, filter: Value, more: Value) -> Vec<String> {
        let page = actor
            .make("/api/entitiesQuery/find", &query(filter, more))
            .await;
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| {
            row["latest"]["ENTITY_FIELD"]["name"]["value"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
    }
}

fn query(filter: Value, more: Value) -> Value {
    let mut query = json!({"entityFilter": filter,
        "pageLink": {"pageSize": 10, "page": 0, "textSearch": null, "dynamic": true,
            "sortOrder": {"key": {"type": "ENTITY_FIELD", "key": "name"}, "direction": "ASC"}},
        "entityFields": [{"type": "ENTITY_FIELD", "key": "name"}],
        "latestValues": [], "keyFilters": null});
    for (name, value) in more.as_object().unwrap() {
        query[name] = value.clone();
    }
    query
}

#[tokio::test]
async fn aliases_mean_the_entities_they_name() {
    let fleet = Fleet::new().await;
    let (admin, ids) = (&fleet.admin, &fleet.ids);
    for (filter, names) in [
        (
            json!({"type": "singleEntity", "singleEntity": {"entityType": "DEVICE", "id": ids[2]}}),
            vec!["Meter"],
        ),
        (
            json!({"type": "entityList", "entityType": "DEVICE", "entityList": [ids[0], ids[2]]}),
            vec!["Meter", "Thermostat-A"],
        ),
        (
            json!({"type": "entityName", "entityType": "DEVICE", "entityNameFilter": "therm"}),
            vec!["Thermostat-A", "Thermostat-B"],
        ),
        (
            json!({"type": "entityName", "entityType": "DEVICE", "entityNameFilter": "%er"}),
            vec!["Meter"],
        ),
        (
            json!({"type": "entityType", "entityType": "DEVICE", "resolveMultiple": true}),
            vec!["Meter", "Thermostat-A", "Thermostat-B"],
        ),
        (
            json!({"type": "deviceType", "deviceTypes": ["thermostat"], "deviceNameFilter": ""}),
            vec!["Thermostat-A", "Thermostat-B"],
        ),
        (
            json!({"type": "deviceType", "deviceType": "thermostat",
            "deviceNameFilter": "Thermostat-A"}),
            vec!["Thermostat-A"],
        ),
        (
            json!({"type": "deviceType", "deviceTypes": ["thermostat", "meter"]}),
            vec!["Meter", "Thermostat-A", "Thermostat-B"],
        ),
        (
            json!({"type": "stateEntity", "stateEntityParamName": null,
            "singleEntity": {"entityType": "DEVICE", "id": ids[0]}}),
            vec!["Thermostat-A"],
        ),
        (
            json!({"type": "assetType", "assetTypes": ["default"]}),
            vec![],
        ),
        (json!({"type": "apiUsageState"}), vec![]),
        (
            json!({"type": "entityType", "entityType": "CUSTOMER"}),
            vec!["First customer"],
        ),
    ] {
        let found = fleet.names(admin, filter.clone(), json!({})).await;
        assert_eq!(found, names, "{filter}");
        let count = json!({"entityFilter": filter});
        let count = admin.make("/api/entitiesQuery/count", &count).await;
        assert_eq!(count, json!(names.len()), "{filter}");
    }
    // The answer follows the entities.
    let gone = format!("/api/device/{}", ids[0]);
    assert_eq!(admin.delete(&gone).await.status, 200);
    let filter = json!({"type": "deviceType", "deviceTypes": ["thermostat"]});
    assert_eq!(
        fleet.names(admin, filter, json!({})).await,
        ["Thermostat-B"]
    );
}

#[tokio::test]
async fn relations_lead_to_entities() {
    let fleet = Fleet::new().await;
    let admin = &fleet.admin;
    let hall = admin
        .make("/api/asset", &json!({"name": "Hall", "type": "building"}))
        .await;
    for id in &fleet.ids[..2] {
        let relation = json!({"from": hall["id"], "to": {"entityType": "DEVICE", "id": id},
            "type": "Contains", "typeGroup": "COMMON"});
        assert_eq!(admin.post("/api/relation", &relation).await.status, 200);
    }
    let root = hall["id"].clone();
    for (filter, names) in [
        (
            json!({"type": "relationsQuery", "rootEntity": root, "direction": "FROM", "maxLevel": 1,
            "fetchLastLevelOnly": false,
            "filters": [{"relationType": "Contains", "entityTypes": ["DEVICE"]}]}),
            vec!["Thermostat-A", "Thermostat-B"],
        ),
        (
            json!({"type": "relationsQuery", "rootEntity": root, "direction": "FROM",
            "filters": [{"relationType": "Manages", "entityTypes": []}]}),
            vec![],
        ),
        (
            json!({"type": "deviceSearchQuery", "rootEntity": root, "direction": "FROM",
            "maxLevel": 1, "relationType": "Contains", "deviceTypes": ["thermostat"]}),
            vec!["Thermostat-A", "Thermostat-B"],
        ),
        (
            json!({"type": "deviceSearchQuery", "rootEntity": root, "direction": "FROM",
            "relationType": "Contains", "deviceTypes": ["meter"]}),
            vec![],
        ),
        (
            json!({"type": "assetSearchQuery", "direction": "TO", "relationType": "Contains",
            "rootEntity": {"entityType": "DEVICE", "id": fleet.ids[0]},
            "assetTypes": ["building"]}),
            vec!["Hall"],
        ),
    ] {
        assert_eq!(
            fleet.names(admin, filter.clone(), json!({})).await,
            names,
            "{filter}"
        );
    }
    let foreign = json!({"type": "relationsQuery", "rootEntity": root, "direction": "FROM"});
    let stranger = fleet.app.stranger().await;
    assert!(fleet.names(&stranger, foreign, json!({})).await.is_empty());
}

#[tokio::test]
async fn rows_hold_fields_attributes_and_telemetry_as_texts() {
    let fleet = Fleet::new().await;
    let admin = &fleet.admin;
    let field = |key: &str| json!({"type": "ENTITY_FIELD", "key": key});
    let fields = [
        "name",
        "type",
        "label",
        "createdTime",
        "entityType",
        "id",
        "ownerName",
        "additionalInfo",
    ];
    let filter = json!({"type": "singleEntity",
        "singleEntity": {"entityType": "DEVICE", "id": fleet.ids[1]}});
    let asked = query(
        filter,
        json!({
        "entityFields": fields.map(field),
        "latestValues": [{"type": "TIME_SERIES", "key": "temperature"},
            {"type": "TIME_SERIES", "key": "missing"}, {"type": "ATTRIBUTE", "key": "on"},
            {"type": "SERVER_ATTRIBUTE", "key": "floor"},
            {"type": "CLIENT_ATTRIBUTE", "key": "floor"}]}),
    );
    let page = admin.make("/api/entitiesQuery/find", &asked).await;
    let row = &page["data"][0];
    assert_eq!(
        row["entityId"],
        json!({"entityType": "DEVICE", "id": fleet.ids[1]})
    );
    assert_eq!(
        (&row["timeseries"], &row["aggLatest"]),
        (&json!({}), &json!({}))
    );
    let latest = |kind: &str, key: &str| row["latest"][kind][key]["value"].as_str().unwrap();
    for (key, value) in [
        ("name", "Thermostat-B"),
        ("type", "thermostat"),
        ("label", "L Thermostat-B"),
        ("entityType", "DEVICE"),
        ("id", fleet.ids[1].as_str()),
        ("ownerName", "First customer"),
        ("additionalInfo", ""),
    ] {
        assert_eq!(latest("ENTITY_FIELD", key), value, "{key}");
    }
    assert!(
        latest("ENTITY_FIELD", "createdTime")
            .parse::<i64>()
            .unwrap()
            > 0
    );
    assert_eq!(latest("TIME_SERIES", "temperature"), "30.0");
    assert!(row["latest"]["TIME_SERIES"]["temperature"]["ts"].as_i64() > Some(0));
    assert_eq!(
        row["latest"]["TIME_SERIES"]["missing"],
        json!({"ts": 0, "value": ""})
    );
    assert_eq!(latest("ATTRIBUTE", "on"), "true");
    assert_eq!(latest("SERVER_ATTRIBUTE", "floor"), "30");
    assert_eq!(latest("CLIENT_ATTRIBUTE", "floor"), "");
    let path = "/api/entitiesQuery/find/keys?timeseries=True&attributes=True&scope=SERVER_SCOPE";
    let keys = admin.make(path, &asked).await;
    assert_eq!(
        (
            &keys["timeseries"],
            &keys["attribute"],
            &keys["entityTypes"]
        ),
        (
            &json!(["temperature"]),
            &json!(["floor"]),
            &json!(["DEVICE"])
        )
    );
    let keys = admin.make("/api/v2/entitiesQuery/find/keys", &asked).await;
    assert_eq!(keys["attributes"]["SHARED_SCOPE"][0]["key"], "on");
}

#[tokio::test]
async fn conditions_are_met_by_values() {
    let fleet = Fleet::new().await;
    let admin = &fleet.admin;
    let filter = json!({"type": "entityType", "entityType": "DEVICE"});
    let condition = |kind: &str, key: &str, predicate: Value| json!({"key": {"type": kind, "key": key}, "valueType": "ANY", "predicate": predicate});
    let simple = |kind: &str, operation: &str, value: Value| {
        json!({"type": kind, "operation": operation, "ignoreCase": true, "value":
            {"defaultValue": value, "userValue": null, "dynamicValue": null}})
    };
    for (conditions, names) in [
        (
            vec![condition(
                "TIME_SERIES",
                "temperature",
                simple("NUMERIC", "GREATER", json!(20)),
            )],
            vec!["Thermostat-A", "Thermostat-B"],
        ),
        (
            vec![condition(
                "TIME_SERIES",
                "temperature",
                simple("NUMERIC", "EQUAL", json!(9)),
            )],
            vec!["Meter"],
        ),
        (
            vec![condition(
                "SERVER_ATTRIBUTE",
                "floor",
                simple("NUMERIC", "LESS_OR_EQUAL", json!(9)),
            )],
            vec!["Meter"],
        ),
        (
            vec![condition(
                "ATTRIBUTE",
                "on",
                simple("BOOLEAN", "EQUAL", json!(false)),
            )],
            vec!["Meter"],
        ),
        (
            vec![condition(
                "ENTITY_FIELD",
                "name",
                simple("STRING", "ENDS_WITH", json!("-b")),
            )],
            vec!["Thermostat-B"],
        ),
        (
            vec![condition(
                "ENTITY_FIELD",
                "type",
                simple("STRING", "IN", json!("meter, pump")),
            )],
            vec!["Meter"],
        ),
        (
            vec![condition(
                "ATTRIBUTE",
                "none",
                simple("STRING", "NOT_EQUAL", json!("x")),
            )],
            vec!["Meter", "Thermostat-A", "Thermostat-B"],
        ),
        (
            vec![condition(
                "TIME_SERIES",
                "temperature",
                json!({"type": "COMPLEX", "operation": "OR",
            "predicates": [simple("NUMERIC", "LESS", json!(10)),
                simple("NUMERIC", "GREATER", json!(25))]}),
            )],
            vec!["Meter", "Thermostat-B"],
        ),
        (
            vec![
                condition(
                    "TIME_SERIES",
                    "temperature",
                    simple("NUMERIC", "GREATER", json!(20)),
                ),
                condition(
                    "ENTITY_FIELD",
                    "name",
                    simple("STRING", "CONTAINS", json!("-a")),
                ),
            ],
            vec!["Thermostat-A"],
        ),
    ] {
        let more = json!({"keyFilters": conditions});
        assert_eq!(
            fleet.names(admin, filter.clone(), more.clone()).await,
            names,
            "{more}"
        );
        let count = json!({"entityFilter": filter, "keyFilters": conditions});
        let count = admin.make("/api/entitiesQuery/count", &count).await;
        assert_eq!(count, json!(names.len()));
    }
    // The answer follows the values.
    let path = format!(
        "/api/plugins/telemetry/DEVICE/{}/timeseries/ANY",
        fleet.ids[2]
    );
    assert_eq!(
        admin.post(&path, &json!({"temperature": 99})).await.status,
        200
    );
    let hot = condition(
        "TIME_SERIES",
        "temperature",
        simple("NUMERIC", "GREATER", json!(90)),
    );
    assert_eq!(
        fleet
            .names(admin, filter, json!({"keyFilters": [hot]}))
            .await,
        ["Meter"]
    );
}

#[tokio::test]
async fn pages_are_sorted_searched_and_cut() {
    let fleet = Fleet::new().await;
    let admin = &fleet.admin;
    let filter = json!({"type": "entityType", "entityType": "DEVICE"});
    let link = |size: i32, page: i32, kind: &str, key: &str, text: Value| {
        json!({"pageLink": {"pageSize": size, "page": page, "textSearch": text, "sortOrder":
            {"key": {"type": kind, "key": key}, "direction": "DESC"}}})
    };
    for (link, names) in [
        (
            link(10, 0, "TIME_SERIES", "temperature", json!(null)),
            vec!["Thermostat-B", "Thermostat-A", "Meter"],
        ),
        (
            link(1, 1, "TIME_SERIES", "temperature", json!(null)),
            vec!["Thermostat-A"],
        ),
        (
            link(2, 1, "ENTITY_FIELD", "name", json!(null)),
            vec!["Meter"],
        ),
        (
            link(10, 0, "ENTITY_FIELD", "createdTime", json!("STAT")),
            vec!["Thermostat-B", "Thermostat-A"],
        ),
        (
            link(10, 0, "SERVER_ATTRIBUTE", "floor", json!("l thermostat-a")),
            vec!["Thermostat-A"],
        ),
    ] {
        assert_eq!(
            fleet.names(admin, filter.clone(), link.clone()).await,
            names,
            "{link}"
        );
    }
    let first = query(
        filter,
        link(2, 0, "TIME_SERIES", "temperature", json!(null)),
    );
    let page = admin.make("/api/entitiesQuery/find", &first).await;
    assert_eq!(
        (
            &page["totalElements"],
            &page["totalPages"],
            &page["hasNext"]
        ),
        (&json!(3), &json!(2), &json!(true))
    );
}

#[tokio::test]
async fn nobody_finds_what_is_not_theirs() {
    let fleet = Fleet::new().await;
    let person = fleet.app.customer_user().await;
    let stranger = fleet.app.stranger().await;
    let devices = json!({"type": "entityType", "entityType": "DEVICE"});
    let by_value = json!({"keyFilters": [{"key": {"type": "ENTITY_FIELD", "key": "name"},
        "predicate": {"type": "STRING", "operation": "NOT_EQUAL",
            "value": {"defaultValue": "x"}}}]});
    for more in [json!({}), by_value] {
        let found = fleet.names(&person, devices.clone(), more.clone()).await;
        assert_eq!(found, ["Thermostat-B"]);
        assert!(
            fleet
                .names(&stranger, devices.clone(), more)
                .await
                .is_empty()
        );
    }
    for filter in [
        json!({"type": "entityList", "entityType": "DEVICE", "entityList": fleet.ids}),
        json!({"type": "singleEntity",
            "singleEntity": {"entityType": "DEVICE", "id": fleet.ids[0]}}),
    ] {
        let seen = fleet.names(&person, filter.clone(), json!({})).await;
        assert!(!seen.contains(&"Thermostat-A".to_owned()), "{seen:?}");
        assert!(fleet.names(&stranger, filter, json!({})).await.is_empty());
    }
    for kind in ["INTEGRATION", "CONVERTER", "RULE_CHAIN", "TENANT"] {
        let filter = json!({"type": "entityType", "entityType": kind});
        assert!(
            fleet.names(&person, filter, json!({})).await.is_empty(),
            "{kind}"
        );
    }
    let anybody = fleet.app.anonymous();
    let asked = query(devices, json!({}));
    anybody
        .post("/api/entitiesQuery/find", &asked)
        .await
        .refused(401, 10);
    let system = fleet.app.system_administrator().await;
    system
        .post("/api/entitiesQuery/find", &asked)
        .await
        .refused(403, 20);
}

#[tokio::test]
async fn wrong_queries_are_refused_with_the_reason() {
    let app = App::start().await;
    let admin = app.admin().await;
    let filter = json!({"type": "entityType", "entityType": "DEVICE"});
    let with = |more: Value| query(filter.clone(), more);
    let mut deep = json!({"type": "STRING", "operation": "EQUAL", "value": {}});
    for _ in 0..25 {
        deep = json!({"type": "COMPLEX", "operation": "AND", "predicates": [deep]});
    }
    let key = json!({"type": "ENTITY_FIELD", "key": "name"});
    for (body, part) in [
        (json!({}), "entityFilter"),
        (json!([]), "query"),
        (query(json!({"type": "nothing"}), json!({})), "nothing"),
        (
            query(
                json!({"type": "singleEntity", "singleEntity": {"entityType": "DEVICE",
            "id": "x"}}),
                json!({}),
            ),
            "UUID",
        ),
        (
            query(
                json!({"type": "entityType", "entityType": "PLANET"}),
                json!({}),
            ),
            "PLANET",
        ),
        (
            with(json!({"pageLink": {"pageSize": 0, "page": 0}})),
            "pageSize",
        ),
        (
            with(json!({"pageLink": {"pageSize": 2_147_483_648_u64, "page": 0}})),
            "2147483648",
        ),
        (
            with(json!({"pageLink": {"pageSize": 1, "page": -1}})),
            "page",
        ),
        (
            with(json!({"latestValues": [{"type": "WEATHER", "key": "x"}]})),
            "WEATHER",
        ),
        (
            with(json!({"keyFilters": [{"key": key, "predicate": deep}]})),
            "nested",
        ),
        (
            with(
                json!({"keyFilters": [{"key": key, "predicate": {"type": "STRING",
            "operation": "LIKE", "value": {}}}]}),
            ),
            "LIKE",
        ),
    ] {
        let message = admin
            .post("/api/entitiesQuery/find", &body)
            .await
            .refused(400, 31);
        assert!(message.contains(part), "{part}: {message}");
    }
    let nested = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    admin
        .post_text("/api/entitiesQuery/count", nested)
        .await
        .refused(400, 31);
}
