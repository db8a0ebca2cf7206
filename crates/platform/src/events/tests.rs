use std::sync::Arc;

use millrace_model::{DebugSettings, EntityType, entity::Integration, id::DeviceId};
use millrace_store::sqlite::{EventOptions as RingOptions, SqliteEvents};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::fixture::Fixture;

const ALL: DebugSettings = DebugSettings {
    failures_enabled: true,
    all_enabled: false,
    all_enabled_until: 1_000_000,
};

struct Desk {
    _dir: TempDir,
    fixture: Fixture,
    recorder: EventRecorder,
    integration: IntegrationId,
}

impl Desk {
    fn new() -> Self {
        let fixture = Fixture::new();
        let dir = TempDir::new().unwrap();
        let events = SqliteEvents::open(dir.path(), RingOptions::default()).unwrap();
        let recorder = EventRecorder::new(
            Arc::new(events),
            fixture.records.shared_store(),
            EventOptions {
                server: "mill-1".to_owned(),
            },
        );
        let integration = Integration {
            id: Some(IntegrationId::new()),
            tenant_id: Some(fixture.admin.tenant),
            created_time: Some(1),
            name: "Plant".to_owned(),
            ..Integration::default()
        };
        let saved = fixture
            .records
            .commit(&fixture.admin, integration, true, Vec::new())
            .unwrap();
        Self {
            _dir: dir,
            fixture,
            recorder,
            integration: saved.id.unwrap(),
        }
    }

    fn bodies(&self, station: EntityId, filter: &EventFilter) -> Vec<Json> {
        let page = self
            .recorder
            .page(
                &self.fixture.admin,
                station,
                filter,
                &PageLink::first(10_000),
            )
            .unwrap();
        page.data.into_iter().map(|event| event.body).collect()
    }

    fn uplink(&self, at: Millis, payload: &[u8], error: Option<&str>) -> bool {
        let station = self.integration.into();
        let wanted = self.recorder.wants(station, &ALL, error, at);
        if wanted {
            let tenant = self.fixture.admin.tenant;
            self.recorder
                .debug_uplink(tenant, self.integration, at, "a/b", payload, error);
        }
        wanted
    }
}

#[test]
fn bodies_have_the_members_clients_know() {
    let desk = Desk::new();
    let (tenant, station) = (desk.fixture.admin.tenant, desk.integration);
    let recorder = &desk.recorder;
    recorder.debug_uplink(tenant, station, 1, "a/b", b"{\"t\":1}", None);
    recorder.debug_downlink(tenant, station, 2, "c", b"\xff", Some("no session"));
    recorder.lifecycle(tenant, station.into(), "STARTED", true, None);
    recorder.lifecycle(tenant, station.into(), "FAILED", false, Some("refused"));
    recorder.error(tenant, station.into(), "onConnect", "boom");
    recorder.stats(tenant, station.into(), 7, 1);
    let of = |event_type| {
        let filter = EventFilter {
            event_type: Some(event_type),
            ..EventFilter::default()
        };
        desk.bodies(station.into(), &filter)
    };
    assert_eq!(
        of(EventType::DebugIntegration),
        [
            json!({
                "server": "mill-1", "type": "Downlink", "messageType": "JSON",
                "message": "{\"topic\":\"c\",\"payload\":\"/w==\"}",
                "status": "ERROR", "error": "no session",
            }),
            json!({
                "server": "mill-1", "type": "Uplink", "messageType": "JSON",
                "message": "{\"topic\":\"a/b\",\"payload\":\"{\\\"t\\\":1}\"}",
                "status": "OK",
            }),
        ]
    );
    let lifecycle = of(EventType::LcEvent);
    assert!(lifecycle.contains(&json!({"server": "mill-1", "event": "STARTED", "success": true})));
    assert!(lifecycle.contains(
        &json!({"server": "mill-1", "event": "FAILED", "success": false, "error": "refused"})
    ));
    assert_eq!(
        of(EventType::Error),
        [json!({"server": "mill-1", "method": "onConnect", "error": "boom"})]
    );
    assert_eq!(
        of(EventType::Stats),
        [json!({"server": "mill-1", "messagesProcessed": 7, "errorsOccurred": 1})]
    );
    let errors = EventFilter {
        is_error: Some(true),
        ..EventFilter::default()
    };
    assert_eq!(desk.bodies(station.into(), &errors).len(), 3);
}

#[test]
fn nothing_is_wanted_unless_the_settings_say_so() {
    let desk = Desk::new();
    let station = desk.integration.into();
    let wants =
        |settings: DebugSettings, error, now| desk.recorder.wants(station, &settings, error, now);
    let off = DebugSettings::default();
    assert!(!wants(off, None, 5) && !wants(off, Some("e"), 5));
    let failures = DebugSettings {
        failures_enabled: true,
        ..off
    };
    assert!(!wants(failures, None, 5) && wants(failures, Some("e"), 5));
    assert!(wants(ALL, None, 999_999) && !wants(ALL, None, 1_000_000));
    assert_eq!(desk.recorder.counters(station).limited, 0);
}

#[test]
fn under_a_flood_failures_the_first_of_each_error_and_the_newest_stay() {
    let desk = Desk::new();
    let station = desk.integration.into();
    desk.uplink(0, b"first", Some("line 3: no such member"));
    let payload = vec![b'x'; 20_000];
    let mut kept = 0_u64;
    for at in 1..=200_i64 {
        // Two hundred seconds of ten thousand good and bad messages each would be slow to build
        // here; what matters is that they are over the rate and over the size of a ring.
        for _ in 0..25 {
            kept += u64::from(desk.uplink(at * 1_000, &payload, None));
            kept += u64::from(desk.uplink(at * 1_000, &payload, Some("another")));
        }
        desk.recorder.events().flush();
    }
    let counters = desk.recorder.counters(station);
    assert_eq!(kept, 200 * 40);
    assert_eq!(counters.limited, 200 * 10);
    assert_eq!((counters.recorded, counters.dropped), (kept + 1, 0));
    let errors = EventFilter {
        is_error: Some(true),
        ..EventFilter::default()
    };
    let page = desk
        .recorder
        .page(
            &desk.fixture.admin,
            station,
            &errors,
            &PageLink::first(10_000),
        )
        .unwrap();
    assert!(page.total_elements < 100, "{}", page.total_elements);
    assert_eq!(page.data[0].created_time, 200_000);
    let oldest = page.data.last().unwrap();
    assert_eq!(oldest.body["error"], "line 3: no such member");
    assert_eq!(oldest.created_time, 0);
}

#[test]
fn a_test_dialog_gets_the_newest_input_of_its_direction() {
    let desk = Desk::new();
    let admin = &desk.fixture.admin;
    let converter = ConverterId::new();
    let run = |direction, input: &'static [u8], at| {
        let run = ConverterDebug {
            direction,
            input: Shown::of(input),
            message_type: (direction == Direction::Downlink).then_some("RPC"),
            output: None,
            metadata: "{\"topic\":\"a\"}",
            integration_metadata: None,
            error: Some("oops"),
        };
        desk.recorder
            .debug_converter(admin.tenant, converter, at, &run);
    };
    let latest = |direction| {
        desk.recorder
            .latest_converter_input(admin, converter, direction)
            .unwrap()
    };
    assert_eq!(latest(None), None);
    run(Direction::Uplink, b"{\"old\":1}", 1);
    run(Direction::Uplink, b"plain", 2);
    run(Direction::Downlink, b"{\"method\":\"m\"}", 3);
    let uplink = latest(Some(ConverterType::Uplink)).unwrap();
    assert_eq!(
        (uplink.in_content_type.as_str(), uplink.in_content.as_str()),
        ("TEXT", "plain")
    );
    assert_eq!(uplink.in_metadata, "{\"topic\":\"a\"}");
    assert_eq!(uplink.in_msg_type, None);
    assert_eq!(latest(None).unwrap().in_msg_type.as_deref(), Some("RPC"));

    let node = RuleNodeId::new();
    for (side, data) in [(NodeSide::In, "{\"a\":1}"), (NodeSide::Out, "{\"a\":2}")] {
        let seen = NodeDebug {
            side,
            originator: DeviceId::new().into(),
            message_id: Uuid::now_v7(),
            message_type: "POST_TELEMETRY_REQUEST",
            data_type: "JSON",
            relation: Some("Success"),
            data,
            metadata: "{\"deviceName\":\"SN-001\"}",
            error: None,
        };
        desk.recorder.rule_node(admin.tenant, node, 9, &seen);
    }
    assert_eq!(
        desk.recorder.latest_node_input(admin, node).unwrap(),
        Some(json!({
            "msg": "{\"a\":1}",
            "metadata": {"deviceName": "SN-001"},
            "msgType": "POST_TELEMETRY_REQUEST",
        }))
    );
    let bodies = desk.bodies(node.into(), &EventFilter::default());
    for member in [
        "msgId",
        "msgType",
        "relationType",
        "dataType",
        "data",
        "metadata",
        "server",
    ] {
        assert!(bodies[0][member].is_string(), "{member}");
    }
    assert_eq!(bodies[0]["entityType"], "DEVICE");
}

#[test]
fn events_are_walled_and_cleared_by_administrators_only() {
    let desk = Desk::new();
    let station: EntityId = desk.integration.into();
    desk.uplink(1, b"x", Some("oops"));
    let any = EventFilter::default();
    let link = PageLink::first(10);
    let stranger = desk.fixture.stranger();
    assert!(desk.recorder.page(&stranger, station, &any, &link).is_err());
    assert_eq!(desk.recorder.clear(&stranger, station, &any).unwrap(), 0);
    let (customer, person) = desk.fixture.customer("A");
    assert!(desk.recorder.page(&person, station, &any, &link).is_err());
    assert!(desk.recorder.clear(&person, station, &any).is_err());
    let own = desk.fixture.device("own", Some(customer)).id.unwrap();
    let tenant = desk.fixture.admin.tenant;
    desk.recorder.error(tenant, own.into(), "save", "boom");
    let seen = desk
        .recorder
        .page(&person, own.into(), &any, &link)
        .unwrap();
    assert_eq!(seen.total_elements, 1);
    assert_eq!(seen.data[0].entity_id.entity_type, EntityType::Device);
    let admin = &desk.fixture.admin;
    assert_eq!(desk.recorder.clear(admin, station, &any).unwrap(), 1);
    assert!(desk.bodies(station, &any).is_empty());
}
