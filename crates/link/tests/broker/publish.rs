//! Publishing: properties, receipts, and what becomes of it when the connection breaks.

use bytes::Bytes;
use millrace_link::{LinkEvent, MqttVersion, PublishError, PublishProperties, QoS, TopicFilter};
use millrace_testbed::{Mosquitto, TcpProxy};

use crate::owner::{Owned, config};

fn all() -> [TopicFilter; 1] {
    [TopicFilter::new("t/#", QoS::AtLeastOnce)]
}

#[tokio::test]
async fn properties_travel_both_ways_in_mqtt_5() {
    let broker = Mosquitto::anonymous().await;
    let mut cfg = config(broker.port(), "properties", &all());
    cfg.version = MqttVersion::V5;
    let owned = Owned::start(cfg).await;
    let properties = PublishProperties {
        content_type: Some("application/json".to_owned()),
        response_topic: Some("t/answer".to_owned()),
        correlation_data: Some(Bytes::from_static(&[0, 1, 255])),
        message_expiry_secs: Some(3_600),
        payload_is_utf8: true,
        user_properties: vec![
            ("a".to_owned(), "1".to_owned()),
            ("a".to_owned(), "2".to_owned()),
        ],
    };
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
        let sent = owned
            .link
            .publish("t/x", "{}", qos, false, Some(properties.clone()));
        sent.await.expect("published");
    }
    owned.journal.until(2).await;
    for message in owned.journal.messages() {
        let mut got = *message.properties.clone().expect("properties");
        got.message_expiry_secs = got.message_expiry_secs.map(|_| 3_600); // counts down
        assert_eq!(got, properties);
        assert_eq!(message.payload(), b"{}");
    }
}

#[tokio::test]
async fn mqtt_5_says_when_nobody_listens() {
    let broker = Mosquitto::anonymous().await;
    let mut cfg = config(broker.port(), "nobody", &all());
    cfg.version = MqttVersion::V5;
    let owned = Owned::start(cfg).await;
    let nobody = owned
        .link
        .publish("other", "x", QoS::AtLeastOnce, false, None)
        .await;
    assert!(nobody.expect("published").no_subscribers);
    let somebody = owned
        .link
        .publish("t/x", "x", QoS::AtLeastOnce, false, None)
        .await;
    assert!(!somebody.expect("published").no_subscribers);
}

#[tokio::test]
async fn many_at_once_all_arrive_in_order() {
    let broker = Mosquitto::anonymous().await;
    let owned = Owned::start(config(broker.port(), "many", &all())).await;
    let link = std::sync::Arc::new(owned.link);
    // Started in this order on one thread, so queued in this order.
    let mut sends = Vec::new();
    for n in 0..3_000 {
        let link = std::sync::Arc::clone(&link);
        sends.push(tokio::spawn(async move {
            link.publish("t/x", n.to_string(), QoS::AtLeastOnce, false, None)
                .await
        }));
    }
    for send in sends {
        send.await.expect("ran").expect("published");
    }
    owned.journal.until(3_000).await;
    let expected: Vec<String> = (0..3_000).map(|n| n.to_string()).collect();
    assert_eq!(owned.journal.payloads(), expected);
    assert_eq!(link.status().publishing, 0);
}

#[tokio::test]
async fn an_unconfirmed_publish_is_sent_again_with_the_next_connection() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let proxy = TcpProxy::to(broker.port()).await;
        let listener = Owned::start(config(broker.port(), "listener", &all())).await;
        let mut cfg = config(proxy.port(), "again", &[]);
        cfg.version = version;
        let owned = Owned::start(cfg).await;
        proxy.stall(true);
        let link = std::sync::Arc::new(owned.link);
        let sender = std::sync::Arc::clone(&link);
        let waiting = tokio::spawn(async move {
            sender
                .publish("t/x", "command", QoS::AtLeastOnce, false, None)
                .await
        });
        let given_up = link.publish("t/x", "given up", QoS::AtLeastOnce, false, None);
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(50), given_up).await;
        assert!(given_up.is_err(), "nothing answers");
        while link.status().publishing < 2 {
            tokio::task::yield_now().await;
        }
        proxy.cut();
        // The proxy still held both, and has dropped them once the loss is seen.
        let lost = |e: &LinkEvent| matches!(e, LinkEvent::Lost { .. });
        owned.events.until(1, lost).await;
        proxy.stall(false);
        owned.events.connected(2).await;
        let receipt = waiting.await.expect("ran").expect("published");
        assert!(receipt.packet_id.is_some());
        listener.journal.until(1).await;
        assert_eq!(listener.journal.payloads(), ["command"]);
        assert_eq!(
            owned.events.count(|e| matches!(e, LinkEvent::Lost { .. })),
            1
        );
    }
}

#[tokio::test]
async fn what_cannot_be_published_is_refused() {
    let broker = Mosquitto::anonymous().await;
    let owned = Owned::start(config(broker.port(), "refusals", &[])).await;
    let problem = |topic: &'static str, qos| {
        let link = &owned.link;
        async move {
            link.publish(topic, "", qos, false, None)
                .await
                .expect_err("refused")
        }
    };
    let wildcard = problem("a/+", QoS::AtMostOnce).await;
    assert_eq!(
        wildcard.to_string(),
        "topic contains a wildcard ('+' or '#'), which only a topic filter may"
    );
    assert_eq!(
        problem("", QoS::AtMostOnce).await.to_string(),
        "topic is empty"
    );
    assert_eq!(
        problem("a", QoS::ExactlyOnce).await,
        PublishError::Qos {
            asked: 2,
            highest: 1
        }
    );
}
