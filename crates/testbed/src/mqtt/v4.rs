//! MQTT 3.1.1.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::{AsyncClient, Event, EventLoop, Outgoing, Packet, QoS};
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
    let mut settings = rumqttc::MqttOptions::new(id, "127.0.0.1", port);
    let largest = LARGEST_PACKET as usize;
    settings
        .set_keep_alive(Duration::from_secs(60))
        .set_max_packet_size(largest, largest)
        .set_inflight(WINDOW);
    if let Some((user, password)) = options.credentials {
        settings.set_credentials(user, password);
    }
    let (client, mut connection) = AsyncClient::new(settings, REQUESTS);
    connection.network_options.set_tcp_nodelay(true);
    (
        Backend::V4(client),
        tokio::spawn(poll(connection, progress, messages)),
    )
}

pub(super) async fn publish(client: &AsyncClient, topic: &str, body: Bytes, qos: u8, retain: bool) {
    let sent = client.publish_bytes(topic, level(qos), retain, body).await;
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
                let _ = messages.send(Received {
                    topic: publish.topic,
                    payload: publish.payload,
                    qos: publish.qos as u8,
                    retain: publish.retain,
                    response_topic: None,
                    correlation_data: None,
                    user_properties: Vec::new(),
                });
            }
            Ok(event) => progress.send_modify(|progress| note(progress, &event)),
            Err(error) => {
                progress.send_modify(|progress| progress.ended = Some(error.to_string()));
                return;
            }
        }
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
