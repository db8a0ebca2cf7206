//! Alarms through the nodes, on real stores.

use serde_json::json;

use crate::{
    Scope,
    rules::{
        message::RuleMessage,
        node::{Node, Outcome, SharedNode},
        nodes::{tests::node, try_build, world::World},
        recording::Recording,
    },
};

const CREATE: &str = "org.thingsboard.rule.engine.action.TbCreateAlarmNode";
const CLEAR: &str = "org.thingsboard.rule.engine.action.TbClearAlarmNode";
const STATUS: &str = "org.thingsboard.rule.engine.filter.TbCheckAlarmStatusNode";

fn build(type_name: &str, settings: &serde_json::Value) -> SharedNode {
    try_build(&node(type_name, &settings.to_string(), Some(0))).unwrap()
}

/// Counts in the details, in either language.
fn counting(lang: &str) -> serde_json::Value {
    json!({
        "alarmType": "High", "scriptLang": lang,
        "alarmDetailsBuildTbel": "var n = metadata.prevAlarmDetails == null ? 0 : JSON.parse(metadata.prevAlarmDetails).n; return {n: n + 1};",
        "alarmDetailsBuildJs": "var n = metadata.prevAlarmDetails ? JSON.parse(metadata.prevAlarmDetails).n : 0; return {n: n + 1};",
    })
}

fn message(world: &World, number: u128) -> RuleMessage {
    let mut message = world.message(
        world.boiler,
        "POST_TELEMETRY_REQUEST",
        &json!({ "ts": (1_000 + number).to_string() }),
        r#"{"temperature":99}"#,
    );
    message.id = uuid::Uuid::from_u128(number);
    message
}

fn one(world: &World, node: &dyn Node, message: RuleMessage) -> (String, RuleMessage) {
    let mut left = world.run(node, message, &mut world.services());
    assert_eq!(left.len(), 1);
    left.remove(0)
}

#[test]
fn an_alarm_is_created_updated_and_cleared_with_details_that_build_on_each_other() {
    let world = World::new();
    for (lang, first) in [("TBEL", 1), ("JS", 101)] {
        let (create, clear) = (
            build(CREATE, &counting(lang)),
            build(CLEAR, &counting(lang)),
        );
        let (label, message_out) = one(&world, &*create, message(&world, first));
        assert_eq!(label, "Created", "{message_out:?}");
        assert_eq!(&*message_out.msg_type, "ALARM");
        assert_eq!(message_out.metadata.get("isNewAlarm"), Some("true"));
        let alarm = message_out.data.json().unwrap();
        assert_eq!(
            (&alarm["details"]["n"], &alarm["severity"]),
            (&json!(1), &json!("CRITICAL"))
        );
        assert_eq!(alarm["startTs"], 1_000 + u64::try_from(first).unwrap());

        let (label, again) = one(&world, &*create, message(&world, first + 1));
        assert_eq!(
            (label.as_str(), again.metadata.get("isExistingAlarm")),
            ("Updated", Some("true"))
        );
        let updated = again.data.json().unwrap();
        assert_eq!(
            (&updated["details"]["n"], &updated["id"]),
            (&json!(2), &alarm["id"])
        );

        let (label, cleared) = one(&world, &*clear, message(&world, first + 2));
        assert_eq!(
            (label.as_str(), cleared.metadata.get("isClearedAlarm")),
            ("Cleared", Some("true"))
        );
        let body = cleared.data.json().unwrap();
        assert_eq!(
            (&body["details"]["n"], &body["status"]),
            (&json!(3), &json!("CLEARED_UNACK"))
        );
        let (label, left) = one(&world, &*clear, message(&world, first + 3));
        assert_eq!(
            (label.as_str(), &*left.msg_type),
            ("False", "POST_TELEMETRY_REQUEST")
        );

        for (statuses, label) in [
            (json!(["CLEARED_UNACK"]), "True"),
            (json!(["ACTIVE_ACK"]), "False"),
        ] {
            let filter = build(STATUS, &json!({ "alarmStatusList": statuses }));
            assert_eq!(one(&world, &*filter, cleared.clone()).0, label);
        }
    }
}

#[test]
fn an_update_that_changes_nothing_leaves_the_message_as_it_was() {
    let world = World::new();
    let settings = json!({ "alarmType": "Same", "alarmDetailsBuildTbel": "return {a: 1};" });
    let create = build(CREATE, &settings);
    assert_eq!(one(&world, &*create, message(&world, 5)).0, "Created");
    assert_eq!(
        one(&world, &*create, message(&world, 5)).0,
        "Created",
        "a message that runs again"
    );
    let mut other = message(&world, 6);
    other.metadata.set("ts", "1005");
    let (label, left) = one(&world, &*create, other);
    assert_eq!(
        (label.as_str(), &*left.msg_type),
        ("Success", "POST_TELEMETRY_REQUEST")
    );
}

#[test]
fn the_alarm_may_come_with_the_message() {
    let world = World::new();
    let create = build(CREATE, &json!({ "useMessageAlarmData": true }));
    let mut sent = message(&world, 9);
    sent.data = crate::rules::Data::Text(
        json!({ "type": "Sent", "severity": "WARNING", "details": { "x": 1 }, "propagateToTenant": true })
            .to_string()
            .into(),
    );
    let (label, left) = one(&world, &*create, sent);
    let alarm = left.data.json().unwrap();
    assert_eq!(label, "Created");
    assert_eq!(
        (
            &alarm["type"],
            &alarm["severity"],
            &alarm["details"]["x"],
            &alarm["propagateToTenant"]
        ),
        (&json!("Sent"), &json!("WARNING"), &json!(1), &json!(true))
    );
    let (label, left) = one(&world, &*create, message(&world, 10));
    assert_eq!(label, "Failure", "{left:?}");
}

#[test]
fn messages_about_one_alarm_wait_for_each_other_in_order() {
    let world = World::new();
    let create = build(CREATE, &counting("TBEL"));
    let mut services = world.services();
    // All are under way before the first one ends.
    let mut waiting: Vec<Outcome> = (0..20)
        .map(|number| create.process(message(&world, number), &mut services))
        .collect();
    let mut ended = Vec::new();
    for mut outcome in waiting.drain(..) {
        loop {
            outcome = match outcome {
                Outcome::Parked(wait) => world.wait(wait),
                Outcome::Continue(work) => work(&mut services),
                Outcome::Next(label, message) => {
                    let n = message.data.json().unwrap()["details"]["n"]
                        .as_i64()
                        .unwrap();
                    ended.push((label.into_owned(), n));
                    break;
                }
                _ => panic!("the alarm leaves"),
            };
        }
    }
    let counts: Vec<i64> = ended.iter().map(|(_, n)| *n).collect();
    assert_eq!(counts, (1..=20).collect::<Vec<i64>>());
    assert_eq!(
        ended.iter().filter(|(label, _)| label == "Created").count(),
        1
    );
    let scope = Scope::server(world.tenant());
    let active = world
        .directory
        .alarms
        .active(&scope, world.boiler, "High")
        .unwrap();
    assert_eq!(active.unwrap().details.unwrap()["n"], 20);
    drop::<Recording>(services);
}
