//! Messages to a real broker.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use millrace_outbound::{
    AddressRules, MqttError, MqttPublisher, MqttSettings, Outbound, OutboundOptions,
};
use millrace_testbed::{Mosquitto, MqttClient};

fn publisher(port: u16, options: OutboundOptions) -> MqttPublisher {
    let settings = MqttSettings {
        host: "localhost".to_owned(),
        port,
        client_id: String::new(),
        clean_session: true,
        connect_timeout: Duration::ZERO,
        credentials: None,
    };
    Outbound::new(options).mqtt(settings).unwrap()
}

fn options() -> OutboundOptions {
    OutboundOptions {
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(10),
        ..OutboundOptions::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_arrive_again_after_the_broker_was_away() {
    let mut broker = Mosquitto::anonymous().await;
    let publisher = publisher(broker.port(), options());
    publisher
        .publish("state/a", "1".into(), true)
        .await
        .unwrap();
    let mut client = MqttClient::connect(broker.port()).await;
    client.subscribe("state/#", 1).await;
    let kept = client.next().await;
    assert_eq!(
        (kept.topic.as_str(), &kept.payload[..]),
        ("state/a", &b"1"[..])
    );
    publisher
        .publish("state/b", "2".into(), false)
        .await
        .unwrap();
    assert_eq!(&client.next().await.payload[..], b"2");

    broker.kill().await;
    let away = publisher
        .publish("state/b", "3".into(), false)
        .await
        .unwrap_err();
    // Handed over before the loss was noticed, it waits for the broker until its time is up.
    assert!(
        matches!(
            away,
            MqttError::NotConnected { .. } | MqttError::Refused(_) | MqttError::Timeout(_)
        ),
        "{away}"
    );
    broker.restart().await;
    let mut client = MqttClient::connect(broker.port()).await;
    client.subscribe("state/#", 1).await;
    publisher
        .publish("state/c", "4".into(), false)
        .await
        .unwrap();
    loop {
        let message = client.next().await;
        if message.topic == "state/c" {
            assert_eq!(&message.payload[..], b"4");
            break;
        }
    }
}

#[tokio::test]
async fn a_denied_address_gets_no_connection() {
    let rules = AddressRules {
        deny_private: true,
        ..AddressRules::default()
    };
    let publisher = publisher(
        1883,
        OutboundOptions {
            addresses: rules,
            ..options()
        },
    );
    let error = publisher.publish("a", "1".into(), false).await.unwrap_err();
    assert!(matches!(error, MqttError::Address(_)), "{error}");
    assert!(error.to_string().contains("private"), "{error}");
}
