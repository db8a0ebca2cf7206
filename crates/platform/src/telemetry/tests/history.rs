//! Reads over a time range: order, limits, pages, aggregation.

use super::*;

/// Points in tables and memory, late ones among them.
fn mixed() -> House {
    let house = House::new();
    for ts in (0..10).step_by(2) {
        house.point("t", ts * 1_000, ts);
    }
    house.telemetry.fold_now().unwrap();
    for ts in (1..10).step_by(2) {
        house.point("t", ts * 1_000, ts);
    }
    house
}

#[test]
fn start_is_inclusive_end_is_exclusive_and_the_limit_counts_in_order() {
    let house = mixed();
    let query = |order, limit| HistoryQuery {
        start: 2_000,
        end: 7_000,
        limit,
        ..everything(order)
    };
    let times = |order, limit| -> Vec<Millis> {
        let read = house.read("t", &query(order, limit));
        read.into_iter().map(|(ts, _)| ts).collect()
    };
    assert_eq!(times(Order::Asc, 100), [2_000, 3_000, 4_000, 5_000, 6_000]);
    assert_eq!(times(Order::Asc, 2), [2_000, 3_000]);
    assert_eq!(times(Order::Desc, 3), [6_000, 5_000, 4_000]);
    assert!(times(Order::Desc, 0).is_empty());
}

#[test]
fn long_series_come_page_by_page_without_gaps() {
    let house = House::new();
    let save = |from: i64| {
        let records = (from..20_000).step_by(2);
        let records = records.map(|ts| point(device(1), "t", ts, ts)).collect();
        house.telemetry.save(records).unwrap();
    };
    save(0);
    house.telemetry.fold_now().unwrap();
    save(1);
    // Newer values for rows of the tables, too.
    house.point("t", 4_096, -1);
    for order in [Order::Asc, Order::Desc] {
        let mut read = house.read("t", &everything(order));
        if order == Order::Desc {
            read.reverse();
        }
        let expected = (0..20_000).map(|ts| (ts, long(if ts == 4_096 { -1 } else { ts })));
        assert!(read.into_iter().eq(expected));
    }
}

fn aggregate(house: &House, aggregation: Aggregation) -> Vec<(Millis, Value)> {
    house.read(
        "t",
        &HistoryQuery {
            start: 0,
            end: 25_000,
            aggregation,
            interval: Interval::Millis(10_000),
            limit: 1,
            order: Order::Desc,
        },
    )
}

#[test]
fn longs_stay_longs_and_a_point_lies_in_the_middle_of_its_bucket() {
    let house = House::new();
    for (ts, value) in [(0, 5), (9_999, 2), (20_000, 7), (24_999, 8), (25_000, 100)] {
        house.point("t", ts, value);
    }
    for _ in 0..2 {
        // The last bucket ends with the query; an empty one is absent.
        let both = |first: Value, last: Value| vec![(5_000, first), (22_500, last)];
        assert_eq!(aggregate(&house, Aggregation::Min), both(long(2), long(7)));
        assert_eq!(aggregate(&house, Aggregation::Max), both(long(5), long(8)));
        assert_eq!(aggregate(&house, Aggregation::Sum), both(long(7), long(15)));
        assert_eq!(
            aggregate(&house, Aggregation::Count),
            both(long(2), long(2))
        );
        assert_eq!(
            aggregate(&house, Aggregation::Avg),
            both(Value::Double(3.5), Value::Double(7.5))
        );
        house.telemetry.fold_now().unwrap();
    }
}

#[test]
fn a_bucket_of_longs_and_doubles_is_double() {
    let house = House::new();
    house.point("t", 0, 1);
    house.point("t", 1, 2.5);
    let one = |aggregation| aggregate(&house, aggregation).pop().unwrap().1;
    assert_eq!(one(Aggregation::Min), Value::Double(1.0));
    assert_eq!(one(Aggregation::Max), Value::Double(2.5));
    assert_eq!(one(Aggregation::Sum), Value::Double(3.5));
    assert_eq!(one(Aggregation::Avg), Value::Double(1.75));
    assert_eq!(one(Aggregation::Count), long(2));
}

#[test]
fn texts_and_booleans_are_compared_and_counted_but_not_summed() {
    let house = House::new();
    for (ts, text) in [(0, "b"), (1, "a"), (2, "c")] {
        house.point("t", ts, text);
    }
    house.point("t", 10_000, true);
    house.point("t", 10_001, false);
    house.point("t", 20_000, "x");
    house.point("t", 20_001, 3);
    let text = |text: &str| Value::Text(text.into());
    let values = |aggregation| -> Vec<Value> {
        let read = aggregate(&house, aggregation);
        read.into_iter().map(|(_, value)| value).collect()
    };
    assert_eq!(
        values(Aggregation::Min),
        [text("a"), Value::Bool(false), long(3)]
    );
    assert_eq!(
        values(Aggregation::Max),
        [text("c"), Value::Bool(true), long(3)]
    );
    assert_eq!(values(Aggregation::Count), [long(3), long(2), long(2)]);
    assert_eq!(values(Aggregation::Sum), [long(3)]);
    assert_eq!(values(Aggregation::Avg), [Value::Double(3.0)]);
}

#[test]
fn a_sum_beyond_a_long_becomes_a_double() {
    let house = House::new();
    house.point("t", 0, i64::MAX);
    house.point("t", 1, i64::MAX);
    let sum = aggregate(&house, Aggregation::Sum).pop().unwrap().1;
    assert_eq!(sum, Value::Double(i64::MAX as f64 * 2.0));
}

#[test]
fn calendar_buckets_are_cut_to_the_query() {
    let house = House::new();
    let ms = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    house.point("t", ms("2024-01-20T00:00:00Z"), 1);
    house.point("t", ms("2024-01-31T22:59:59Z"), 2);
    house.point("t", ms("2024-01-31T23:00:00Z"), 4);
    let query = HistoryQuery {
        start: ms("2024-01-11T23:00:00Z"),
        end: ms("2024-02-10T23:00:00Z"),
        aggregation: Aggregation::Sum,
        interval: Interval::parse(0, Some("MONTH"), Some("Europe/Berlin")).unwrap(),
        limit: 100,
        order: Order::Desc,
    };
    assert_eq!(
        house.read("t", &query),
        [
            (ms("2024-01-21T23:00:00Z"), long(3)),
            (ms("2024-02-05T23:00:00Z"), long(4))
        ]
    );
}

#[test]
fn without_an_interval_nothing_is_aggregated() {
    let house = mixed();
    let query = HistoryQuery {
        aggregation: Aggregation::Avg,
        limit: 3,
        ..everything(Order::Desc)
    };
    assert_eq!(house.read("t", &query).len(), 3);
}

#[test]
fn too_many_buckets_are_refused_and_absent_keys_left_out() {
    let house = House::new();
    let records = (0..50_002)
        .map(|ts| point(device(1), "t", ts, ts))
        .collect();
    house.telemetry.save(records).unwrap();
    let query = HistoryQuery {
        aggregation: Aggregation::Max,
        interval: Interval::Millis(1),
        ..everything(Order::Asc)
    };
    let keys = ["t".into(), "absent".into()];
    let refused = house
        .telemetry
        .history(&scope(), device(1), &keys, &query)
        .unwrap_err();
    assert!(refused.to_string().contains("interval gives more than"));
    let wider = HistoryQuery {
        interval: Interval::Millis(10_000),
        ..query
    };
    let read = house
        .telemetry
        .history(&scope(), device(1), &keys, &wider)
        .unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read.first().unwrap().1.len(), 6);
}
