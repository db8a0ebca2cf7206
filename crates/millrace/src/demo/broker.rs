//! The built-in broker of the demonstration. It stands in for the one that users have.

use std::{
    collections::HashMap,
    net::{SocketAddr, TcpListener},
};

use anyhow::{Context, Result};
use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings};

/// Starts the broker on this machine's own address and returns its port.
pub(super) fn start(port: u16) -> Result<u16> {
    let port = free_port(port)?;
    let settings = ServerSettings {
        name: "demo".to_owned(),
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 5_000,
            max_payload_size: 1 << 20,
            max_inflight_count: 100,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    };
    let config = Config {
        id: 0,
        router: RouterConfig {
            max_connections: 100,
            max_outgoing_packet_count: 200,
            max_segment_size: 1 << 20,
            max_segment_count: 10,
            ..RouterConfig::default()
        },
        v4: Some(HashMap::from([("demo".to_owned(), settings)])),
        v5: None,
        ws: None,
        cluster: None,
        console: None,
        bridge: None,
        prometheus: None,
        metrics: None,
    };
    std::thread::Builder::new()
        .name("demo-broker".to_owned())
        .spawn(move || {
            if let Err(error) = Broker::new(config).start() {
                tracing::error!(%error, "the built-in broker ended");
            }
        })
        .context("the built-in broker cannot be started")?;
    Ok(port)
}

/// Tries the port before the broker does, whose thread could only log it.
fn free_port(port: u16) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("port {port} is taken, probably by another broker: choose one with --broker-port, 0 takes any"))?;
    Ok(listener.local_addr()?.port())
}
