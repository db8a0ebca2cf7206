//! Live subscriptions.

use std::time::Duration;

use millrace_model::AttributeScope;

use super::{
    super::{DeleteLatest, Inbox, Interest, MAX_WAITING_POINTS},
    *,
};

fn latest_of_all() -> Interest {
    Interest::Latest { keys: None }
}

fn shown(values: &[(Arc<str>, Option<TsValue>)]) -> Vec<(String, Option<Value>)> {
    let mut shown: Vec<_> = values
        .iter()
        .map(|(key, value)| (key.to_string(), value.clone().map(|value| value.value)))
        .collect();
    shown.sort_by(|(a, _), (b, _)| a.cmp(b));
    shown
}

#[test]
fn a_slow_owner_gets_the_newest_of_each_key_once() {
    let house = House::new();
    let slow = house
        .telemetry
        .subscribe(tenant(), device(1), latest_of_all());
    for ts in 0..10_000 {
        let gate = house.telemetry.gate();
        house.telemetry.apply(&gate, &point(device(1), "a", ts, ts));
        house.telemetry.apply(&gate, &point(device(1), "b", 5, ts));
    }
    let update = slow.try_recv().unwrap();
    assert_eq!(
        shown(&update.values),
        [
            ("a".into(), Some(long(9_999))),
            ("b".into(), Some(long(9_999)))
        ]
    );
    assert!(slow.try_recv().is_none());
}

#[test]
fn only_newer_values_are_latest_even_right_after_a_restart() {
    let mut house = House::new();
    house.point("t", 2_000, 2);
    house.telemetry.fold_now().unwrap();
    house.restart();
    let watch = house
        .telemetry
        .subscribe(tenant(), device(1), latest_of_all());
    house.point("t", 1_000, 1);
    assert!(watch.try_recv().is_none());
    house.point("t", far_ahead(), 9);
    house.point("t", 3_000, 3);
    let update = watch.try_recv().unwrap();
    assert_eq!(shown(&update.values).first().unwrap().1, Some(long(3)));
}

#[test]
fn interests_are_kept_apart() {
    let house = House::new();
    let keys = Some(["t".into()].into_iter().collect());
    let some = house
        .telemetry
        .subscribe(tenant(), device(1), Interest::Latest { keys });
    let server = house.telemetry.subscribe(
        tenant(),
        device(1),
        Interest::Attributes {
            scope: Some(AttributeScope::Server),
            keys: None,
        },
    );
    let other = TenantId(Uuid::from_u128(8));
    let foreign = house.telemetry.subscribe(other, device(1), latest_of_all());
    house.point("other", 1, 1);
    house.save(point(device(2), "t", 1, 1));
    house.save(attribute(device(1), AttributeScope::Client, "a", 1));
    assert!(some.try_recv().is_none());
    assert!(server.try_recv().is_none());
    house.point("t", 1, 1);
    house.save(attribute(device(1), AttributeScope::Server, "a", 1));
    assert_eq!(some.try_recv().unwrap().values.len(), 1);
    let update = server.try_recv().unwrap();
    assert!(update.values.is_empty());
    let (of, key, value) = update.attributes.first().unwrap();
    assert_eq!((*of, &**key), (AttributeScope::Server, "a"));
    assert_eq!(value.as_ref().unwrap().value, long(1));
    house.telemetry.delete_entity(&scope(), device(1)).unwrap();
    assert!(some.try_recv().is_some());
    assert!(foreign.try_recv().is_none());
}

#[test]
fn every_point_comes_in_order_up_to_a_bound() {
    let house = House::new();
    let chart = house
        .telemetry
        .subscribe(tenant(), device(1), Interest::Points { keys: None });
    house.point("t", 2_000, 2);
    house.point("t", 1_000, 1);
    let times = |values: &[(Arc<str>, Option<TsValue>)]| -> Vec<Millis> {
        values
            .iter()
            .flat_map(|(_, value)| value)
            .map(|v| v.ts)
            .collect()
    };
    assert_eq!(times(&chart.try_recv().unwrap().values), [2_000, 1_000]);
    for ts in 0..MAX_WAITING_POINTS as i64 + 5 {
        let gate = house.telemetry.gate();
        house.telemetry.apply(&gate, &point(device(1), "t", ts, ts));
    }
    let update = chart.try_recv().unwrap();
    assert_eq!(update.values.len(), MAX_WAITING_POINTS);
    assert_eq!(update.skipped, 5);
    assert_eq!(times(&update.values).first(), Some(&5));
}

#[test]
fn values_that_are_only_shown_reach_those_who_watch() {
    let house = House::new();
    let watch = house
        .telemetry
        .subscribe(tenant(), device(1), latest_of_all());
    house.save(OutRecord::Points {
        tenant: tenant(),
        entity: device(1),
        ts: 1,
        expires: None,
        latest: false,
        history: false,
        values: vec![("t".into(), long(1))],
    });
    assert_eq!(watch.try_recv().unwrap().values.len(), 1);
    assert!(house.latest("t").is_none());
}

#[test]
fn deletions_are_told() {
    let house = House::new();
    house.point("t", 1_000, 1);
    house.point("t", 2_000, 2);
    house.save(attribute(device(1), AttributeScope::Server, "a", 1));
    let inbox = Inbox::new();
    let telemetry = &house.telemetry;
    let _latest = telemetry.watch(&inbox, 1, tenant(), device(1), latest_of_all());
    let all = Interest::Attributes {
        scope: None,
        keys: None,
    };
    let _attributes = telemetry.watch(&inbox, 2, tenant(), device(1), all);
    let keys = ["t".into()];
    telemetry
        .delete_points(
            &scope(),
            device(1),
            &keys,
            2_000,
            3_000,
            DeleteLatest::Rewrite,
        )
        .unwrap();
    let update = inbox.try_recv().unwrap();
    assert_eq!(update.tag, 1);
    assert_eq!(shown(&update.values), [("t".into(), Some(long(1)))]);
    telemetry.delete_entity(&scope(), device(1)).unwrap();
    let mut updates = [inbox.try_recv().unwrap(), inbox.try_recv().unwrap()];
    updates.sort_by_key(|update| update.tag);
    let [latest, attributes] = updates;
    assert_eq!(shown(&latest.values), [("t".into(), None)]);
    assert_eq!(attributes.attributes.len(), 1);
    assert!(attributes.attributes.iter().all(|(_, _, v)| v.is_none()));
}

#[test]
fn a_waiting_owner_is_woken_and_a_dropped_one_is_forgotten() {
    let house = House::new();
    let inbox = Inbox::new();
    let telemetry = Arc::clone(&house.telemetry);
    let kept = telemetry.watch(&inbox, 1, tenant(), device(1), latest_of_all());
    let dropped = telemetry.watch(&inbox, 2, tenant(), device(2), latest_of_all());
    house.save(point(device(2), "t", 1, 1));
    drop(dropped);
    house.save(point(device(2), "t", 2, 2));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let update = runtime.block_on(async {
        let waiting = inbox.clone();
        let waiter = tokio::spawn(async move { waiting.recv().await });
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        tokio::task::spawn_blocking(move || telemetry.save(vec![point(device(1), "t", 1, 1)]))
            .await
            .unwrap()
            .unwrap();
        tokio::time::timeout(Duration::from_secs(10), waiter)
            .await
            .unwrap()
            .unwrap()
    });
    assert_eq!((update.tag, update.entity), (1, device(1)));
    drop(kept);
    house.point("t", 5, 5);
    assert!(inbox.try_recv().is_none());
}
