//! The bench for black-box tests.
//!
//! Everything a scenario needs to treat Millrace as its users do: a real Mosquitto ([`Mosquitto`]),
//! the real server ([`Server`]), MQTT clients that play devices ([`MqttClient`]), people and programs
//! that use the API ([`Actor`], [`LiveFeed`]), and the accidents of real life: kills, cut connections
//! ([`TcpProxy`]), slow and full disks ([`DiskFault`]).
//!
//! Guarantees to the tests: every server runs on its own free loopback port with its own directory,
//! is ready when `start` returns, and is gone when its value is dropped. Nothing waits for a fixed
//! time: [`eventually`] polls a condition and names the last value seen when the deadline passes.
//!
//! The bench panics instead of returning errors: a bench that cannot do its work is a failed test.

mod actor;
mod binary;
mod broker;
mod disk;
mod eventually;
mod live;
mod logs;
mod metrics;
mod mqtt;
mod port;
mod proxy;
mod rest;
mod server;
mod trace;

pub use actor::{Actor, Point};
pub use binary::millrace;
pub use broker::{Mosquitto, MosquittoOptions};
pub use disk::DiskFault;
pub use eventually::{eventually, eventually_within};
pub use live::LiveFeed;
pub use logs::Logs;
pub use metrics::Metrics;
pub use mqtt::{MqttClient, MqttOptions, MqttVersion, Received};
pub use proxy::TcpProxy;
pub use rest::{Reply, Rest};
pub use server::{ADMIN_EMAIL, ADMIN_PASSWORD, Server, ServerOptions};
pub use trace::{Acknowledgement, acknowledgements};
