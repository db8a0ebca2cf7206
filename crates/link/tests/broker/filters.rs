//! Filters that change while messages flow, and filters the broker does not grant.

use std::collections::BTreeSet;

use millrace_link::{LinkEvent, MqttVersion, QoS, TopicFilter};
use millrace_testbed::{Mosquitto, MosquittoOptions};

use crate::owner::{Owned, config};

fn filter(text: &str) -> TopicFilter {
    TopicFilter::new(text, QoS::AtLeastOnce)
}

#[tokio::test]
async fn a_refused_filter_is_named_and_the_others_work() {
    let broker = Mosquitto::start(MosquittoOptions {
        subscribe_only: Some("t/#".to_owned()),
        ..Default::default()
    })
    .await;
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let mut cfg = config(broker.port(), &format!("refused-{version:?}"), &[]);
        cfg.version = version;
        let owned = Owned::start(cfg).await;
        owned
            .link
            .set_filters(vec![filter("secret/#"), filter("t/ok")])
            .expect("valid");
        owned.events.subscribed_filters(1).await;
        let refused = |e: &LinkEvent| matches!(e, LinkEvent::FilterRefused { filter, code, .. } if filter == "secret/#" && *code >= 0x80);
        owned.events.until(1, refused).await;
        let status = owned
            .until_status(|s| s.filters.iter().all(|f| f.granted.is_some()))
            .await;
        assert!(status.filters[0].granted >= Some(0x80), "{status:?}");
        assert!(!status.is_active());
        assert_eq!(status.filters[1].granted, Some(1));
        owned
            .link
            .publish("t/ok", "x", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        owned.journal.until(1).await;
        // A new save asks again; nothing else does.
        owned
            .link
            .set_filters(vec![filter("secret/#"), filter("t/ok")])
            .expect("valid");
        owned.events.until(2, refused).await;
    }
}

#[tokio::test]
async fn changing_filters_under_load_loses_and_doubles_nothing() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let mut cfg = config(broker.port(), "changing", &[filter("keep/#")]);
        cfg.version = version;
        let owned = Owned::start(cfg).await;
        let other = Owned::start(config(broker.port(), "sender", &[])).await;
        const MESSAGES: usize = 2_000;
        let sender = tokio::spawn(async move {
            let mut pace = tokio::time::interval(std::time::Duration::from_millis(1));
            for n in 0..MESSAGES {
                pace.tick().await;
                let topic = format!("keep/{}", n % 7);
                let sent = other
                    .link
                    .publish(&topic, n.to_string(), QoS::AtLeastOnce, false, None);
                sent.await.expect("published");
            }
        });
        let mut granted = 1;
        for round in 0..20 {
            let extra = filter(&format!("extra/{round}"));
            owned
                .link
                .set_filters(vec![filter("keep/#"), extra.clone()])
                .expect("valid");
            granted += 1;
            owned.events.subscribed_filters(granted).await;
        }
        owned
            .link
            .set_filters(vec![filter("keep/#")])
            .expect("valid");
        owned
            .events
            .until(20, |e| matches!(e, LinkEvent::Unsubscribed { .. }))
            .await;
        sender.await.expect("sent");
        owned.journal.until(MESSAGES).await;
        let payloads = owned.journal.payloads();
        let unique: BTreeSet<&String> = payloads.iter().collect();
        assert_eq!((payloads.len(), unique.len()), (MESSAGES, MESSAGES));
        let keep =
            |e: &LinkEvent| matches!(e, LinkEvent::Subscribed { filter, .. } if filter == "keep/#");
        assert_eq!(
            owned.events.count(keep),
            1,
            "a filter that stays is not asked again"
        );
        assert_eq!(owned.link.status().filters.len(), 1);
        assert_eq!(owned.link.status().filters[0].count, MESSAGES as u64);
    }
}

#[tokio::test]
async fn a_change_without_connection_is_made_with_the_next() {
    let mut broker = Mosquitto::start(MosquittoOptions {
        persistence: true,
        ..Default::default()
    })
    .await;
    let owned = Owned::start(config(
        broker.port(),
        "offline",
        &[filter("a"), filter("b")],
    ))
    .await;
    broker.stop().await;
    owned
        .events
        .until(1, |e| matches!(e, LinkEvent::Lost { .. }))
        .await;
    owned
        .link
        .set_filters(vec![filter("b"), filter("c")])
        .expect("valid");
    broker.restart().await;
    owned.events.connected(2).await;
    owned
        .events
        .until(1, |e| {
            *e == LinkEvent::Unsubscribed {
                filter: "a".to_owned(),
            }
        })
        .await;
    owned
        .events
        .until(1, |e| {
            *e == LinkEvent::SubscribedSet(vec![filter("b"), filter("c")])
        })
        .await;
    let b = |e: &LinkEvent| matches!(e, LinkEvent::Subscribed { filter, .. } if filter == "b");
    assert_eq!(owned.events.count(b), 1);
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_the_door() {
    let broker = Mosquitto::anonymous().await;
    let owned = Owned::start(config(broker.port(), "door", &[])).await;
    let problem = |filters: Vec<TopicFilter>| {
        owned
            .link
            .set_filters(filters)
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(
        problem(vec![filter("a#")]),
        "topic filter 'a#' has a '#' that is not the whole last level"
    );
    let twice = problem(vec![filter("a"), TopicFilter::new("a", QoS::AtMostOnce)]);
    assert_eq!(twice, "topic filter 'a' is given twice; remove one");
    let qos2 = problem(vec![TopicFilter::new("a", QoS::ExactlyOnce)]);
    assert!(qos2.contains("qos 2"), "{qos2}");
}

#[tokio::test]
async fn a_shared_subscription_splits_the_messages() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let start = |client_id: &'static str| {
            let mut cfg = config(broker.port(), client_id, &[filter("$share/mill/t/+")]);
            cfg.version = version;
            Owned::start(cfg)
        };
        let (left, right) = (start("left").await, start("right").await);
        let other = Owned::start(config(broker.port(), "other", &[])).await;
        for n in 0..100 {
            let topic = format!("t/{n}");
            let sent = other
                .link
                .publish(&topic, n.to_string(), QoS::AtLeastOnce, false, None);
            sent.await.expect("published");
        }
        let split =
            |_: &millrace_link::LinkStatus| left.journal.count() + right.journal.count() >= 100;
        left.until_status(split).await;
        let mut all = left.journal.payloads();
        assert!(!all.is_empty() && all.len() < 100, "{} of 100", all.len());
        all.extend(right.journal.payloads());
        let unique: BTreeSet<&String> = all.iter().collect();
        assert_eq!((all.len(), unique.len()), (100, 100));
        let status = left.until_status(|s| s.filters[0].count > 0).await;
        assert!(status.is_active());
        assert_eq!(status.unmatched, 0);
    }
}
