//! Random folds, repeats, expiries and restarts against a model of ordered maps.

use std::{collections::BTreeMap, sync::Arc};

use millrace_model::{
    AttributeScope, EntityId, EntityType, Millis, TenantId, Value, telemetry::TsValue,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::SqliteValues;
use crate::values::{Fold, Point, PointQuery, PointRange, SeriesPoints, ValueTables};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const KEYS: [&str; 3] = ["a", "b", "temperature"];

#[derive(Debug, Clone)]
enum Step {
    Fold(FoldParts),
    RepeatFold,
    Expire(Millis, usize),
    Reopen,
}

type TimedValue = (Millis, Value);
type Row = (Millis, Value, Option<Millis>);

/// A fold that can be printed and made again; numbers stand for entities, keys and scopes.
#[derive(Debug, Clone, Default)]
struct FoldParts {
    delete_points: Vec<(usize, usize, Millis, Millis)>,
    delete_entities: Vec<usize>,
    points: Vec<(usize, usize, Vec<Row>)>,
    latest: Vec<(usize, usize, Option<TimedValue>)>,
    attributes: Vec<(usize, usize, usize, Option<TimedValue>)>,
}

fn entity(index: usize) -> EntityId {
    // The same UUID under two kinds is two entities.
    let kind = [EntityType::Device, EntityType::Asset, EntityType::Device][index];
    EntityId::new(kind, Uuid::from_u128([7, 7, 8][index]))
}

fn key(index: usize) -> Arc<str> {
    KEYS[index].into()
}

fn build(parts: &FoldParts, upto: u64) -> Fold {
    let ts_value =
        |value: &Option<TimedValue>| value.clone().map(|(ts, value)| TsValue { ts, value });
    Fold {
        upto,
        delete_points: parts
            .delete_points
            .iter()
            .map(|(e, k, start, end)| PointRange {
                entity: entity(*e),
                key: key(*k),
                start: *start,
                end: *end,
            })
            .collect(),
        delete_entities: parts.delete_entities.iter().map(|e| entity(*e)).collect(),
        points: parts
            .points
            .iter()
            .map(|(e, k, points)| SeriesPoints {
                tenant: TENANT,
                entity: entity(*e),
                key: key(*k),
                points: points
                    .iter()
                    .cloned()
                    .map(|(ts, value, expires)| Point { ts, value, expires })
                    .collect(),
            })
            .collect(),
        latest: parts
            .latest
            .iter()
            .map(|(e, k, value)| (TENANT, entity(*e), key(*k), ts_value(value)))
            .collect(),
        attributes: parts
            .attributes
            .iter()
            .map(|(e, scope, k, value)| {
                let scope = AttributeScope::ALL[*scope];
                (TENANT, entity(*e), scope, key(*k), ts_value(value))
            })
            .collect(),
    }
}

type Series = (EntityId, Arc<str>);

#[derive(Default)]
struct Model {
    points: BTreeMap<Series, BTreeMap<Millis, Point>>,
    latest: BTreeMap<Series, TsValue>,
    attributes: BTreeMap<(EntityId, &'static str, Arc<str>), TsValue>,
}

impl Model {
    fn fold(&mut self, fold: &Fold) {
        for range in &fold.delete_points {
            if let Some(points) = self.points.get_mut(&(range.entity, Arc::clone(&range.key))) {
                points.retain(|ts, _| {
                    *ts < range.start || (*ts >= range.end && range.end != Millis::MAX)
                });
            }
        }
        for gone in &fold.delete_entities {
            self.points.retain(|(entity, _), _| entity != gone);
            self.latest.retain(|(entity, _), _| entity != gone);
            self.attributes.retain(|(entity, _, _), _| entity != gone);
        }
        for series in &fold.points {
            let stored = self
                .points
                .entry((series.entity, Arc::clone(&series.key)))
                .or_default();
            stored.extend(series.points.iter().map(|point| (point.ts, point.clone())));
        }
        for (_, entity, key, value) in &fold.latest {
            put(&mut self.latest, (*entity, Arc::clone(key)), value.as_ref());
        }
        for (_, entity, scope, key, value) in &fold.attributes {
            let name = (*entity, scope.as_str(), Arc::clone(key));
            put(&mut self.attributes, name, value.as_ref());
        }
    }

    fn expired(&self, now: Millis) -> usize {
        self.points
            .values()
            .flat_map(BTreeMap::values)
            .filter(|point| point.expires.is_some_and(|at| at <= now))
            .count()
    }

    fn expire(&mut self, now: Millis) {
        for points in self.points.values_mut() {
            points.retain(|_, point| point.expires.is_none_or(|at| at > now));
        }
    }

    fn compare(&self, values: &SqliteValues, now: Millis) {
        let stored: usize = self.points.values().map(BTreeMap::len).sum();
        assert_eq!(values.size().unwrap().1, stored as u64, "number of points");
        for entity in (0..3).map(entity) {
            for key in (0..3).map(key) {
                let series = (entity, Arc::clone(&key));
                for (start, end) in [(Millis::MIN, Millis::MAX), (2, 7), (7, 2), (0, Millis::MIN)] {
                    let mut expected: Vec<Point> = self
                        .points
                        .get(&series)
                        .into_iter()
                        .flat_map(BTreeMap::values)
                        .filter(|point| point.expires.is_none_or(|at| at > now))
                        .filter(|point| point.ts >= start && (point.ts < end || end == Millis::MAX))
                        .cloned()
                        .collect();
                    let read = |newest_first, limit| {
                        let query = PointQuery {
                            start,
                            end,
                            newest_first,
                            limit,
                        };
                        values.points(entity, &key, query, now).unwrap()
                    };
                    assert_eq!(read(false, None), expected);
                    expected.reverse();
                    assert_eq!(read(true, None), expected);
                    expected.truncate(2);
                    assert_eq!(read(true, Some(2)), expected);
                }
            }
            let latest: BTreeMap<Series, TsValue> = values
                .latest(entity)
                .unwrap()
                .into_iter()
                .map(|(key, value)| ((entity, key), value))
                .collect();
            let mut expected = self.latest.clone();
            expected.retain(|(of, _), _| *of == entity);
            assert_eq!(latest, expected);
            let attributes: BTreeMap<_, TsValue> = values
                .attributes(entity)
                .unwrap()
                .into_iter()
                .map(|(scope, key, value)| ((entity, scope.as_str(), key), value))
                .collect();
            let mut expected = self.attributes.clone();
            expected.retain(|(of, _, _), _| *of == entity);
            assert_eq!(attributes, expected);
        }
    }
}

fn put<K: Ord>(map: &mut BTreeMap<K, TsValue>, name: K, value: Option<&TsValue>) {
    match value {
        Some(value) => {
            map.insert(name, value.clone());
        }
        None => {
            map.remove(&name);
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Long),
        (-3_i32..30).prop_map(|number| Value::Double(f64::from(number))),
        prop_oneof![Just(f64::INFINITY), Just(1e300), Just(5e-324), Just(0.1)]
            .prop_map(Value::Double),
        "\\PC{0,6}".prop_map(|text| Value::Text(text.into())),
        prop_oneof![Just(""), Just("25.0"), Just("J{}"), Just("a\0b")]
            .prop_map(|text| Value::Text(text.into())),
        prop_oneof![Just("{}"), Just("[1,null]"), Just("{\"ö\":\"\\u0000\"}")]
            .prop_map(|text| Value::Json(text.into())),
    ]
}

fn millis() -> impl Strategy<Value = Millis> {
    prop_oneof![20 => -2_i64..12, 1 => Just(Millis::MIN), 1 => Just(Millis::MAX)]
}

fn fold_parts() -> impl Strategy<Value = FoldParts> {
    let ts_value = || prop::option::weighted(0.8, (millis(), value()));
    (
        prop::collection::vec((0_usize..3, 0_usize..3, millis(), millis()), 0..3),
        prop::collection::vec(0_usize..3, 0..2),
        prop::collection::vec(
            (
                0_usize..3,
                0_usize..3,
                prop::collection::vec((millis(), value(), prop::option::of(0_i64..20)), 0..6),
            ),
            0..5,
        ),
        prop::collection::vec((0_usize..3, 0_usize..3, ts_value()), 0..4),
        prop::collection::vec((0_usize..3, 0_usize..3, 0_usize..3, ts_value()), 0..4),
    )
        .prop_map(
            |(delete_points, delete_entities, points, latest, attributes)| FoldParts {
                delete_points,
                delete_entities,
                points,
                latest,
                attributes,
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => fold_parts().prop_map(Step::Fold),
        1 => Just(Step::RepeatFold),
        1 => (0_i64..20, 0_usize..20).prop_map(|(now, limit)| Step::Expire(now, limit)),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tables_agree_with_a_model(steps in prop::collection::vec(step(), 1..12), now in 0_i64..20) {
        let dir = tempfile::tempdir().unwrap();
        let mut values = SqliteValues::open(dir.path()).unwrap();
        let mut model = Model::default();
        let mut last = None;
        let mut upto = 0;
        for step in steps {
            match step {
                Step::Fold(parts) => {
                    upto += 3;
                    let fold = build(&parts, upto);
                    values.fold(&fold).unwrap();
                    model.fold(&fold);
                    last = Some(parts);
                }
                Step::RepeatFold => {
                    if let Some(parts) = &last {
                        let fold = build(parts, upto);
                        values.fold(&fold).unwrap();
                        model.fold(&fold);
                    }
                }
                Step::Expire(now, limit) => {
                    let expected = model.expired(now).min(limit);
                    prop_assert_eq!(values.expire(now, limit).unwrap(), expected as u64);
                    // Which ones go first is open: take the rest, too.
                    values.expire(now, usize::MAX).unwrap();
                    model.expire(now);
                }
                Step::Reopen => {
                    drop(values);
                    values = SqliteValues::open(dir.path()).unwrap();
                }
            }
            prop_assert_eq!(values.folded_to().unwrap(), upto);
            model.compare(&values, now);
        }
    }
}
