//! Connecting, losing and finding the broker again.

use millrace_link::{
    Credentials, LinkConfig, LinkEvent, LinkStart, LinkState, MqttVersion, QoS, Secret, TopicFilter,
};

use millrace_testbed::{Mosquitto, MosquittoOptions, TcpProxy};

use crate::owner::{Journal, Owned, config};

fn all() -> [TopicFilter; 1] {
    [TopicFilter::new("t/#", QoS::AtLeastOnce)]
}

fn of(version: MqttVersion, mut cfg: LinkConfig) -> LinkConfig {
    cfg.version = version;
    cfg
}

const BOTH: [MqttVersion; 2] = [MqttVersion::V3_1_1, MqttVersion::V5];

#[tokio::test]
async fn both_versions_connect_subscribe_and_receive() {
    let broker = Mosquitto::anonymous().await;
    for (n, version) in BOTH.into_iter().enumerate() {
        let cfg = of(version, config(broker.port(), &format!("both-{n}"), &all()));
        let owned = Owned::start(cfg).await;
        let receipt = owned
            .link
            .publish("t/a", "hello", QoS::AtLeastOnce, false, None)
            .await;
        assert!(receipt.expect("published").packet_id.is_some());
        owned.journal.until(1).await;
        let message = &owned.journal.messages()[0];
        assert_eq!((message.topic(), message.payload()), ("t/a", &b"hello"[..]));
        assert_eq!(
            (message.qos, message.retain, message.dup),
            (QoS::AtLeastOnce, false, false)
        );
        assert_eq!((message.position, message.epoch), (1, 1));
        let status = owned.until_status(|s| s.received == 1).await;
        assert_eq!(status.state, LinkState::Connected);
        assert_eq!(status.session_present, Some(false));
        assert_eq!(status.filters[0].granted, Some(1));
        assert_eq!(status.filters[0].count, 1);
        assert_eq!(status.filters[0].last_message_ms, Some(message.arrival_ms));
    }
}

#[tokio::test]
async fn killed_broker_is_lost_found_and_subscribed_again() {
    for version in BOTH {
        let mut broker = Mosquitto::anonymous().await;
        let owned = Owned::start(of(version, config(broker.port(), "killed", &all()))).await;
        broker.kill().await;
        owned
            .events
            .until(1, |e| matches!(e, LinkEvent::Lost { .. }))
            .await;
        let status = owned
            .until_status(|s| s.state != LinkState::Connected)
            .await;
        assert!(
            status.reason.is_some() || status.state == LinkState::Connecting,
            "{status:?}"
        );
        assert_eq!(
            status.filters[0].granted, None,
            "nothing is granted without a connection"
        );
        broker.restart().await;
        owned.events.connected(2).await;
        owned
            .events
            .until(1, |e| matches!(e, LinkEvent::SessionLost))
            .await;
        owned
            .events
            .until(1, |e| {
                *e == LinkEvent::Resubscribed {
                    granted: 1,
                    refused: 0,
                }
            })
            .await;
        owned
            .events
            .until(1, |e| *e == LinkEvent::SessionEpoch(2))
            .await;
        let published = owned
            .link
            .publish("t/b", "after", QoS::AtLeastOnce, false, None)
            .await;
        published.expect("published");
        owned.journal.until(1).await;
        assert_eq!(owned.journal.messages()[0].epoch, 2);
    }
}

#[tokio::test]
async fn kept_session_survives_a_cut_and_delivers_what_came_meanwhile() {
    for (n, version) in BOTH.into_iter().enumerate() {
        let broker = Mosquitto::anonymous().await;
        let proxy = TcpProxy::to(broker.port()).await;
        let owned = Owned::start(of(
            version,
            config(proxy.port(), &format!("cut-{n}"), &all()),
        ))
        .await;
        let other = Owned::start(config(broker.port(), "other", &[])).await;
        proxy.cut();
        owned
            .events
            .until(1, |e| matches!(e, LinkEvent::Lost { .. }))
            .await;
        other
            .link
            .publish("t/away", "kept", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        owned.events.connected(2).await;
        owned.journal.until(1).await;
        assert_eq!(owned.journal.payloads(), ["kept"]);
        let status = owned.link.status();
        assert_eq!(status.session_present, Some(true));
        assert_eq!(status.filters[0].granted, Some(1), "the session holds it");
        assert_eq!(
            owned
                .events
                .count(|e| matches!(e, LinkEvent::Subscribed { .. })),
            1
        );
        assert_eq!(
            owned.events.count(|e| matches!(e, LinkEvent::SessionLost)),
            0
        );
    }
}

#[tokio::test]
async fn persistent_broker_keeps_the_session_over_its_restart() {
    let mut broker = Mosquitto::start(MosquittoOptions {
        persistence: true,
        ..Default::default()
    })
    .await;
    let owned = Owned::start(config(broker.port(), "persistent", &all())).await;
    broker.stop().await;
    owned
        .events
        .until(1, |e| matches!(e, LinkEvent::Lost { .. }))
        .await;
    broker.restart().await;
    owned.events.connected(2).await;
    assert_eq!(owned.link.status().session_present, Some(true));
    assert_eq!(
        owned.events.count(|e| matches!(e, LinkEvent::SessionLost)),
        0
    );
}

#[tokio::test]
async fn wrong_password_is_said_and_tried_again() {
    let broker = Mosquitto::start(MosquittoOptions {
        users: vec![("plant".to_owned(), "right".to_owned())],
        ..Default::default()
    })
    .await;
    for version in BOTH {
        let mut cfg = of(version, config(broker.port(), "password", &[]));
        let basic = |password: &str| Credentials::Basic {
            username: "plant".to_owned(),
            password: Secret::new(password),
        };
        cfg.credentials = basic("wrong");
        let owned = Owned::start_from(cfg.clone(), LinkStart::default(), Journal::new(true));
        owned
            .events
            .until(2, |e| matches!(e, LinkEvent::Refused { code: Some(_), .. }))
            .await;
        let status = owned.until_status(|s| s.reason.is_some()).await;
        let reason = status.reason.expect("reason");
        assert!(
            reason.contains(&format!("127.0.0.1:{}", broker.port())),
            "{reason}"
        );
        assert!(reason.contains("not authorised"), "{reason}");
        assert!(
            !format!("{cfg:?}").contains("wrong"),
            "a secret is not printed"
        );
        cfg.credentials = basic("right");
        Owned::start(cfg).await;
    }
}

#[tokio::test]
async fn a_broker_that_comes_later_is_found() {
    let mut broker = Mosquitto::anonymous().await;
    let port = broker.port();
    broker.kill().await;
    let owned = Owned::start_from(
        config(port, "later", &all()),
        LinkStart::default(),
        Journal::new(true),
    );
    owned
        .events
        .until(2, |e| matches!(e, LinkEvent::Refused { code: None, .. }))
        .await;
    let publish = owned
        .link
        .publish("t", "x", QoS::AtMostOnce, false, None)
        .await;
    assert_eq!(publish, Err(millrace_link::PublishError::NotConnected));
    broker.restart().await;
    owned.events.connected(1).await;
}

/// This broker closes without a word in either version.
#[tokio::test]
async fn two_clients_with_one_id_are_suspected() {
    for version in BOTH {
        let broker = Mosquitto::anonymous().await;
        let cfg = of(version, config(broker.port(), "twins", &all()));
        let first = Owned::start_from(cfg.clone(), LinkStart::default(), Journal::new(true));
        first.events.connected(1).await;
        let _second = Owned::start_from(cfg, LinkStart::default(), Journal::new(true));
        let suspected = LinkEvent::TakenOver { certain: false };
        first.events.until(1, |e| *e == suspected).await;
        assert!(suspected.to_string().contains("suspected"));
    }
}

#[tokio::test]
async fn clean_session_loses_nothing_it_did_not_promise() {
    let broker = Mosquitto::anonymous().await;
    let proxy = TcpProxy::to(broker.port()).await;
    for version in BOTH {
        let mut cfg = of(version, config(proxy.port(), "clean", &all()));
        cfg.clean_session = true;
        let owned = Owned::start(cfg).await;
        proxy.cut();
        owned.events.connected(2).await;
        owned.events.subscribed_filters(2).await;
        assert_eq!(
            owned.events.count(|e| matches!(e, LinkEvent::SessionLost)),
            0
        );
        assert_eq!(owned.link.status().session_present, Some(false));
    }
}

#[tokio::test]
async fn retained_messages_over_three_reconnects() {
    // 3.1.1 and 5 alike: a session that is kept is not asked again, so nothing is delivered twice.
    for (n, version) in BOTH.into_iter().enumerate() {
        let broker = Mosquitto::anonymous().await;
        let proxy = TcpProxy::to(broker.port()).await;
        let other = Owned::start(config(broker.port(), "retainer", &[])).await;
        for topic in ["t/1", "t/2"] {
            other
                .link
                .publish(topic, topic, QoS::AtLeastOnce, true, None)
                .await
                .expect("published");
        }
        let owned = Owned::start(of(
            version,
            config(proxy.port(), &format!("retain-{n}"), &all()),
        ))
        .await;
        owned.journal.until(2).await;
        for generation in 2..=4 {
            proxy.cut();
            owned.events.connected(generation).await;
        }
        other
            .link
            .publish("t/3", "last", QoS::AtLeastOnce, false, None)
            .await
            .expect("published");
        owned.journal.until(3).await;
        assert_eq!(owned.journal.payloads(), ["t/1", "t/2", "last"]);
        assert!(owned.journal.messages()[..2].iter().all(|m| m.retain));
    }
}

/// Holds the link inside the event until the test has looked.
struct Gate {
    told: tokio::sync::Notify,
    go_on: parking_lot::Mutex<std::sync::mpsc::Receiver<()>>,
}

impl millrace_link::Observer for Gate {
    fn event(&self, event: LinkEvent) {
        if matches!(event, LinkEvent::Connected { .. } | LinkEvent::Lost { .. }) {
            self.told.notify_one();
            // The thread that stands here may be the one that watches sockets and processes: its
            // other work goes to another one.
            let _ = tokio::task::block_in_place(|| self.go_on.lock().recv());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_is_true_when_the_event_comes() {
    let mut broker = Mosquitto::anonymous().await;
    let (go_on, waits) = std::sync::mpsc::channel();
    let gate = std::sync::Arc::new(Gate {
        told: tokio::sync::Notify::new(),
        go_on: parking_lot::Mutex::new(waits),
    });
    let link = millrace_link::Link::start(
        config(broker.port(), "gate", &[]),
        LinkStart::default(),
        Journal::new(true),
        gate.clone(),
        &tokio::runtime::Handle::current(),
    )
    .expect("valid");
    gate.told.notified().await;
    assert_eq!(link.status().state, LinkState::Connected);
    go_on.send(()).expect("waits");
    broker.kill().await;
    gate.told.notified().await;
    assert!(matches!(link.status().state, LinkState::Waiting { .. }));
    drop(go_on);
}
