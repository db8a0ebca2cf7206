//! Deletions hide what was accepted before them, at once and for good, and nothing else.

use millrace_model::AttributeScope;

use super::{super::DeleteLatest, *};

fn filled() -> House {
    let house = House::new();
    for ts in 1..=5 {
        house.point("t", ts * 1_000, ts);
    }
    house
}

fn delete(house: &House, start: Millis, end: Millis, latest: DeleteLatest) {
    house
        .telemetry
        .delete_points(&scope(), device(1), &["t".into()], start, end, latest)
        .unwrap();
}

/// Runs `check` with the data in memory, in the tables, and after a restart before the fold.
fn everywhere(change: impl Fn(&House), check: impl Fn(&House)) {
    for folded_before in [false, true] {
        for folded_after in [false, true] {
            for restarted in [false, true] {
                let mut house = filled();
                if folded_before {
                    house.telemetry.fold_now().unwrap();
                }
                change(&house);
                check(&house);
                if folded_after {
                    house.telemetry.fold_now().unwrap();
                    check(&house);
                }
                if restarted {
                    house.restart();
                    check(&house);
                }
            }
        }
    }
}

#[test]
fn a_deleted_range_is_gone_and_later_points_in_it_survive() {
    everywhere(
        |house| {
            delete(house, 2_000, 4_000, DeleteLatest::Delete);
            house.point("t", 3_000, 33);
        },
        |house| {
            assert_eq!(
                house.all("t"),
                [
                    (1_000, long(1)),
                    (3_000, long(33)),
                    (4_000, long(4)),
                    (5_000, long(5))
                ]
            );
            assert_eq!(house.latest("t").unwrap().value, long(5));
            let newest = HistoryQuery {
                limit: 2,
                end: 4_000,
                ..everything(Order::Desc)
            };
            assert_eq!(
                house.read("t", &newest),
                [(3_000, long(33)), (1_000, long(1))]
            );
        },
    );
}

#[test]
fn a_latest_value_in_the_range_stays_goes_or_is_replaced() {
    everywhere(
        |house| delete(house, 4_000, Millis::MAX, DeleteLatest::Keep),
        |house| assert_eq!(house.latest("t").unwrap().ts, 5_000),
    );
    everywhere(
        |house| delete(house, 4_000, Millis::MAX, DeleteLatest::Delete),
        |house| assert_eq!(house.latest("t"), None),
    );
    everywhere(
        |house| delete(house, 4_000, Millis::MAX, DeleteLatest::Rewrite),
        |house| assert_eq!(house.latest("t").unwrap().ts, 3_000),
    );
    everywhere(
        |house| delete(house, 0, Millis::MAX, DeleteLatest::Rewrite),
        |house| {
            assert_eq!(house.latest("t"), None);
            assert!(house.all("t").is_empty());
            assert!(
                house
                    .telemetry
                    .keys(&scope(), device(1))
                    .unwrap()
                    .is_empty()
            );
        },
    );
    everywhere(
        |house| delete(house, 0, 5_000, DeleteLatest::Delete),
        |house| assert_eq!(house.latest("t").unwrap().ts, 5_000),
    );
}

#[test]
fn a_deletion_during_a_failed_fold_is_not_undone_by_its_retry() {
    let mut house = filled();
    house.fail(&[Fault::Unmarked]);
    assert!(house.telemetry.fold_now().is_err());
    delete(&house, 0, 3_000, DeleteLatest::Delete);
    house.point("t", 1_000, 11);
    let expected = [
        (1_000, long(11)),
        (3_000, long(3)),
        (4_000, long(4)),
        (5_000, long(5)),
    ];
    assert_eq!(house.all("t"), expected);
    house.telemetry.fold_now().unwrap();
    assert_eq!(house.all("t"), expected);
    house.restart();
    assert_eq!(house.all("t"), expected);
}

#[test]
fn what_a_deletion_left_as_latest_does_not_depend_on_later_points() {
    let mut house = filled();
    delete(&house, 4_000, Millis::MAX, DeleteLatest::Rewrite);
    // Newer than what was left, but not meant to be latest; in the tables before the mark is.
    house.save(OutRecord::Points {
        tenant: tenant(),
        entity: device(1),
        ts: 3_500,
        expires: None,
        latest: false,
        history: true,
        values: vec![("t".into(), long(35))],
    });
    house.fail(&[Fault::Unmarked]);
    assert!(house.telemetry.fold_now().is_err());
    house.restart();
    assert_eq!(house.latest("t").unwrap().ts, 3_000);
}

#[test]
fn a_deleted_entity_starts_empty() {
    everywhere(
        |house| {
            house.save(attribute(device(1), AttributeScope::Server, "a", 1));
            house.telemetry.delete_entity(&scope(), device(1)).unwrap();
            house.point("t", 500, 9);
        },
        |house| {
            assert_eq!(house.all("t"), [(500, long(9))]);
            assert_eq!(house.latest("t").unwrap().value, long(9));
            assert!(
                house
                    .telemetry
                    .attributes(&scope(), device(1), None, None)
                    .unwrap()
                    .is_empty()
            );
        },
    );
}

#[test]
fn deleted_attributes_are_gone_in_their_scope_only() {
    everywhere(
        |house| {
            house.save(attribute(device(1), AttributeScope::Server, "a", 1));
            house.save(attribute(device(1), AttributeScope::Shared, "a", 2));
            house.telemetry.fold_now().unwrap();
            house
                .telemetry
                .delete_attributes(
                    &scope(),
                    device(1),
                    AttributeScope::Server,
                    &["a".into(), "never there".into()],
                )
                .unwrap();
        },
        |house| {
            let left = house
                .telemetry
                .attributes(&scope(), device(1), None, None)
                .unwrap();
            assert_eq!(left.len(), 1);
            assert_eq!(left.first().unwrap().value, long(2));
        },
    );
}

#[test]
fn deletions_and_saves_from_several_threads_end_the_same_after_a_restart() {
    let mut house = House::new();
    std::thread::scope(|threads| {
        for lane in 0..3 {
            let telemetry = &house.telemetry;
            threads.spawn(move || {
                for ts in 0..150 {
                    let saved = point(device(1), "t", ts * 10 + lane, ts);
                    telemetry.save(vec![saved]).unwrap();
                }
            });
        }
        let telemetry = &house.telemetry;
        threads.spawn(move || {
            for round in 0..20 {
                let range = (round * 50, round * 50 + 200);
                let keys = ["t".into()];
                telemetry
                    .delete_points(
                        &scope(),
                        device(1),
                        &keys,
                        range.0,
                        range.1,
                        DeleteLatest::Rewrite,
                    )
                    .unwrap();
                telemetry.fold_now().unwrap();
            }
        });
    });
    let (all, latest) = (house.all("t"), house.latest("t"));
    assert_eq!(all.last().map(|(ts, _)| *ts), latest.as_ref().map(|v| v.ts));
    house.restart();
    assert_eq!(house.all("t"), all);
    assert_eq!(house.latest("t"), latest);
    house.telemetry.fold_now().unwrap();
    assert_eq!(house.all("t"), all);
}
