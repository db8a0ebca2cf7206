//! Alarms on real stores.

use std::sync::Arc;

use millrace_model::{
    EntityId, PageLink,
    entity::{Alarm, AlarmSearchStatus, AlarmSeverity, AlarmStatus, Authority, EntityRelation},
};
use parking_lot::Mutex;
use serde_json::json;

use super::*;
use crate::{fixture::Fixture, rules::RuleMessage};

/// Messages that would enter chains.
#[derive(Default)]
struct Heard(Mutex<Vec<RuleMessage>>);

impl AlarmMessages for Heard {
    fn send(&self, _: TenantId, message: RuleMessage) {
        self.0.lock().push(message);
    }
}

impl Heard {
    fn types(&self) -> Vec<String> {
        let heard = std::mem::take(&mut *self.0.lock());
        heard
            .iter()
            .map(|message| message.msg_type.to_string())
            .collect()
    }
}

struct Stage {
    fixture: Fixture,
    alarms: Alarms,
    heard: Arc<Heard>,
    device: EntityId,
}

impl Stage {
    fn new() -> Self {
        let fixture = Fixture::new();
        let alarms = Alarms::new(fixture.records.clone());
        let heard = Arc::new(Heard::default());
        alarms.set_messages(Arc::clone(&heard) as Arc<dyn AlarmMessages>);
        let device = fixture.device("Boiler", None).id.unwrap().into();
        Self {
            fixture,
            alarms,
            heard,
            device,
        }
    }

    fn admin(&self) -> &Scope {
        &self.fixture.admin
    }

    fn wanted(&self, alarm_type: &str, end: i64) -> Wanted {
        Wanted {
            originator: self.device,
            alarm_type: alarm_type.to_owned(),
            severity: AlarmSeverity::Major,
            details: Some(json!({ "count": 1 })),
            propagation: Propagation::default(),
            start: end,
            end,
            cause: Uuid::nil(),
        }
    }

    fn raise(&self, wanted: Wanted) -> Raised {
        self.alarms.raise(self.admin(), wanted).unwrap()
    }

    fn ids(&self, scope: &Scope, query: &AlarmQuery) -> Vec<AlarmId> {
        let page = self
            .alarms
            .page(scope, query, &PageLink::first(100))
            .unwrap();
        page.data.into_iter().filter_map(|alarm| alarm.id).collect()
    }
}

use uuid::Uuid;

fn of(entity: EntityId) -> AlarmQuery {
    AlarmQuery {
        listed_by: Some(vec![entity]),
        ..AlarmQuery::default()
    }
}

#[test]
fn an_active_alarm_is_updated_and_a_cleared_one_is_followed_by_a_new_one() {
    let stage = Stage::new();
    let first = stage.raise(stage.wanted("High", 10));
    assert_eq!(first.raising, Raising::Created);
    assert_eq!(first.alarm.status, Some(AlarmStatus::ActiveUnack));
    let id = first.alarm.id.unwrap();
    assert_eq!(
        stage.raise(stage.wanted("High", 10)).raising,
        Raising::Unchanged
    );
    let later = stage.raise(stage.wanted("High", 20));
    assert_eq!((later.raising, later.alarm.end_ts), (Raising::Updated, 20));
    assert_eq!(later.alarm.start_ts, 10);
    let worse = Wanted {
        severity: AlarmSeverity::Critical,
        ..stage.wanted("High", 20)
    };
    let worse = stage.raise(worse);
    assert_eq!(worse.raising, Raising::SeverityUpdated);
    assert_eq!(worse.alarm.id, Some(id), "still the same alarm");
    assert_eq!(
        stage.raise(stage.wanted("Low", 20)).raising,
        Raising::Created
    );

    stage.alarms.clear(stage.admin(), id, 0).unwrap();
    let next = stage.raise(stage.wanted("High", 30));
    assert_eq!(next.raising, Raising::Created);
    assert_ne!(next.alarm.id, Some(id));
    assert_eq!(stage.ids(stage.admin(), &of(stage.device)).len(), 3);
}

#[test]
fn a_message_that_runs_again_hears_the_same_answer() {
    let stage = Stage::new();
    let cause = Wanted {
        cause: Uuid::from_u128(5),
        ..stage.wanted("High", 10)
    };
    for run in 0..3 {
        assert_eq!(
            stage.raise(cause.clone()).raising,
            Raising::Created,
            "run {run}"
        );
    }
    stage.raise(stage.wanted("High", 11));
    assert_ne!(stage.raise(cause).raising, Raising::Created);
    assert_eq!(stage.ids(stage.admin(), &AlarmQuery::default()).len(), 1);
}

#[test]
fn one_alarm_is_active_however_many_raise_and_clear_at_once() {
    let stage = Stage::new();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let stage = &stage;
            scope.spawn(move || {
                for round in 0..12 {
                    let raised = stage.raise(stage.wanted("High", thread * 100 + round));
                    if (round + thread) % 4 == 0 {
                        // Somebody else may have been faster.
                        let _ = stage
                            .alarms
                            .clear(stage.admin(), raised.alarm.id.unwrap(), 0);
                    }
                }
            });
        }
    });
    stage.raise(stage.wanted("High", 1_000));
    let all = stage
        .alarms
        .page(stage.admin(), &AlarmQuery::default(), &PageLink::first(100))
        .unwrap();
    let active: Vec<&Alarm> = all.data.iter().filter(|alarm| !alarm.cleared).collect();
    assert_eq!(active.len(), 1);
    let found = stage
        .alarms
        .active(stage.admin(), stage.device, "High")
        .unwrap();
    assert_eq!(found.unwrap().id, active[0].id);
    assert!(all.data.len() > 1, "some were cleared");
}

#[test]
fn people_acknowledge_assign_clear_and_delete_and_the_chain_hears_of_it() {
    let stage = Stage::new();
    let sent = Alarm {
        alarm_type: "High".to_owned(),
        originator: Some(stage.device),
        severity: Some(AlarmSeverity::Minor),
        ..Alarm::default()
    };
    let alarm = stage.alarms.save(stage.admin(), sent.clone()).unwrap();
    let id = alarm.id.unwrap();
    let acknowledged = stage.alarms.acknowledge(stage.admin(), id, 0).unwrap();
    assert_eq!(acknowledged.status, Some(AlarmStatus::ActiveAck));
    assert!(acknowledged.ack_ts > 0);
    let twice = stage.alarms.acknowledge(stage.admin(), id, 0).unwrap_err();
    assert!(matches!(twice, PlatformError::Invalid { .. }), "{twice}");
    let admin = stage.fixture.admin_id();
    stage.alarms.assign(stage.admin(), id, Some(admin)).unwrap();
    let info = stage.alarms.info(stage.admin(), id).unwrap();
    assert_eq!(info.assignee.unwrap().id, admin);
    assert_eq!(info.originator_name.as_deref(), Some("Boiler"));
    stage.alarms.assign(stage.admin(), id, None).unwrap();
    let worse = Alarm {
        id: Some(id),
        severity: Some(AlarmSeverity::Critical),
        acknowledged: true,
        ..sent
    };
    assert_eq!(
        stage.alarms.save(stage.admin(), worse).unwrap().severity,
        Some(AlarmSeverity::Critical)
    );
    let cleared = stage.alarms.clear(stage.admin(), id, 0).unwrap();
    assert_eq!(cleared.status, Some(AlarmStatus::ClearedAck));
    assert!(stage.alarms.clear(stage.admin(), id, 0).is_err());
    assert!(stage.alarms.delete(stage.admin(), id).unwrap());
    assert!(!stage.alarms.delete(stage.admin(), id).unwrap());
    assert_eq!(
        stage.heard.types(),
        [
            "ALARM_CREATED",
            "ALARM_ACK",
            "ALARM_ASSIGNED",
            "ALARM_UNASSIGNED",
            "ALARM_SEVERITY_UPDATED",
            "ALARM_CLEAR",
            "ALARM_DELETE"
        ]
    );
}

#[test]
fn what_a_client_leaves_out_is_named() {
    let stage = Stage::new();
    let whole = Alarm {
        alarm_type: "High".to_owned(),
        originator: Some(stage.device),
        severity: Some(AlarmSeverity::Minor),
        ..Alarm::default()
    };
    let error = |alarm: Alarm| {
        stage
            .alarms
            .save(stage.admin(), alarm)
            .unwrap_err()
            .to_string()
    };
    assert!(
        error(Alarm {
            alarm_type: " ".to_owned(),
            ..whole.clone()
        })
        .contains("type")
    );
    assert!(
        error(Alarm {
            originator: None,
            ..whole.clone()
        })
        .contains("originator")
    );
    assert!(
        error(Alarm {
            severity: None,
            ..whole.clone()
        })
        .contains("severity")
    );
    let gone = EntityId::new(EntityType::Device, Uuid::from_u128(9));
    assert!(
        error(Alarm {
            originator: Some(gone),
            ..whole
        })
        .contains("not found")
    );
}

#[test]
fn lists_are_narrowed_by_entity_status_severity_type_and_time() {
    let stage = Stage::new();
    let other: EntityId = stage.fixture.device("Fan", None).id.unwrap().into();
    let high = stage.raise(stage.wanted("High", 10)).alarm.id.unwrap();
    let low = stage.raise(Wanted {
        severity: AlarmSeverity::Warning,
        ..stage.wanted("Low", 10)
    });
    let low = low.alarm.id.unwrap();
    let fan = stage.raise(Wanted {
        originator: other,
        severity: AlarmSeverity::Critical,
        ..stage.wanted("High", 10)
    });
    let fan = fan.alarm.id.unwrap();
    stage.alarms.clear(stage.admin(), low, 0).unwrap();
    stage.alarms.acknowledge(stage.admin(), low, 0).unwrap();

    let ids = |query: &AlarmQuery| stage.ids(stage.admin(), query);
    assert_eq!(
        ids(&AlarmQuery::default()),
        [fan, low, high],
        "newest first"
    );
    assert_eq!(ids(&of(stage.device)), [low, high]);
    let statuses = |part: AlarmSearchStatus| {
        let all = AlarmStatus::ALL;
        AlarmQuery {
            statuses: all.into_iter().filter(|status| part.has(*status)).collect(),
            ..AlarmQuery::default()
        }
    };
    assert_eq!(ids(&statuses(AlarmSearchStatus::Active)), [fan, high]);
    assert_eq!(ids(&statuses(AlarmSearchStatus::Ack)), [low]);
    let types = AlarmQuery {
        types: vec!["Low".to_owned()],
        ..AlarmQuery::default()
    };
    assert_eq!(ids(&types), [low]);
    let severities = AlarmQuery {
        severities: vec![AlarmSeverity::Major, AlarmSeverity::Critical],
        ..of(other)
    };
    assert_eq!(ids(&severities), [fan]);
    let later = AlarmQuery {
        start: Some(i64::MAX),
        ..AlarmQuery::default()
    };
    assert!(ids(&later).is_empty());
    let worst = |query: &AlarmQuery| stage.alarms.highest_severity(stage.admin(), query).unwrap();
    assert_eq!(worst(&of(stage.device)), Some(AlarmSeverity::Major));
    assert_eq!(worst(&AlarmQuery::default()), Some(AlarmSeverity::Critical));
    assert_eq!(worst(&later), None);
    let types = stage
        .alarms
        .types(stage.admin(), &PageLink::first(1))
        .unwrap();
    assert_eq!(
        (types.total_elements, types.data[0].alarm_type.as_str()),
        (2, "High")
    );
}

#[test]
fn alarms_propagate_and_go_with_their_originator() {
    let stage = Stage::new();
    let parent: EntityId = stage.fixture.device("Plant", None).id.unwrap().into();
    let relations = crate::relations::Relations::new(stage.fixture.records.clone());
    let contains = EntityRelation {
        from: parent,
        to: stage.device,
        relation_type: "Contains".to_owned(),
        type_group: "COMMON".to_owned(),
        additional_info: None,
        version: None,
    };
    relations.save(stage.admin(), contains).unwrap();
    let quiet = stage.raise(stage.wanted("Quiet", 1)).alarm.id.unwrap();
    let loud = |types: &[&str], tenant: bool| Wanted {
        propagation: Propagation {
            related: true,
            relation_types: types.iter().map(|name| (*name).to_owned()).collect(),
            tenant,
            ..Propagation::default()
        },
        ..stage.wanted("Loud", 2)
    };
    let raised = stage.raise(loud(&[], true)).alarm.id.unwrap();
    let tenant: EntityId = stage.admin().tenant.into();
    assert_eq!(stage.ids(stage.admin(), &of(parent)), [raised]);
    assert_eq!(stage.ids(stage.admin(), &of(tenant)), [raised]);
    stage.raise(loud(&["Manages"], false));
    assert!(stage.ids(stage.admin(), &of(parent)).is_empty());
    assert!(stage.ids(stage.admin(), &of(tenant)).is_empty());
    assert_eq!(stage.ids(stage.admin(), &of(stage.device)), [raised, quiet]);

    stage
        .alarms
        .forget(stage.admin().tenant, stage.device)
        .unwrap();
    assert!(stage.ids(stage.admin(), &AlarmQuery::default()).is_empty());
}

#[test]
fn a_wall_stands_between_tenants_and_customers() {
    let stage = Stage::new();
    let (customer, person) = stage.fixture.customer("Acme");
    let (_, neighbour) = stage.fixture.customer("Other");
    let own: EntityId = stage
        .fixture
        .device("Own", Some(customer))
        .id
        .unwrap()
        .into();
    let tenants = stage.raise(stage.wanted("High", 1)).alarm.id.unwrap();
    let customers = stage.raise(Wanted {
        originator: own,
        ..stage.wanted("High", 1)
    });
    let customers = customers.alarm.id.unwrap();

    assert_eq!(stage.ids(&person, &AlarmQuery::default()), [customers]);
    assert!(stage.ids(&neighbour, &AlarmQuery::default()).is_empty());
    assert!(stage.alarms.acknowledge(&person, customers, 0).is_ok());
    for (scope, id) in [
        (&person, tenants),
        (&neighbour, customers),
        (&stage.fixture.stranger(), tenants),
    ] {
        assert!(stage.alarms.get(scope, id).is_err());
        assert!(stage.alarms.clear(scope, id, 0).is_err());
        assert!(!stage.alarms.delete(scope, id).unwrap());
        let foreign = Wanted {
            originator: stage.device,
            ..stage.wanted("Forged", 1)
        };
        assert!(stage.alarms.raise(scope, foreign).is_err());
    }
    let system = Scope {
        authority: Authority::SysAdmin,
        ..*stage.admin()
    };
    assert!(stage.alarms.get(&system, tenants).is_err());
    assert!(
        stage
            .alarms
            .page(&system, &AlarmQuery::default(), &PageLink::first(1))
            .is_err()
    );
}
