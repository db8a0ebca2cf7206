//! What saved values look like, before and after folds, faults and restarts.

use std::time::Duration;

use millrace_model::AttributeScope;

use super::*;

#[test]
fn latest_follows_the_time_of_the_event() {
    let mut house = House::new();
    house.point("t", 2_000, 20);
    house.point("t", 1_000, 10);
    assert_eq!(house.latest("t").unwrap().value, long(20));
    house.point("t", 2_000, 21);
    assert_eq!(house.latest("t").unwrap().value, long(21));
    house.telemetry.fold_now().unwrap();
    house.restart();
    // Memory knows nothing of the key now: the stored value must still win.
    house.point("t", 1_500, 15);
    assert_eq!(house.latest("t").unwrap().value, long(21));
    house.telemetry.fold_now().unwrap();
    house.restart();
    assert_eq!(house.latest("t").unwrap().value, long(21));
    assert_eq!(
        house.all("t"),
        [(1_000, long(10)), (1_500, long(15)), (2_000, long(21))]
    );
}

#[test]
fn an_unread_latest_value_in_the_tables_is_not_overwritten_by_an_older_one() {
    let mut house = House::new();
    house.point("t", 2_000, 20);
    house.telemetry.fold_now().unwrap();
    house.restart();
    house.point("t", 1_000, 10);
    // No read in between: the fold itself must look.
    house.telemetry.fold_now().unwrap();
    house.restart();
    assert_eq!(house.latest("t").unwrap().value, long(20));
}

#[test]
fn a_time_far_ahead_is_history_but_never_latest() {
    let house = House::new();
    house.point("t", 1_000, 1);
    house.point("t", far_ahead(), 2);
    assert_eq!(house.latest("t").unwrap().value, long(1));
    assert_eq!(house.all("t").len(), 2);
    assert_eq!(house.telemetry.stats().future_points, 1);
    house.point("t", now_ms() + 60_000, 3);
    assert_eq!(house.latest("t").unwrap().value, long(3));
}

#[test]
fn saving_again_replaces_the_point_wherever_it_is() {
    let house = House::new();
    house.point("t", 1_000, 1);
    house.point("t", 1_000, 2);
    assert_eq!(house.all("t"), [(1_000, long(2))]);
    house.telemetry.fold_now().unwrap();
    house.point("t", 1_000, 3);
    assert_eq!(house.all("t"), [(1_000, long(3))]);
    house.telemetry.fold_now().unwrap();
    assert_eq!(house.all("t"), [(1_000, long(3))]);
}

#[test]
fn what_a_record_leaves_out_is_not_stored() {
    let house = House::new();
    let record = |latest, history, key: &str| OutRecord::Points {
        tenant: tenant(),
        entity: device(1),
        ts: 1_000,
        expires: None,
        latest,
        history,
        values: vec![(key.into(), long(1))],
    };
    house.save(record(true, false, "only latest"));
    house.save(record(false, true, "only history"));
    house.save(record(false, false, "neither"));
    for _ in 0..2 {
        assert!(house.latest("only latest").is_some());
        assert!(house.all("only latest").is_empty());
        assert!(house.latest("only history").is_none());
        assert_eq!(house.all("only history").len(), 1);
        assert!(house.latest("neither").is_none());
        assert!(house.all("neither").is_empty());
        house.telemetry.fold_now().unwrap();
    }
    assert_eq!(house.telemetry.stats().points_saved, 2);
}

#[test]
fn expired_points_are_gone_in_memory_and_tables() {
    let house = House::new();
    let with = |ts: Millis, expires| OutRecord::Points {
        tenant: tenant(),
        entity: device(1),
        ts,
        expires: Some(expires),
        latest: true,
        history: true,
        values: vec![("t".into(), long(ts))],
    };
    house.save(with(1_000, now_ms() - 1));
    house.save(with(2_000, now_ms() + 600_000));
    assert_eq!(house.all("t"), [(2_000, long(2_000))]);
    house.telemetry.fold_now().unwrap();
    assert_eq!(house.all("t"), [(2_000, long(2_000))]);
}

#[test]
fn an_applied_record_is_visible_before_it_is_durable_and_survives_with_the_journal() {
    let mut house = House::new();
    let record = point(device(1), "t", 1_000, 1);
    {
        let gate = house.telemetry.gate();
        house.telemetry.apply(&gate, &record);
        assert_eq!(house.latest("t").unwrap().value, long(1));
        house.journal.append(millrace_store::journal::Append {
            outs: vec![record],
            ..Default::default()
        });
    }
    house.journal.sync().unwrap();
    house.restart();
    assert_eq!(house.latest("t").unwrap().value, long(1));
}

#[test]
fn a_fold_says_how_far_the_tables_have_come() {
    let house = House::new();
    house.point("t", 1_000, 1);
    house.point("t", 2_000, 2);
    let mark = house.telemetry.fold_now().unwrap();
    assert_eq!(mark, house.journal.stats().last_seq);
    assert_eq!(house.tables.folded_to().unwrap(), mark);
    assert_eq!(house.telemetry.stats().folded_to, mark);
    assert_eq!(house.telemetry.memory_bytes(), 0);
    // Nothing new: nothing written.
    let folds = house.telemetry.stats().folds;
    assert_eq!(house.telemetry.fold_now().unwrap(), mark);
    assert_eq!(house.telemetry.stats().folds, folds);
}

#[test]
fn a_full_disk_loses_nothing_and_stops_the_intake_at_the_bound() {
    let mut house = House::with(TelemetryOptions {
        memory_bytes: 1_000,
        ..TelemetryOptions::default()
    });
    house.fail(&[Fault::Refused, Fault::Refused]);
    house.point("t", 1_000, 1);
    assert!(house.telemetry.fold_now().is_err());
    assert!(house.telemetry.stats().stalled);
    house.point("t", 1_000, 2);
    house.point("t", 2_000, 3);
    assert!(house.telemetry.fold_now().is_err());
    assert_eq!(house.all("t"), [(1_000, long(2)), (2_000, long(3))]);
    let mut ts = 3_000;
    while house.telemetry.room() {
        house.point("t", ts, 4);
        ts += 1_000;
    }
    let refused = house
        .telemetry
        .save(vec![point(device(1), "t", 1, 1)])
        .unwrap_err();
    assert!(refused.to_string().contains("try again later"), "{refused}");

    let before = house.all("t");
    house.telemetry.fold_now().unwrap();
    assert!(house.telemetry.room());
    assert!(!house.telemetry.stats().stalled);
    assert_eq!(house.telemetry.memory_bytes(), 0);
    assert_eq!(house.all("t"), before);
    house.restart();
    assert_eq!(house.all("t"), before);
    assert_eq!(house.latest("t").unwrap().ts, ts - 1_000);
}

#[test]
fn rows_without_their_mark_are_written_again() {
    let mut house = House::new();
    house.point("t", 1_000, 1);
    house.telemetry.fold_now().unwrap();
    house.point("t", 1_000, 2);
    house.save(attribute(device(1), AttributeScope::Server, "a", 5));
    house.fail(&[Fault::Unmarked]);
    assert!(house.telemetry.fold_now().is_err());
    house.restart();
    assert_eq!(house.all("t"), [(1_000, long(2))]);
    let kept = house
        .telemetry
        .attribute(device(1), AttributeScope::Server, "a");
    assert_eq!(kept.unwrap().value, long(5));
}

#[test]
fn the_intake_is_woken_when_there_is_room_again() {
    let house = House::with(TelemetryOptions {
        memory_bytes: 1,
        ..TelemetryOptions::default()
    });
    house.point("t", 1_000, 1);
    assert!(!house.telemetry.room());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let telemetry = Arc::clone(&house.telemetry);
        let waiter = tokio::spawn(async move { telemetry.wait_room().await });
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        let telemetry = Arc::clone(&house.telemetry);
        tokio::task::spawn_blocking(move || telemetry.fold_now().unwrap())
            .await
            .unwrap();
        tokio::time::timeout(Duration::from_secs(10), waiter)
            .await
            .unwrap()
            .unwrap();
    });
}

#[test]
fn the_thread_folds_at_its_size_and_once_more_at_the_end() {
    let house = House::with(TelemetryOptions {
        fold_bytes: 10_000,
        fold_interval: Duration::from_secs(3_600),
        memory_bytes: 20_000,
        ..TelemetryOptions::default()
    });
    let thread = house.telemetry.run_fold();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for ts in 0..1_000 {
        // Only the thread can make room.
        runtime
            .block_on(async {
                tokio::time::timeout(Duration::from_secs(10), house.telemetry.wait_room()).await
            })
            .unwrap();
        let gate = house.telemetry.gate();
        house.telemetry.apply(&gate, &point(device(1), "t", ts, ts));
    }
    assert_eq!(house.all("t").len(), 1_000);
    thread.stop().unwrap();
    assert_eq!(house.telemetry.memory_bytes(), 0);
    assert_eq!(house.tables.size().unwrap().1, 1_000);
}

#[test]
fn attributes_keep_their_scopes_apart_and_their_types() {
    let mut house = House::new();
    let of = |house: &House, scope_of| {
        house
            .telemetry
            .attributes(&scope(), device(1), scope_of, None)
            .unwrap()
            .into_iter()
            .map(|one| (one.key.to_string(), one.value))
            .collect::<Vec<_>>()
    };
    house.save(attribute(device(1), AttributeScope::Server, "a", 1));
    house.save(attribute(device(1), AttributeScope::Client, "a", 2.5));
    house.save(attribute(device(1), AttributeScope::Shared, "b", true));
    for _ in 0..2 {
        assert_eq!(
            of(&house, Some(AttributeScope::Server)),
            [("a".into(), long(1))]
        );
        assert_eq!(
            of(&house, Some(AttributeScope::Client)),
            [("a".into(), Value::Double(2.5))]
        );
        assert_eq!(of(&house, None).len(), 3);
        let keys = house
            .telemetry
            .attribute_keys(&scope(), device(1), None)
            .unwrap();
        assert_eq!(keys, ["a".into(), "b".into()]);
        house.telemetry.fold_now().unwrap();
        house.restart();
    }
}

#[test]
fn what_is_known_to_be_another_tenants_is_not_shown() {
    let house = House::new();
    house.point("t", 1_000, 1);
    house.save(attribute(device(1), AttributeScope::Server, "a", 1));
    let other = Scope::server(TenantId(Uuid::from_u128(8)));
    let telemetry = &house.telemetry;
    assert!(
        telemetry
            .latest(&other, device(1), None)
            .unwrap()
            .is_empty()
    );
    assert!(telemetry.keys(&other, device(1)).unwrap().is_empty());
    let all = everything(Order::Asc);
    let keys = ["t".into()];
    assert!(
        telemetry
            .history(&other, device(1), &keys, &all)
            .unwrap()
            .is_empty()
    );
    assert!(
        telemetry
            .attributes(&other, device(1), None, None)
            .unwrap()
            .is_empty()
    );
}
