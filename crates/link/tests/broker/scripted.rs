//! A broker that does exactly what a test says, for what no well-behaved one does on demand.

use std::time::Duration;

use millrace_link::{
    LinkConfig, LinkEvent, LinkStart, MqttVersion, PublishError, QoS, TopicFilter,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::owner::{Journal, Owned, config};

const PATIENCE: Duration = Duration::from_secs(10);
const CONNACK: &[u8] = &[0x20, 2, 0, 0];
const CONNACK_KEPT: &[u8] = &[0x20, 2, 1, 0];
const CONNACK_5: &[u8] = &[0x20, 3, 0, 0, 0];

struct Scripted {
    listener: TcpListener,
}

/// One accepted connection.
struct Peer {
    stream: TcpStream,
}

impl Scripted {
    async fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
        Self { listener }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().expect("address").port()
    }

    /// Accepts, reads CONNECT and answers it.
    async fn accept(&self, connack: &[u8]) -> Peer {
        let accepted = timeout(PATIENCE, self.listener.accept())
            .await
            .expect("in time");
        let (stream, _) = accepted.expect("connection");
        stream.set_nodelay(true).expect("nodelay");
        let mut peer = Peer { stream };
        assert_eq!(peer.packet().await[0], 0x10, "CONNECT");
        peer.say(connack).await;
        peer
    }
}

impl Peer {
    async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("written");
    }

    async fn exactly(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = timeout(PATIENCE, self.stream.read_exact(&mut bytes)).await;
        read.expect("in time").expect("bytes");
        bytes
    }

    /// One packet of less than 128 bytes.
    async fn packet(&mut self) -> Vec<u8> {
        let mut packet = self.exactly(2).await;
        assert!(packet[1] < 128, "short packets only");
        let body = self.exactly(usize::from(packet[1])).await;
        packet.extend(body);
        packet
    }

    /// The next packet that is no PINGREQ; those are answered.
    async fn other_than_ping(&mut self) -> Vec<u8> {
        loop {
            let packet = self.packet().await;
            if packet != [0xc0, 0] {
                return packet;
            }
            self.say(&[0xd0, 0]).await;
        }
    }

    /// Expects SUBSCRIBE and grants QoS 1.
    async fn grant(&mut self, version: MqttVersion) {
        let subscribe = self.other_than_ping().await;
        assert_eq!(subscribe[0], 0x82, "SUBSCRIBE");
        let id = [subscribe[2], subscribe[3]];
        match version {
            MqttVersion::V3_1_1 => self.say(&[0x90, 3, id[0], id[1], 1]).await,
            MqttVersion::V5 => self.say(&[0x90, 4, id[0], id[1], 0, 1]).await,
        }
    }

    async fn ended(&mut self) {
        let mut rest = Vec::new();
        let read = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await;
        let _ = read.expect("the link hangs up");
    }
}

/// PUBLISH of 3.1.1 on topic `t`.
fn publish(first: u8, packet_id: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![first, 5 + payload.len() as u8, 0, 1, b't'];
    packet.extend(packet_id.to_be_bytes());
    packet.extend(payload);
    packet
}

const QOS1: u8 = 0x32;
const QOS1_DUP: u8 = 0x3a;
const QOS2: u8 = 0x34;

fn puback(packet_id: u16) -> Vec<u8> {
    let id = packet_id.to_be_bytes();
    vec![0x40, 2, id[0], id[1]]
}

fn all(port: u16, version: MqttVersion) -> LinkConfig {
    let mut cfg = config(port, "scripted", &[TopicFilter::new("t", QoS::AtLeastOnce)]);
    cfg.version = version;
    cfg
}

fn start(cfg: LinkConfig, durable: bool) -> Owned {
    Owned::start_from(cfg, LinkStart::default(), Journal::new(durable))
}

#[tokio::test]
async fn mqtt_5_names_a_take_over() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V5), true);
    let mut peer = broker.accept(CONNACK_5).await;
    peer.grant(MqttVersion::V5).await;
    peer.say(&[0xe0, 2, 0x8e, 0]).await;
    owned
        .events
        .until(1, |e| *e == LinkEvent::TakenOver { certain: true })
        .await;
    peer.ended().await;
    broker.accept(CONNACK_5).await;
    owned.events.connected(2).await;
}

#[tokio::test]
async fn acknowledgements_follow_arrival_and_only_durability() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), false);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    // Ids in no order at all: the order of arrival counts.
    let ids = [7u16, 3, 65_535, 1, 9];
    for id in ids {
        peer.say(&publish(QOS1, id, b"x")).await;
    }
    owned.journal.until(5).await;
    owned.journal.sync_up_to(3);
    for id in &ids[..3] {
        assert_eq!(peer.other_than_ping().await, puback(*id));
    }
    owned.journal.sync();
    for id in &ids[3..] {
        assert_eq!(peer.other_than_ping().await, puback(*id));
    }
}

#[tokio::test]
async fn a_repeat_on_the_same_connection_is_not_acknowledged_twice() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), false);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS1, 5, b"x")).await;
    peer.say(&publish(QOS1_DUP, 5, b"x")).await;
    peer.say(&publish(QOS1, 6, b"y")).await;
    owned.journal.until(2).await;
    assert_eq!(owned.journal.payloads(), ["x", "y"]);
    owned.journal.sync();
    assert_eq!(peer.other_than_ping().await, puback(5));
    assert_eq!(peer.other_than_ping().await, puback(6));
    owned
        .until_status(|s| s.duplicates == 1 && s.in_flight == 0)
        .await;
}

#[tokio::test]
async fn a_redelivery_before_durability_is_acknowledged_on_the_new_connection_after_it() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), false);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS1, 5, b"x")).await;
    owned.journal.until(1).await;
    drop(peer);
    let mut peer = broker.accept(CONNACK_KEPT).await;
    peer.say(&publish(QOS1_DUP, 5, b"x")).await;
    // Same id and DUP, other content: the first delivery of this one was lost on the way.
    peer.say(&publish(QOS1_DUP, 6, b"z")).await;
    owned.journal.until(2).await;
    assert_eq!(owned.journal.payloads(), ["x", "z"]);
    owned.journal.sync();
    assert_eq!(peer.other_than_ping().await, puback(5));
    assert_eq!(peer.other_than_ping().await, puback(6));
}

#[tokio::test]
async fn a_new_session_makes_the_same_packet_a_new_message() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), true);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS1, 5, b"x")).await;
    assert_eq!(peer.other_than_ping().await, puback(5));
    drop(peer);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS1_DUP, 5, b"x")).await;
    owned.journal.until(2).await;
    let epochs: Vec<u64> = owned.journal.messages().iter().map(|m| m.epoch).collect();
    assert_eq!(epochs, [1, 2]);
    owned
        .events
        .until(1, |e| matches!(e, LinkEvent::SessionLost))
        .await;
}

#[tokio::test]
async fn an_unreadable_message_is_acknowledged_and_costs_only_itself() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), true);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&[QOS1, 6, 0, 1, 0xff, 0, 4, b'x']).await;
    peer.say(&publish(QOS1, 5, b"good")).await;
    assert_eq!(peer.other_than_ping().await, puback(4));
    assert_eq!(peer.other_than_ping().await, puback(5));
    assert_eq!(owned.journal.payloads(), ["good"]);
    let unreadable =
        |e: &LinkEvent| matches!(e, LinkEvent::Unreadable { reason } if reason.contains("UTF-8"));
    assert_eq!(owned.events.count(unreadable), 1);
}

#[tokio::test]
async fn a_malformed_stream_ends_the_connection_and_the_next_one_works() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), true);
    for (n, garbage) in [
        &[0x30, 0xff, 0xff, 0xff, 0xff, 1][..],
        &[0x20, 2, 0, 0],
        &[0x90, 0],
        &[0x82, 0],
    ]
    .into_iter()
    .enumerate()
    {
        let mut peer = broker.accept(CONNACK).await;
        peer.grant(MqttVersion::V3_1_1).await;
        owned.events.connected(n as u64 + 1).await;
        peer.say(garbage).await;
        owned
            .events
            .until(
                n + 1,
                |e| matches!(e, LinkEvent::Lost { reason } if reason.contains("malformed")),
            )
            .await;
        peer.ended().await;
    }
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS1, 1, b"fine")).await;
    owned.journal.until(1).await;
}

/// Subscriptions ask for QoS 1 at most, but a session made by another program may hold QoS 2.
#[tokio::test]
async fn qos_2_of_a_foreign_subscription_is_received_too() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V3_1_1), false);
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS2, 9, b"twice")).await;
    owned.journal.until(1).await;
    owned.journal.sync();
    assert_eq!(peer.other_than_ping().await, [0x50, 2, 0, 9], "PUBREC");
    peer.say(&[0x62, 2, 0, 9]).await;
    assert_eq!(peer.other_than_ping().await, [0x70, 2, 0, 9], "PUBCOMP");
    assert_eq!(owned.journal.count(), 1);
}

#[tokio::test]
async fn the_brokers_limits_are_kept() {
    let broker = Scripted::new().await;
    let mut cfg = all(broker.port(), MqttVersion::V5);
    cfg.filters.clear();
    let owned = start(cfg, true);
    // Receive maximum 1, maximum packet size 100, retain not available.
    let mut peer = broker
        .accept(&[0x20, 13, 0, 0, 10, 0x21, 0, 1, 0x27, 0, 0, 0, 100, 0x25, 0])
        .await;
    owned.events.connected(1).await;
    let link = std::sync::Arc::new(owned.link);
    let big = link
        .publish("t", vec![0; 200], QoS::AtLeastOnce, false, None)
        .await;
    assert!(
        matches!(big, Err(PublishError::TooLarge { limit: 100, .. })),
        "{big:?}"
    );
    let retained = link.publish("t", "", QoS::AtLeastOnce, true, None).await;
    assert_eq!(retained, Err(PublishError::RetainNotSupported));
    let send = |payload: &'static str| {
        let link = std::sync::Arc::clone(&link);
        tokio::spawn(async move {
            link.publish("t", payload, QoS::AtLeastOnce, false, None)
                .await
        })
    };
    let (first, second) = (send("1"), send("2"));
    let packet = peer.other_than_ping().await;
    assert_eq!(packet.last(), Some(&b'1'));
    let early = timeout(Duration::from_millis(50), peer.packet()).await;
    assert!(early.is_err(), "the second waits for the first: {early:?}");
    let id = [packet[5], packet[6]];
    // Quota exceeded.
    peer.say(&[0x40, 4, id[0], id[1], 0x97, 0]).await;
    let refused = first.await.expect("ran");
    assert!(
        matches!(refused, Err(PublishError::Refused { code: 0x97, .. })),
        "{refused:?}"
    );
    let packet = peer.other_than_ping().await;
    assert_eq!(packet.last(), Some(&b'2'));
    peer.say(&[0x40, 2, packet[5], packet[6]]).await;
    second.await.expect("ran").expect("published");
}

#[tokio::test]
async fn an_unconfirmed_publish_comes_again_with_dup_and_its_id() {
    let broker = Scripted::new().await;
    let mut cfg = all(broker.port(), MqttVersion::V3_1_1);
    cfg.filters.clear();
    let owned = start(cfg, true);
    let mut peer = broker.accept(CONNACK).await;
    owned.events.connected(1).await;
    let link = std::sync::Arc::new(owned.link);
    let sender = std::sync::Arc::clone(&link);
    let waiting = tokio::spawn(async move {
        sender
            .publish("t", "go", QoS::AtLeastOnce, false, None)
            .await
    });
    let first = peer.other_than_ping().await;
    assert_eq!(first[0], QOS1);
    drop(peer);
    let mut peer = broker.accept(CONNACK_KEPT).await;
    let again = peer.other_than_ping().await;
    assert_eq!(again[0], QOS1_DUP);
    assert_eq!(again[1..], first[1..]);
    peer.say(&puback(u16::from_be_bytes([first[5], first[6]])))
        .await;
    waiting.await.expect("ran").expect("published");
}

#[tokio::test]
async fn stop_says_goodbye_and_mqtt_5_ends_the_session_with_it() {
    let broker = Scripted::new().await;
    let owned = start(all(broker.port(), MqttVersion::V5), true);
    let mut peer = broker.accept(CONNACK_5).await;
    peer.grant(MqttVersion::V5).await;
    owned.events.subscribed_filters(1).await;
    let stop = tokio::spawn(owned.link.stop(millrace_link::StopMode::EndSession));
    let goodbye = peer.other_than_ping().await;
    assert_eq!(
        goodbye,
        [0xe0, 7, 0, 5, 0x11, 0, 0, 0, 0],
        "DISCONNECT, session expiry 0"
    );
    peer.ended().await;
    assert!(stop.await.expect("ran").session_ended);
}

#[tokio::test]
async fn the_status_does_not_lie_when_the_owner_panics() {
    struct Broken;
    impl millrace_link::Intake for Broken {
        fn offer(&self, _: millrace_link::Batch<'_>) -> millrace_link::Taken {
            panic!("on purpose");
        }
        fn room(&self) -> millrace_link::BoxFuture<'_, ()> {
            Box::pin(std::future::pending())
        }
    }
    let broker = Scripted::new().await;
    let events = crate::owner::Events::new();
    let link = millrace_link::Link::start(
        all(broker.port(), MqttVersion::V3_1_1),
        LinkStart::default(),
        std::sync::Arc::new(Broken),
        events.clone(),
        &tokio::runtime::Handle::current(),
    )
    .expect("valid");
    let mut peer = broker.accept(CONNACK).await;
    peer.grant(MqttVersion::V3_1_1).await;
    peer.say(&publish(QOS1, 1, b"x")).await;
    peer.ended().await;
    let status = link.status();
    assert_eq!(status.state, millrace_link::LinkState::Stopped);
    assert_eq!(
        status.reason.as_deref(),
        Some("the link ended unexpectedly")
    );
}

/// Random packets, whole and broken, from a fixed seed.
#[tokio::test]
async fn a_hostile_broker_neither_stops_nor_floods_the_link() {
    let broker = Scripted::new().await;
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let connack = if version == MqttVersion::V5 {
            CONNACK_5
        } else {
            CONNACK
        };
        let mut cfg = all(broker.port(), version);
        cfg.reconnect_max = cfg.reconnect_min;
        let owned = start(cfg, true);
        let mut random = 0x9e37_79b9_u64;
        let mut next = |below: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) % below
        };
        for _ in 0..40 {
            let mut peer = broker.accept(connack).await;
            for _ in 0..next(30) {
                let len = next(90) as usize;
                // Mostly PUBLISH, SUBACK and PUBACK heads with a body of random bytes.
                let head = [
                    QOS1, QOS1_DUP, QOS2, 0x30, 0x90, 0x40, 0x62, 0xd0, 0xb0, 0xf0,
                ][next(10) as usize];
                let mut packet = vec![head, len as u8];
                packet.extend((0..len).map(|_| next(256) as u8));
                if len > 4 && next(2) == 0 {
                    packet[2..5].copy_from_slice(&[0, 1, b't']);
                }
                // The link may have hung up already, which is the right answer to most of this.
                if peer.stream.write_all(&packet).await.is_err() {
                    break;
                }
            }
        }
        let mut peer = broker.accept(connack).await;
        peer.grant(version).await;
        let before = owned.journal.count();
        let properties: &[u8] = if version == MqttVersion::V5 {
            &[0]
        } else {
            &[]
        };
        let mut good = publish(QOS1, 77, properties);
        good.extend(b"good");
        good[1] += 4;
        peer.say(&good).await;
        owned.journal.until(before + 1).await;
        assert_eq!(
            owned.journal.payloads().last().map(String::as_str),
            Some("good")
        );
        let status = owned.link.status();
        assert_eq!(status.state, millrace_link::LinkState::Connected);
        owned.link.stop(millrace_link::StopMode::Keep).await;
    }
}
