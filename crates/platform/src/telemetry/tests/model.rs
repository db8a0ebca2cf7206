//! Any sequence of saves, deletions, folds, faults and restarts against the plainest model.

use std::collections::BTreeMap;

use millrace_model::AttributeScope;
use proptest::prelude::*;

use super::{super::DeleteLatest, *};

const KEYS: [&str; 2] = ["a", "b"];
const DEVICES: u128 = 2;
const SCOPES: [AttributeScope; 2] = [AttributeScope::Client, AttributeScope::Server];

#[derive(Debug, Clone)]
enum Step {
    Save {
        device: u128,
        key: usize,
        ts: Millis,
        future: bool,
        latest: bool,
        history: bool,
    },
    Attribute {
        device: u128,
        scope: usize,
        key: usize,
    },
    DeletePoints {
        device: u128,
        keys: Vec<usize>,
        start: Millis,
        length: Millis,
        latest: DeleteLatest,
    },
    DeleteAttribute {
        device: u128,
        scope: usize,
        key: usize,
    },
    DeleteEntity {
        device: u128,
    },
    Read {
        device: u128,
    },
    Fold,
    /// The disk is full.
    Refused,
    /// Rows without their mark.
    Unmarked,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let device = 0..DEVICES;
    let key = 0..KEYS.len();
    let scope = 0..SCOPES.len();
    let rule = prop_oneof![
        Just(DeleteLatest::Keep),
        Just(DeleteLatest::Delete),
        Just(DeleteLatest::Rewrite)
    ];
    prop_oneof![
        10 => (
            device.clone(),
            key.clone(),
            0..20_i64,
            prop::bool::weighted(0.1),
            prop::bool::weighted(0.9),
            prop::bool::weighted(0.9),
        )
            .prop_map(|(device, key, ts, future, latest, history)| Step::Save {
                device, key, ts, future, latest, history,
            }),
        3 => (device.clone(), scope.clone(), key.clone())
            .prop_map(|(device, scope, key)| Step::Attribute { device, scope, key }),
        4 => (
            device.clone(),
            prop::collection::vec(key.clone(), 1..=2),
            0..20_i64,
            1..12_i64,
            rule,
        )
            .prop_map(|(device, keys, start, length, latest)| Step::DeletePoints {
                device, keys, start, length, latest,
            }),
        1 => (device.clone(), scope, key)
            .prop_map(|(device, scope, key)| Step::DeleteAttribute { device, scope, key }),
        1 => device.clone().prop_map(|device| Step::DeleteEntity { device }),
        2 => device.prop_map(|device| Step::Read { device }),
        3 => Just(Step::Fold),
        1 => Just(Step::Refused),
        1 => Just(Step::Unmarked),
        2 => Just(Step::Restart),
    ]
}

type Series = (u128, usize);

/// What should be there.
#[derive(Default)]
struct Expected {
    points: BTreeMap<Series, BTreeMap<Millis, i64>>,
    latest: BTreeMap<Series, (Millis, i64)>,
    attributes: BTreeMap<(u128, usize, usize), i64>,
}

impl Expected {
    fn delete(&mut self, series: Series, start: Millis, end: Millis, rule: DeleteLatest) {
        let points = self.points.entry(series).or_default();
        points.retain(|ts, _| *ts < start || *ts >= end);
        let in_range = |(ts, _): &(Millis, i64)| start <= *ts && *ts < end;
        if rule == DeleteLatest::Keep || !self.latest.get(&series).is_some_and(in_range) {
            return;
        }
        self.latest.remove(&series);
        let newest = points.iter().rfind(|(ts, _)| **ts < 1_000_000);
        if let (DeleteLatest::Rewrite, Some((ts, value))) = (rule, newest) {
            self.latest.insert(series, (*ts, *value));
        }
    }

    fn check(&self, house: &House, device_number: u128) {
        let id = device(device_number);
        for (key, name) in KEYS.iter().enumerate() {
            let series = (device_number, key);
            let name: [Arc<str>; 1] = [(*name).into()];
            let latest = house.telemetry.latest(&scope(), id, Some(&name)).unwrap();
            let latest = latest.first().map(|(_, v)| (v.ts, v.value.clone()));
            let wanted = self.latest.get(&series).map(|(ts, v)| (*ts, long(*v)));
            assert_eq!(latest, wanted, "latest of {series:?}");

            let read = |query: &HistoryQuery| {
                let found = house.telemetry.history(&scope(), id, &name, query);
                let points = found.unwrap().pop().map_or(Vec::new(), |(_, all)| all);
                let points = points.into_iter();
                points.map(|one| (one.ts, one.value)).collect::<Vec<_>>()
            };
            let points = self.points.get(&series).cloned().unwrap_or_default();
            let all = points.iter().map(|(ts, v)| (*ts, long(*v)));
            let all: Vec<_> = all.collect();
            assert_eq!(read(&everything(Order::Asc)), all, "points of {series:?}");
            let newest: Vec<_> = all.iter().rev().take(3).cloned().collect();
            let query = HistoryQuery {
                limit: 3,
                ..everything(Order::Desc)
            };
            assert_eq!(read(&query), newest, "newest of {series:?}");

            let query = HistoryQuery {
                start: 3,
                end: 17,
                aggregation: Aggregation::Count,
                interval: Interval::Millis(5),
                ..everything(Order::Asc)
            };
            let mut counts: BTreeMap<Millis, i64> = BTreeMap::new();
            for (ts, _) in points.range(3..17) {
                let from = 3 + (ts - 3) / 5 * 5;
                *counts.entry((from + (from + 5).min(17)) / 2).or_default() += 1;
            }
            let counts: Vec<_> = counts.into_iter().map(|(ts, n)| (ts, long(n))).collect();
            assert_eq!(read(&query), counts, "counts of {series:?}");

            for (of, attribute_scope) in SCOPES.iter().enumerate() {
                let found = house.telemetry.attribute(id, *attribute_scope, &name[0]);
                let wanted = self.attributes.get(&(device_number, of, key));
                assert_eq!(found.map(|v| v.value), wanted.map(|v| long(*v)));
            }
        }
    }
}

fn run(steps: Vec<Step>, cache_entities: usize) {
    let mut house = House::with(TelemetryOptions {
        cache_entities,
        ..TelemetryOptions::default()
    });
    let far_ahead = far_ahead();
    let mut expected = Expected::default();
    for (number, step) in steps.into_iter().enumerate() {
        let value = number as i64;
        match step {
            Step::Save {
                device: of,
                key,
                ts,
                future,
                latest,
                history,
            } => {
                let series = (of, key);
                let ts = if future { far_ahead + ts } else { ts };
                house.save(OutRecord::Points {
                    tenant: tenant(),
                    entity: device(of),
                    ts,
                    expires: None,
                    latest,
                    history,
                    values: vec![(KEYS[key].into(), long(value))],
                });
                if history {
                    let points = expected.points.entry(series).or_default();
                    points.insert(ts, value);
                }
                let newest = expected.latest.get(&series).is_none_or(|(of, _)| *of <= ts);
                if latest && !future && newest {
                    expected.latest.insert(series, (ts, value));
                }
            }
            Step::Attribute {
                device: of,
                scope,
                key,
            } => {
                house.save(attribute(device(of), SCOPES[scope], KEYS[key], value));
                expected.attributes.insert((of, scope, key), value);
            }
            Step::DeletePoints {
                device: of,
                keys,
                start,
                length,
                latest,
            } => {
                let names: Vec<Arc<str>> = keys.iter().map(|key| KEYS[*key].into()).collect();
                let end = start + length;
                house
                    .telemetry
                    .delete_points(&scope(), device(of), &names, start, end, latest)
                    .unwrap();
                for key in keys {
                    expected.delete((of, key), start, end, latest);
                }
            }
            Step::DeleteAttribute {
                device: of,
                scope: in_scope,
                key,
            } => {
                let names = [KEYS[key].into()];
                house
                    .telemetry
                    .delete_attributes(&scope(), device(of), SCOPES[in_scope], &names)
                    .unwrap();
                expected.attributes.remove(&(of, in_scope, key));
            }
            Step::DeleteEntity { device: of } => {
                house.telemetry.delete_entity(&scope(), device(of)).unwrap();
                expected.points.retain(|(owner, _), _| *owner != of);
                expected.latest.retain(|(owner, _), _| *owner != of);
                expected.attributes.retain(|(owner, _, _), _| *owner != of);
            }
            Step::Read { device } => expected.check(&house, device),
            Step::Fold => {
                house.telemetry.fold_now().unwrap();
                assert_eq!(house.telemetry.memory_bytes(), 0);
            }
            // With nothing to write there is nothing to fail.
            Step::Refused | Step::Unmarked => {
                house.fail(&[match step {
                    Step::Refused => Fault::Refused,
                    _ => Fault::Unmarked,
                }]);
                let _ = house.telemetry.fold_now();
                house.fail(&[]);
            }
            Step::Restart => house.restart(),
        }
    }
    for restart in [false, true] {
        if restart {
            house.restart();
        }
        for device in 0..DEVICES {
            expected.check(&house, device);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_tables_are_one(
        steps in prop::collection::vec(step(), 1..40),
        cached in prop::bool::ANY,
    ) {
        run(steps, if cached { 1_000 } else { 0 });
    }
}
