//! What happens when one thing comes in the middle of another.

use millrace_model::AttributeScope;

use super::{super::DeleteLatest, *};

/// Nothing clean stays in memory longer than a fold.
fn forgetful() -> House {
    House::with(TelemetryOptions {
        cache_entities: 0,
        ..TelemetryOptions::default()
    })
}

#[test]
fn what_is_saved_behind_the_fold_is_not_covered_by_its_mark() {
    let mut house = forgetful();
    house.save(point(device(2), "t", 1, 1));
    house.telemetry.fold_now().unwrap();
    // Device 1 lies in an earlier shard; device 2 makes the fold look into the tables.
    house.point("t", 1, 1);
    assert!(house.latest("t").is_some());
    house.save(point(device(2), "t", 2, 2));
    let telemetry = Arc::clone(&house.telemetry);
    set(&house.tables.after_latest, move || {
        telemetry.save(vec![point(device(1), "t", 2, 2)]).unwrap();
    });
    house.telemetry.fold_now().unwrap();
    house.restart();
    assert_eq!(house.all("t"), [(1, long(1)), (2, long(2))]);
    assert_eq!(house.latest("t").unwrap().ts, 2);
}

#[test]
fn a_fold_in_parts_moves_its_mark_with_the_last_one() {
    let mut house = House::new();
    let big: Arc<str> = "x".repeat(100_000).into();
    let records = |number| {
        let value = Value::Text(Arc::clone(&big));
        (0..50)
            .map(|ts| OutRecord::Points {
                tenant: tenant(),
                entity: device(number),
                ts,
                expires: None,
                latest: true,
                history: true,
                values: vec![("t".into(), value.clone())],
            })
            .collect::<Vec<_>>()
    };
    house.telemetry.save(records(0)).unwrap();
    house.telemetry.save(records(1)).unwrap();
    house.fail(&[Fault::None, Fault::Refused]);
    assert!(house.telemetry.fold_now().is_err());
    assert_eq!(house.tables.size().unwrap().1, 50);
    house.restart();
    assert_eq!(house.all("t").len(), 50);
    house.telemetry.fold_now().unwrap();
    assert_eq!(house.tables.size().unwrap().1, 100);
}

#[test]
fn rows_that_were_read_before_a_fold_are_not_taken_for_new() {
    let house = forgetful();
    house.point("t", 1, 1);
    house.telemetry.fold_now().unwrap();
    let telemetry = Arc::clone(&house.telemetry);
    set(&house.tables.after_latest, move || {
        telemetry.save(vec![point(device(1), "t", 2, 2)]).unwrap();
        telemetry.fold_now().unwrap();
    });
    assert_eq!(house.latest("t").unwrap().value, long(2));
}

#[test]
fn points_that_come_while_a_deletion_looks_are_found() {
    let house = House::new();
    for ts in 1..=5 {
        house.point("t", ts, ts);
    }
    house.telemetry.fold_now().unwrap();
    let telemetry = Arc::clone(&house.telemetry);
    set(&house.tables.after_points, move || {
        telemetry.save(vec![point(device(1), "t", 4, 44)]).unwrap();
    });
    let keys = ["t".into()];
    house
        .telemetry
        .delete_points(
            &scope(),
            device(1),
            &keys,
            5,
            Millis::MAX,
            DeleteLatest::Rewrite,
        )
        .unwrap();
    assert_eq!(house.latest("t").unwrap().value, long(44));
}

#[test]
fn what_a_fold_is_writing_stays_in_memory() {
    let house = forgetful();
    house.save(attribute(device(1), AttributeScope::Server, "a", 1));
    let other = device(1 + 64 * 100);
    house.save(point(other, "t", 1, 1));
    let telemetry = Arc::clone(&house.telemetry);
    set(&house.tables.before_fold, move || {
        // Reads of so many entities of one shard push others out.
        for number in 1..50 {
            telemetry
                .latest(&scope(), device(1 + 64 * number), None)
                .unwrap();
        }
        let kept = telemetry.attribute(device(1), AttributeScope::Server, "a");
        assert_eq!(kept.unwrap().value, long(1));
        let latest = telemetry.latest(&scope(), other, None).unwrap();
        assert_eq!(latest.len(), 1);
    });
    house.telemetry.fold_now().unwrap();
    assert!(house.tables.before_fold.lock().is_none());
}

#[test]
fn what_is_deleted_while_it_is_written_stays_deleted() {
    let mut house = House::new();
    house.point("t", 1, 1);
    house.point("t", 2, 2);
    house.save(attribute(device(1), AttributeScope::Server, "a", 1));
    let telemetry = Arc::clone(&house.telemetry);
    set(&house.tables.before_fold, move || {
        let keys = ["t".into()];
        telemetry
            .delete_points(&scope(), device(1), &keys, 0, 2, DeleteLatest::Delete)
            .unwrap();
        let keys = ["a".into()];
        telemetry
            .delete_attributes(&scope(), device(1), AttributeScope::Server, &keys)
            .unwrap();
    });
    house.telemetry.fold_now().unwrap();
    for _ in 0..2 {
        assert_eq!(house.all("t"), [(2, long(2))]);
        let attributes = house.telemetry.attributes(&scope(), device(1), None, None);
        assert!(attributes.unwrap().is_empty());
        house.restart();
    }
}
