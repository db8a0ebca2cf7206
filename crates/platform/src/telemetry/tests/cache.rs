//! What stays in memory when the tables hold it too.

use super::{super::Interest, *};

#[test]
fn clean_entities_leave_and_come_back() {
    let house = House::with(TelemetryOptions {
        cache_entities: 64,
        ..TelemetryOptions::default()
    });
    let records = |ts: Millis| {
        (0..2_000)
            .map(|number| point(device(number), "t", ts, number as i64))
            .collect::<Vec<_>>()
    };
    house.telemetry.save(records(1_000)).unwrap();
    assert_eq!(house.telemetry.stats().cached_entities, 2_000);
    let watched = house
        .telemetry
        .subscribe(tenant(), device(77), Interest::Latest { keys: None });
    house.telemetry.fold_now().unwrap();
    assert!(house.telemetry.stats().cached_entities <= 65);
    for number in 0..2_000 {
        let latest = house.telemetry.latest(&scope(), device(number), None);
        let (_, value) = latest.unwrap().pop().unwrap();
        assert_eq!(value.value, long(number as i64));
    }
    // Reading a whole fleet does not fill memory either.
    assert!(house.telemetry.stats().cached_entities <= 64 * 11);
    // Old points for entities that left: what is stored stays latest.
    house.telemetry.save(records(500)).unwrap();
    assert!(watched.try_recv().is_none());
    house.telemetry.fold_now().unwrap();
    for number in [0, 77, 1_999] {
        let latest = house.telemetry.latest(&scope(), device(number), None);
        assert_eq!(latest.unwrap().pop().unwrap().1.ts, 1_000);
    }
}

#[test]
fn big_entities_do_not_fill_memory() {
    let house = House::with(TelemetryOptions {
        cache_bytes: 64 * 3_000,
        ..TelemetryOptions::default()
    });
    for number in 0..64 {
        let values = (0..100).map(|key| (format!("key {key}").into(), long(key)));
        house.save(OutRecord::Points {
            tenant: tenant(),
            entity: device(number),
            ts: 1_000,
            expires: None,
            latest: true,
            history: false,
            values: values.collect(),
        });
    }
    house.telemetry.fold_now().unwrap();
    assert!(house.telemetry.stats().cached_entities < 64);
    let keys = house.telemetry.keys(&scope(), device(5)).unwrap();
    assert_eq!(keys.len(), 100);
}

#[test]
fn reads_beside_saves_and_folds_never_lose_a_value() {
    let house = House::with(TelemetryOptions {
        cache_entities: 0,
        ..TelemetryOptions::default()
    });
    let devices = 20;
    std::thread::scope(|threads| {
        let telemetry = &house.telemetry;
        let writer = threads.spawn(move || {
            for ts in 1..400_i64 {
                for number in 0..devices {
                    let gate = telemetry.gate();
                    telemetry.apply(&gate, &point(device(number), "t", ts, ts));
                }
            }
        });
        let folder = threads.spawn(move || {
            while !writer.is_finished() {
                telemetry.fold_now().unwrap();
            }
        });
        let mut seen = vec![(0, 0); devices as usize];
        while !folder.is_finished() {
            for (number, seen) in seen.iter_mut().enumerate() {
                let id = device(number as u128);
                let latest = telemetry.latest(&scope(), id, None).unwrap();
                let newest = latest.first().map_or(0, |(_, value)| value.ts);
                let all = everything(Order::Asc);
                let found = telemetry.history(&scope(), id, &["t".into()], &all);
                let found = found.unwrap();
                let count = found.first().map_or(0, |(_, points)| points.len());
                assert!(newest >= seen.0, "latest went back: {newest} < {}", seen.0);
                assert!(count >= seen.1, "points went: {count} < {}", seen.1);
                assert!(count as i64 >= newest, "{count} points, latest {newest}");
                *seen = (newest, count);
            }
        }
    });
    house.telemetry.fold_now().unwrap();
    for number in 0..devices {
        let all = everything(Order::Asc);
        let found = house
            .telemetry
            .history(&scope(), device(number), &["t".into()], &all)
            .unwrap();
        assert_eq!(found.first().unwrap().1.len(), 399);
    }
}
