//! A journal without room, and a network without words.

use std::time::{Duration, Instant};

use millrace_link::{LinkEvent, LinkStart, LinkState, MqttVersion, QoS, TopicFilter};
use millrace_testbed::{Mosquitto, MosquittoOptions, TcpProxy};

use crate::owner::{Journal, Owned, config};

fn all() -> [TopicFilter; 1] {
    [TopicFilter::new("t/#", QoS::AtLeastOnce)]
}

async fn wide_window() -> Mosquitto {
    Mosquitto::start(MosquittoOptions {
        max_inflight: Some(0),
        ..Default::default()
    })
    .await
}

/// The broker would hang up after 1.5 keep-alives without a word from us, and we after one without
/// an answer; the intake stands still for four.
#[tokio::test]
async fn a_stalled_intake_keeps_the_connection() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = wide_window().await;
        let mut cfg = config(broker.port(), "stalled", &all());
        cfg.version = version;
        cfg.keep_alive = Duration::from_secs(1);
        cfg.buffer_bytes = 20_000;
        let journal = Journal::new(true);
        journal.set_capacity(0);
        let owned = Owned::start_from(cfg, LinkStart::default(), journal);
        owned.events.subscribed_filters(1).await;
        let other = Owned::start(config(broker.port(), "other", &[])).await;
        for n in 0..500 {
            let sent =
                other
                    .link
                    .publish("t/x", format!("{n:0200}"), QoS::AtLeastOnce, false, None);
            sent.await.expect("published");
        }
        let status = owned.until_status(|s| s.pauses == 1).await;
        assert!(status.buffered_bytes >= 20_000, "{status:?}");
        assert!(status.received < 500, "{status:?}");
        let until = Instant::now() + Duration::from_secs(4);
        owned.until_status(|_| Instant::now() > until).await;
        let status = owned.link.status();
        assert_eq!((status.state, status.generation), (LinkState::Connected, 1));
        assert!(
            status.buffered_bytes < 20_000 + 128 * 1024,
            "bounded: {status:?}"
        );
        owned.journal.set_capacity(usize::MAX);
        owned.journal.until(500).await;
        let expected: Vec<String> = (0..500).map(|n| format!("{n:0200}")).collect();
        assert_eq!(owned.journal.payloads(), expected);
        assert_eq!(
            owned.events.count(|e| matches!(e, LinkEvent::Lost { .. })),
            0
        );
    }
}

#[tokio::test]
async fn answers_to_commands_are_read_while_the_intake_is_stalled() {
    let broker = wide_window().await;
    let journal = Journal::new(true);
    journal.set_capacity(0);
    let owned = Owned::start_from(
        config(broker.port(), "commands", &all()),
        LinkStart::default(),
        journal,
    );
    owned.events.subscribed_filters(1).await;
    for n in 0..100 {
        let sent = owned
            .link
            .publish("t/x", n.to_string(), QoS::AtLeastOnce, false, None);
        sent.await.expect("PUBACK is read");
    }
    assert_eq!(owned.journal.count(), 0);
    owned.journal.set_capacity(usize::MAX);
    owned.journal.until(100).await;
}

/// The acknowledgement stands in the stream behind messages that the full buffer keeps from being
/// read; who waits for it must not wait for the intake.
#[tokio::test]
async fn an_answer_behind_a_full_buffer_is_read() {
    let broker = wide_window().await;
    let mut cfg = config(broker.port(), "behind", &all());
    cfg.buffer_bytes = 50_000;
    let journal = Journal::new(true);
    journal.set_capacity(0);
    let owned = Owned::start_from(cfg, LinkStart::default(), journal);
    owned.events.subscribed_filters(1).await;
    let other = Owned::start(config(broker.port(), "other", &[])).await;
    for n in 0..80 {
        let payload = format!("{n:01000}");
        let sent = other
            .link
            .publish("t/x", payload, QoS::AtLeastOnce, false, None);
        sent.await.expect("published");
    }
    let status = owned.until_status(|s| s.pauses == 1).await;
    assert!(status.received < 80, "some are unread: {status:?}");
    let sent = owned
        .link
        .publish("c/x", "on", QoS::AtLeastOnce, false, None);
    sent.await.expect("PUBACK is read");
    assert_eq!(owned.journal.count(), 0);
    owned.journal.set_capacity(usize::MAX);
    owned.journal.until(80).await;
}

#[tokio::test]
async fn qos_0_without_room_is_dropped_and_counted_and_qos_1_is_not() {
    let broker = wide_window().await;
    let mut cfg = config(broker.port(), "drops", &all());
    cfg.buffer_bytes = 100_000;
    let journal = Journal::new(true);
    journal.set_capacity(0);
    let owned = Owned::start_from(cfg, LinkStart::default(), journal);
    owned.events.subscribed_filters(1).await;
    for _ in 0..2_000 {
        let sent = owned
            .link
            .publish("t/0", "loose", QoS::AtMostOnce, false, None);
        sent.await.expect("written");
    }
    owned
        .link
        .publish("t/1", "firm", QoS::AtLeastOnce, false, None)
        .await
        .expect("published");
    let status = owned.until_status(|s| s.in_flight == 1).await;
    assert!(
        status.qos0_dropped > 0 && status.received + status.qos0_dropped == 2_001,
        "{status:?}"
    );
    assert!(status.buffered_bytes < 100_000);
    assert_eq!(status.pauses, 0, "dropping keeps reading going");
    owned
        .events
        .until(1, |e| matches!(e, LinkEvent::Qos0Dropped { .. }))
        .await;
    owned.journal.set_capacity(usize::MAX);
    owned.journal.until(status.received as usize).await;
    assert_eq!(
        owned.journal.payloads().last().map(String::as_str),
        Some("firm")
    );
}

#[tokio::test]
async fn a_broker_that_falls_silent_is_lost() {
    let broker = Mosquitto::anonymous().await;
    let proxy = TcpProxy::to(broker.port()).await;
    let mut cfg = config(proxy.port(), "silent", &all());
    cfg.keep_alive = Duration::from_secs(3);
    let owned = Owned::start(cfg).await;
    proxy.stall(true);
    let silent =
        |e: &LinkEvent| matches!(e, LinkEvent::Lost { reason } if reason.contains("PINGRESP"));
    owned.events.until(1, silent).await;
    assert_ne!(owned.link.status().state, LinkState::Connected);
    proxy.stall(false);
    owned.events.connected(2).await;
}
