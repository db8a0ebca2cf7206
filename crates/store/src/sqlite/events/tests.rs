//! The rings through their trait.

use std::{path::Path, sync::Arc, time::Instant};

use millrace_model::{
    EntityId, EntityType, PageLink, SortOrder, TenantId,
    event::{Event, EventType},
};
use serde_json::json;
use uuid::Uuid;

use super::{EventOptions, SqliteEvents};
use crate::events::{EventFilter, Events, NewEvent};

const ONE: TenantId = TenantId(Uuid::from_u128(1));
const OTHER: TenantId = TenantId(Uuid::from_u128(2));

fn open_with(dir: &Path, ring_bytes: u64, queue: usize) -> SqliteEvents {
    SqliteEvents::open(dir, EventOptions { ring_bytes, queue }).unwrap()
}

fn open(dir: &Path) -> SqliteEvents {
    open_with(dir, 1 << 20, 10_000)
}

fn station(number: u128) -> EntityId {
    EntityId::new(EntityType::Converter, Uuid::from_u128(number))
}

fn event(number: u128, at: i64, body: serde_json::Value) -> NewEvent {
    NewEvent {
        tenant: ONE,
        entity: station(number),
        event_type: EventType::DebugConverter,
        at,
        failure: body.get("error").is_some(),
        first: false,
        body: body.to_string().into(),
    }
}

fn newest(events: &SqliteEvents, number: u128, filter: &EventFilter) -> Vec<Event> {
    let page = events
        .page(ONE, station(number), filter, &PageLink::first(1_000_000))
        .unwrap();
    assert_eq!(page.total_elements, page.data.len() as u64);
    page.data
}

fn times(events: &[Event]) -> Vec<i64> {
    events.iter().map(|event| event.created_time).collect()
}

#[test]
fn an_event_reads_back_and_stays_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    let body = json!({"server": "s", "type": "Uplink", "in": "{\"a\":1}"});
    events.record(event(1, 1_700_000_000_000, body.clone()));
    let read = newest(&events, 1, &EventFilter::default());
    assert_eq!(read.len(), 1);
    let first = read[0].clone();
    assert_eq!((first.tenant_id, first.entity_id), (ONE, station(1)));
    assert_eq!(first.created_time, 1_700_000_000_000);
    assert_eq!(first.event_type, EventType::DebugConverter);
    assert_eq!(first.body, body);
    assert_eq!(first.uid, first.id.id.to_string());
    assert_eq!(first.id.id.get_version_num(), 7);
    drop(events);
    let events = open(dir.path());
    events.record(event(1, 1_700_000_000_000, body));
    let read = newest(&events, 1, &EventFilter::default());
    assert_eq!(read.len(), 2);
    assert_eq!(read[1], first, "the same event has the same id");
    assert_ne!(read[0].id, first.id);
    assert!(newest(&events, 2, &EventFilter::default()).is_empty());
    let link = PageLink::first(10);
    let other = events
        .page(OTHER, station(1), &EventFilter::default(), &link)
        .unwrap();
    assert_eq!(other.total_elements, 0, "walled by tenant");
}

#[test]
fn events_of_many_stations_have_ids_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    let mut ids = std::collections::HashSet::new();
    for number in 0..600 {
        for _ in 0..2 {
            events.record(event(number, 5, json!({"server": "s"})));
        }
    }
    for number in 0..600 {
        ids.extend(
            newest(&events, number, &EventFilter::default())
                .iter()
                .map(|event| event.id.id),
        );
    }
    assert_eq!(ids.len(), 1200);
}

#[test]
fn pages_come_newest_first_or_as_asked() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    for at in [3, 1, 5, 2, 4] {
        events.record(event(1, at, json!({"server": "s"})));
    }
    let page = |link: &PageLink| {
        let page = events
            .page(ONE, station(1), &EventFilter::default(), link)
            .unwrap();
        (times(&page.data), page.total_elements, page.has_next)
    };
    let mut link = PageLink::first(2);
    assert_eq!(page(&link), (vec![5, 4], 5, true));
    link.page = 2;
    assert_eq!(page(&link), (vec![1], 5, false));
    for property in ["createdTime", "ts"] {
        let mut link = PageLink {
            sort_property: Some(property.to_owned()),
            ..PageLink::first(2)
        };
        assert_eq!(page(&link).0, [1, 2]);
        link.sort_order = SortOrder::Desc;
        assert_eq!(page(&link).0, [5, 4]);
    }
}

#[test]
fn filters_look_into_time_kind_error_and_members() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    events.record(event(
        1,
        1,
        json!({"type": "Uplink", "in": "Ünit 7", "success": true}),
    ));
    events.record(event(
        1,
        2,
        json!({"type": "Downlink", "in": "100%", "error": ""}),
    ));
    events.record(event(
        1,
        3,
        json!({"type": "Uplink", "error": "Line 3: oops", "n": 42}),
    ));
    events.record(NewEvent {
        event_type: EventType::LcEvent,
        ..event(1, 4, json!({"event": "STARTED", "success": "false"}))
    });
    let all = EventFilter::default;
    let found = |filter: EventFilter| times(&newest(&events, 1, &filter));
    let contains = |parts: &[(&str, &str)]| {
        found(EventFilter {
            contains: parts
                .iter()
                .map(|(member, part)| ((*member).to_owned(), (*part).to_owned()))
                .collect(),
            ..all()
        })
    };
    assert_eq!(found(all()), [4, 3, 2, 1]);
    assert_eq!(
        found(EventFilter {
            event_type: Some(EventType::DebugConverter),
            ..all()
        }),
        [3, 2, 1]
    );
    assert_eq!(
        found(EventFilter {
            start: Some(2),
            end: Some(3),
            ..all()
        }),
        [3, 2]
    );
    assert_eq!(
        found(EventFilter {
            is_error: Some(true),
            ..all()
        }),
        [3]
    );
    assert_eq!(
        found(EventFilter {
            is_error: Some(false),
            ..all()
        }),
        [4, 2, 1]
    );
    assert_eq!(contains(&[("type", "uplink")]), [3, 1]);
    assert_eq!(contains(&[("type", "uplink"), ("error", "LINE 3")]), [3]);
    assert_eq!(contains(&[("in", "ünit")]), [1]);
    assert_eq!(contains(&[("in", "%")]), [2], "no wildcards");
    assert_eq!(contains(&[("n", "4")]), [3]);
    assert_eq!(contains(&[("success", "true")]), [1]);
    assert_eq!(contains(&[("success", "false")]), [4]);
    assert_eq!(contains(&[("missing", "x")]), [0; 0]);
    assert_eq!(contains(&[("missing", "")]).len(), 4);
    assert_eq!(contains(&[("\"') OR 1=1 --", "x")]), [0; 0]);
}

#[test]
fn a_ring_is_bounded_and_good_traffic_never_pushes_failures_out() {
    let dir = tempfile::tempdir().unwrap();
    let events = open_with(dir.path(), 20_000, 10_000);
    let body = "x".repeat(900);
    for at in 0..3 {
        events.record(event(1, at, json!({"error": body})));
    }
    for at in 10..500 {
        events.record(event(1, at, json!({"in": body})));
        if at % 100 == 0 {
            events.flush();
        }
    }
    let read = newest(&events, 1, &EventFilter::default());
    let good: Vec<i64> = times(&read).into_iter().filter(|at| *at >= 10).collect();
    assert_eq!(times(&read)[good.len()..], [2, 1, 0]);
    let bytes: usize = good.len() * json!({"in": body}).to_string().len();
    assert!(bytes <= 20_000 && bytes > 18_000, "{bytes}");
    let expected: Vec<i64> = (500 - good.len() as i64..500).rev().collect();
    assert_eq!(good, expected, "the oldest go first");
    // The bound holds over a restart, too.
    drop(events);
    let events = open_with(dir.path(), 20_000, 10_000);
    events.record(event(1, 500, json!({"in": body})));
    let again = newest(&events, 1, &EventFilter::default());
    assert_eq!(again.len(), read.len());
    assert_eq!(again[0].created_time, 500);
}

#[test]
fn a_flood_of_failures_never_pushes_the_first_of_another_out() {
    let dir = tempfile::tempdir().unwrap();
    let events = open_with(dir.path(), 20_000, 10_000);
    events.record(NewEvent {
        first: true,
        ..event(1, 1, json!({"error": "rare"}))
    });
    for at in 10..500 {
        events.record(event(1, at, json!({"error": "x".repeat(900)})));
    }
    let read = times(&newest(&events, 1, &EventFilter::default()));
    assert!(read.len() < 30, "{}", read.len());
    assert_eq!((read.first(), read.last()), (Some(&499), Some(&1)));
}

#[test]
fn a_full_queue_drops_and_counts_without_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let events = open_with(dir.path(), 1 << 20, 100);
    // The writer is stuck for as long as this is held.
    let stuck = events.shared.writer.lock();
    let began = Instant::now();
    for at in 0..1000 {
        events.record(event(1, at, json!({"server": "s"})));
    }
    assert!(began.elapsed().as_secs() < 5);
    let counters = events.counters(station(1));
    assert_eq!(counters.recorded + counters.dropped, 1000);
    // One batch may be with the writer, one waits.
    assert!(
        counters.recorded >= 100 && counters.recorded <= 200,
        "{counters:?}"
    );
    drop(stuck);
    assert_eq!(
        newest(&events, 1, &EventFilter::default()).len() as u64,
        counters.recorded
    );
    events.count_limited(station(1));
    assert_eq!(events.counters(station(1)).limited, 1);
    assert_eq!(events.counters(station(2)).recorded, 0);
}

#[test]
fn an_event_larger_than_its_ring_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let events = open_with(dir.path(), 1000, 100);
    events.record(event(1, 1, json!({"in": "small"})));
    events.record(event(1, 2, json!({"in": "x".repeat(2000)})));
    assert_eq!(times(&newest(&events, 1, &EventFilter::default())), [1]);
    assert_eq!(events.counters(station(1)).dropped, 1);
}

#[test]
fn events_that_cannot_be_written_are_counted_and_writing_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    let forbid = |forbidden: bool| {
        let writer = events.shared.writer.lock();
        writer
            .connection
            .pragma_update(None, "query_only", forbidden)
            .unwrap();
    };
    events.record(event(1, 1, json!({})));
    events.flush();
    forbid(true);
    events.record(event(1, 2, json!({})));
    events.record(event(2, 2, json!({})));
    events.flush();
    forbid(false);
    events.record(event(1, 3, json!({})));
    events.record(event(2, 3, json!({})));
    assert_eq!(times(&newest(&events, 1, &EventFilter::default())), [3, 1]);
    assert_eq!(times(&newest(&events, 2, &EventFilter::default())), [3]);
    let counters = events.counters(station(1));
    assert_eq!((counters.recorded, counters.dropped), (2, 1));
}

#[test]
fn clearing_takes_what_matches_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    for at in 0..4 {
        events.record(event(1, at, json!({"server": "s"})));
        events.record(event(1, at, json!({"error": "e"})));
        events.record(event(2, at, json!({"server": "s"})));
    }
    let old_errors = EventFilter {
        is_error: Some(true),
        end: Some(1),
        ..EventFilter::default()
    };
    let all = EventFilter::default();
    assert_eq!(events.clear(OTHER, station(1), &all).unwrap(), 0);
    assert_eq!(events.clear(ONE, station(1), &old_errors).unwrap(), 2);
    assert_eq!(newest(&events, 1, &all).len(), 6);
    assert_eq!(events.clear(ONE, station(1), &all).unwrap(), 6);
    events.record(event(1, 9, json!({"server": "s"})));
    assert_eq!(times(&newest(&events, 1, &all)), [9]);
    assert_eq!(newest(&events, 2, &all).len(), 4);
}

#[test]
fn a_body_that_is_no_json_is_kept_as_text() {
    let dir = tempfile::tempdir().unwrap();
    let events = open(dir.path());
    events.record(NewEvent {
        body: "not {json".into(),
        ..event(1, 1, json!({}))
    });
    let read = newest(&events, 1, &EventFilter::default());
    assert_eq!(read[0].body, json!({"data": "not {json"}));
}

#[test]
fn a_damaged_file_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("events.db"), vec![b'x'; 8192]).unwrap();
    let events = open(dir.path());
    events.record(event(1, 1, json!({})));
    assert_eq!(newest(&events, 1, &EventFilter::default()).len(), 1);
    assert!(dir.path().join("events.db.damaged").exists());
}

#[test]
fn many_threads_record_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let events = Arc::new(open(dir.path()));
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let events = Arc::clone(&events);
            std::thread::spawn(move || {
                for at in 0..500 {
                    events.record(event(number, at, json!({"server": "s"})));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    for number in 0..4 {
        let read = times(&newest(&events, number, &EventFilter::default()));
        assert_eq!(read, (0..500).rev().collect::<Vec<_>>());
    }
}
