//! PUBACK comes after durability, in order, once.

use std::sync::Arc;

use millrace_link::{LinkEvent, MqttVersion, QoS, TopicFilter};

use millrace_testbed::{Mosquitto, MosquittoOptions, TcpProxy};

use crate::owner::{Journal, Owned, config};

fn all() -> [TopicFilter; 1] {
    [TopicFilter::new("t/#", QoS::AtLeastOnce)]
}

async fn window(max_inflight: u16) -> Mosquitto {
    Mosquitto::start(MosquittoOptions {
        max_inflight: Some(max_inflight),
        ..Default::default()
    })
    .await
}

/// The broker's window is 3, so the fourth message shows that one was acknowledged.
#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_durable() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = window(3).await;
        let mut cfg = config(broker.port(), "window", &all());
        cfg.version = version;
        let owned = Owned::start_from(cfg, Default::default(), Journal::new(false));
        owned.events.subscribed_filters(1).await;
        let other = Owned::start(config(broker.port(), "other", &[])).await;
        for n in 0..10 {
            let payload = n.to_string();
            other
                .link
                .publish("t/x", payload, QoS::AtLeastOnce, false, None)
                .await
                .expect("published");
        }
        owned.journal.until(3).await;
        // A round trip to the broker and back: a fourth would have come before its answer.
        owned
            .link
            .publish("else", "", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        assert_eq!(owned.journal.count(), 3);
        assert_eq!(owned.link.status().in_flight, 3);
        owned.journal.sync();
        owned.journal.until(6).await;
        // How many more this broker sends at once is its own affair; three were acknowledged.
        let status = owned
            .until_status(|s| s.received == owned.journal.count() as u64)
            .await;
        assert_eq!(status.in_flight, owned.journal.count() - 3);
        owned.journal.sync_always();
        owned.journal.until(10).await;
        let expected: Vec<String> = (0..10).map(|n| n.to_string()).collect();
        assert_eq!(owned.journal.payloads(), expected);
        let positions: Vec<u64> = owned
            .journal
            .messages()
            .iter()
            .map(|m| m.position)
            .collect();
        assert_eq!(positions, (1..=10).collect::<Vec<_>>());
        let mut arrivals: Vec<i64> = owned
            .journal
            .messages()
            .iter()
            .map(|m| m.arrival_ms)
            .collect();
        arrivals.dedup();
        assert_eq!(arrivals.len(), 10, "arrival is unique per topic");
        owned.until_status(|s| s.in_flight == 0).await;
    }
}

#[tokio::test]
async fn messages_under_way_when_tcp_breaks_are_neither_lost_nor_doubled() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let proxy = TcpProxy::to(broker.port()).await;
        let mut cfg = config(proxy.port(), "broken", &all());
        cfg.version = version;
        let owned = Owned::start_from(cfg, Default::default(), Journal::new(false));
        owned.events.subscribed_filters(1).await;
        let other = Owned::start(config(broker.port(), "other", &[])).await;
        for n in 0..5 {
            let payload = n.to_string();
            other
                .link
                .publish("t/x", payload, QoS::AtLeastOnce, false, None)
                .await
                .expect("published");
        }
        owned.journal.until(5).await;
        proxy.cut();
        owned.events.connected(2).await;
        let status = owned.until_status(|s| s.duplicates == 5).await;
        assert_eq!(
            (status.redelivered, status.received, status.in_flight),
            (5, 5, 5)
        );
        owned.journal.sync_always();
        // Acknowledged now, on the second connection: a third one brings nothing.
        owned.until_status(|s| s.in_flight == 0).await;
        owned
            .events
            .until(1, |e| *e == LinkEvent::Confirmed { position: 5 })
            .await;
        proxy.cut();
        owned.events.connected(3).await;
        other
            .link
            .publish("t/x", "5", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        owned.journal.until(6).await;
        assert_eq!(owned.journal.payloads(), ["0", "1", "2", "3", "4", "5"]);
        assert_eq!(owned.link.status().redelivered, 5);
    }
}

#[tokio::test]
async fn a_report_for_a_broken_connection_acknowledges_nothing_on_the_next() {
    let mut broker = Mosquitto::anonymous().await;
    let owned = Owned::start_from(
        config(broker.port(), "late", &all()),
        Default::default(),
        Journal::new(false),
    );
    owned.events.subscribed_filters(1).await;
    owned
        .link
        .publish("t/x", "old", QoS::AtLeastOnce, false, None)
        .await
        .expect("published");
    owned.journal.until(1).await;
    broker.kill().await;
    broker.restart().await;
    owned.events.connected(2).await;
    owned.events.subscribed_filters(2).await;
    let old = owned.journal.messages()[0].clone();
    owned
        .link
        .publish("t/x", "new", QoS::AtLeastOnce, false, None)
        .await
        .expect("published");
    owned.journal.until(2).await;
    let new = owned.journal.messages()[1].clone();
    assert_eq!(old.packet_id, new.packet_id, "the broker uses the id again");
    assert_ne!(old.epoch, new.epoch);
    assert_eq!(owned.link.status().in_flight, 1);
    owned.journal.sync_up_to(old.position);
    owned
        .link
        .publish("else", "", QoS::AtLeastOnce, false, None)
        .await
        .expect("published");
    assert_eq!(owned.link.status().in_flight, 1, "the new one still waits");
    owned.journal.sync();
    owned.until_status(|s| s.in_flight == 0).await;
}

#[tokio::test]
async fn an_oversized_payload_is_named_acknowledged_and_costs_nothing_else() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = window(1).await;
        let mut cfg = config(broker.port(), "oversized", &all());
        cfg.version = version;
        cfg.max_message_bytes = 1_000;
        let owned = Owned::start(cfg).await;
        for len in [1_001, 5_000_000] {
            let big = vec![b'x'; len];
            owned
                .link
                .publish("t/big", big, QoS::AtLeastOnce, false, None)
                .await
                .expect("published");
        }
        owned
            .link
            .publish("t/max", vec![b'y'; 1_000], QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        owned.journal.until(1).await;
        assert_eq!(owned.journal.messages()[0].payload().len(), 1_000);
        let big = |e: &LinkEvent| matches!(e, LinkEvent::Oversized { topic, limit: 1_000, .. } if topic == "t/big");
        assert_eq!(owned.events.count(big), 2, "{:?}", owned.events.all());
        let status = owned.until_status(|s| s.in_flight == 0).await;
        assert_eq!((status.oversized, status.generation), (2, 1));
    }
}

/// Commits as a journal does, 2 ms each, on a thread of its own.
pub(crate) fn commit_in_background(journal: &Arc<Journal>) -> std::thread::JoinHandle<()> {
    let journal = Arc::clone(journal);
    std::thread::spawn(move || {
        let mut durable = 0;
        while let Some(last) = journal.wait_for_more(durable) {
            std::thread::sleep(std::time::Duration::from_millis(2));
            journal.sync_up_to(last);
            durable = last;
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_cut_again_and_again_under_load_lose_and_double_nothing() {
    const MESSAGES: usize = 30_000;
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let proxy = TcpProxy::to(broker.port()).await;
        let mut cfg = config(proxy.port(), "cut-often", &all());
        cfg.version = version;
        let owned = Owned::start_from(cfg, Default::default(), Journal::new(false));
        owned.events.subscribed_filters(1).await;
        let committer = commit_in_background(&owned.journal);
        let other = Owned::start(config(broker.port(), "sender", &[])).await;
        let sender = tokio::spawn(async move {
            for n in 0..MESSAGES {
                // Few different payloads: content does not tell messages apart.
                let topic = format!("t/{}", n % 3);
                let sent =
                    other
                        .link
                        .publish(&topic, (n % 5).to_string(), QoS::AtLeastOnce, false, None);
                sent.await.expect("published");
            }
        });
        let mut generation = 1;
        while !sender.is_finished() {
            let before = owned.journal.count();
            owned.journal.until((before + 100).min(MESSAGES)).await;
            proxy.cut();
            generation += 1;
            owned.events.connected(generation).await;
        }
        sender.await.expect("sent");
        owned.journal.until(MESSAGES).await;
        let status = owned.until_status(|s| s.in_flight == 0).await;
        assert!(
            generation > 5 && status.duplicates > 0,
            "{generation} connections, {status:?}"
        );
        let expected: Vec<String> = (0..MESSAGES).map(|n| (n % 5).to_string()).collect();
        assert!(
            owned.journal.payloads() == expected,
            "order or number differ: {status:?}"
        );
        owned.journal.close();
        committer.join().expect("committer");
    }
}
