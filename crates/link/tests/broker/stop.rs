//! Ending a link: with its session kept, or ended at the broker.

use std::time::Duration;

use millrace_link::{LinkEvent, LinkStart, MqttVersion, QoS, StopMode, TopicFilter};
use millrace_testbed::{Mosquitto, TcpProxy};

use crate::owner::{Journal, Owned, config};

const BOTH: [MqttVersion; 2] = [MqttVersion::V3_1_1, MqttVersion::V5];

fn all() -> [TopicFilter; 1] {
    [TopicFilter::new("t/#", QoS::AtLeastOnce)]
}

#[tokio::test]
async fn keep_waits_for_durability_acknowledges_and_leaves_the_session() {
    for version in BOTH {
        let broker = Mosquitto::anonymous().await;
        let mut cfg = config(broker.port(), "keep", &all());
        cfg.version = version;
        let owned = Owned::start_from(cfg.clone(), LinkStart::default(), Journal::new(false));
        owned.events.subscribed_filters(1).await;
        owned
            .link
            .publish("t/x", "1", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        owned.journal.until(1).await;
        let journal = owned.journal.clone();
        let stop = tokio::spawn(owned.link.stop(StopMode::Keep));
        tokio::task::yield_now().await;
        assert!(!stop.is_finished(), "it waits for the journal");
        journal.sync();
        let report = stop.await.expect("stopped");
        assert_eq!(
            (
                report.unacknowledged,
                report.disconnected,
                report.session_ended
            ),
            (0, true, false)
        );
        let start = journal.restore(&owned.events);
        assert!(
            start.redelivery.is_empty(),
            "the goodbye confirmed it: {start:?}"
        );

        let other = Owned::start(config(broker.port(), "other", &[])).await;
        other
            .link
            .publish("t/x", "2", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        let again = Owned::start_from(cfg, start, Journal::new(true));
        again.journal.until(1).await;
        assert_eq!(
            again.journal.payloads(),
            ["2"],
            "acknowledged messages do not come again"
        );
        assert_eq!(again.link.status().session_present, Some(true));
    }
}

#[tokio::test]
async fn end_session_leaves_nothing_at_the_broker() {
    for version in BOTH {
        let broker = Mosquitto::anonymous().await;
        let mut cfg = config(broker.port(), "end", &all());
        cfg.version = version;
        let owned = Owned::start(cfg.clone()).await;
        let report = owned.link.stop(StopMode::EndSession).await;
        assert!(report.session_ended && report.disconnected, "{report:?}");
        owned
            .events
            .until(1, |e| *e == LinkEvent::SubscribedSet(Vec::new()))
            .await;
        let again = Owned::start(cfg).await;
        assert_eq!(again.link.status().session_present, Some(false));
    }
}

#[tokio::test]
async fn end_session_works_while_disconnected() {
    for version in BOTH {
        let broker = Mosquitto::anonymous().await;
        let proxy = TcpProxy::to(broker.port()).await;
        let mut cfg = config(proxy.port(), "end-away", &all());
        cfg.version = version;
        cfg.reconnect_min = Duration::from_secs(30);
        cfg.reconnect_max = Duration::from_secs(30);
        let owned = Owned::start(cfg.clone()).await;
        proxy.cut();
        owned
            .events
            .until(1, |e| matches!(e, LinkEvent::Lost { .. }))
            .await;
        let report = owned.link.stop(StopMode::EndSession).await;
        assert!(report.session_ended && !report.disconnected, "{report:?}");
        let again = Owned::start(cfg).await;
        assert_eq!(again.link.status().session_present, Some(false));
    }
}

#[tokio::test]
async fn a_journal_that_never_answers_does_not_hold_the_stop() {
    let broker = Mosquitto::anonymous().await;
    let mut cfg = config(broker.port(), "stuck", &all());
    cfg.stop_timeout = Duration::from_millis(100);
    let owned = Owned::start_from(cfg.clone(), LinkStart::default(), Journal::new(false));
    owned.events.subscribed_filters(1).await;
    owned
        .link
        .publish("t/x", "kept", QoS::AtLeastOnce, false, None)
        .await
        .expect("published");
    owned.journal.until(1).await;
    let report = owned.link.stop(StopMode::Keep).await;
    assert_eq!(report.unacknowledged, 1);
    let again = Owned::start_from(cfg, LinkStart::default(), Journal::new(true));
    again.journal.until(1).await;
    assert_eq!(again.journal.payloads(), ["kept"]);
}

#[tokio::test]
async fn stopping_without_a_broker_is_quick() {
    let mut broker = Mosquitto::anonymous().await;
    let mut cfg = config(broker.port(), "alone", &all());
    cfg.reconnect_min = Duration::from_secs(30);
    cfg.reconnect_max = Duration::from_secs(30);
    broker.kill().await;
    let owned = Owned::start_from(cfg, LinkStart::default(), Journal::new(true));
    owned
        .events
        .until(1, |e| matches!(e, LinkEvent::Refused { .. }))
        .await;
    let report = owned.link.stop(StopMode::EndSession).await;
    assert!(!report.session_ended && !report.disconnected);
    owned.events.until(1, |e| *e == LinkEvent::Stopped).await;
}
