//! MQTT 5.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, PublishProperties};
use rumqttc::v5::{AsyncClient, Event, EventLoop};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Backend, LARGEST_PACKET, MqttOptions, Progress, REQUESTS, Received, WINDOW};

pub(super) fn open(
    id: String,
    port: u16,
    options: MqttOptions,
    progress: watch::Sender<Progress>,
    messages: mpsc::UnboundedSender<Received>,
) -> (Backend, JoinHandle<()>) {
    let mut settings = rumqttc::v5::MqttOptions::new(id, "127.0.0.1", port);
    settings
        .set_keep_alive(Duration::from_secs(60))
        .set_max_packet_size(Some(LARGEST_PACKET))
        .set_outgoing_inflight_upper_limit(WINDOW)
        .set_network_options(at_once());
    if let Some((user, password)) = options.credentials {
        settings.set_credentials(user, password);
    }
    let (client, connection) = AsyncClient::new(settings, REQUESTS);
    (
        Backend::V5(client),
        tokio::spawn(poll(connection, progress, messages)),
    )
}

/// Small packets leave one after the other: a device is no slower than its broker.
fn at_once() -> rumqttc::NetworkOptions {
    let mut options = rumqttc::NetworkOptions::new();
    options.set_tcp_nodelay(true);
    options
}

pub(super) async fn publish(client: &AsyncClient, topic: &str, body: Bytes, qos: u8, retain: bool) {
    let sent = client.publish(topic, level(qos), retain, body).await;
    sent.expect("the connection is open");
}

pub(super) async fn answer(client: &AsyncClient, topic: &str, body: Bytes, correlation: Bytes) {
    let properties = PublishProperties {
        correlation_data: Some(correlation),
        ..PublishProperties::default()
    };
    let sent = client
        .publish_with_properties(topic, QoS::AtLeastOnce, false, body, properties)
        .await;
    sent.expect("the connection is open");
}

pub(super) async fn subscribe(client: &AsyncClient, filter: &str, qos: u8) {
    client
        .subscribe(filter, level(qos))
        .await
        .expect("the connection is open");
}

fn level(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

async fn poll(
    mut connection: EventLoop,
    progress: watch::Sender<Progress>,
    messages: mpsc::UnboundedSender<Received>,
) {
    loop {
        match connection.poll().await {
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                let _ = messages.send(received(publish));
            }
            Ok(event) => progress.send_modify(|progress| note(progress, &event)),
            Err(error) => {
                progress.send_modify(|progress| progress.ended = Some(error.to_string()));
                return;
            }
        }
    }
}

fn received(publish: Publish) -> Received {
    let properties = publish.properties.unwrap_or_default();
    Received {
        topic: String::from_utf8_lossy(&publish.topic).into_owned(),
        payload: publish.payload,
        qos: publish.qos as u8,
        retain: publish.retain,
        response_topic: properties.response_topic,
        correlation_data: properties.correlation_data,
        user_properties: properties.user_properties,
    }
}

fn note(progress: &mut Progress, event: &Event) {
    match event {
        Event::Incoming(Packet::ConnAck(_)) => progress.connected = true,
        Event::Incoming(Packet::SubAck(_)) => progress.subscribed += 1,
        Event::Incoming(Packet::PubAck(_) | Packet::PubComp(_)) => progress.acknowledged += 1,
        Event::Outgoing(Outgoing::Publish(_)) => progress.sent += 1,
        _ => {}
    }
}
