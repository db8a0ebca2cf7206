//! `millrace simulate`: the tutorials' devices.

use std::{
    process::ExitCode,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use rand::RngExt;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use serde_json::{Value as Json, json};

use crate::cli::{DeviceKind, SimulateArgs};

/// How often a device publishes.
const PERIOD: Duration = Duration::from_secs(1);
/// Pause before a device connects again.
const RECONNECT: Duration = Duration::from_secs(1);

/// `millrace simulate`.
pub(crate) fn run(args: &SimulateArgs) -> Result<ExitCode> {
    let (host, port) = args
        .broker
        .rsplit_once(':')
        .context("--broker must be HOST:PORT, for example 127.0.0.1:1883")?;
    let port: u16 = port
        .parse()
        .with_context(|| format!("--broker: \"{port}\" is no port"))?;
    let device = Device::new(args.device, args.name.clone(), host, port);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            () = device.run(&print_line) => {}
            pressed = tokio::signal::ctrl_c() => pressed?,
        }
        anyhow::Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A person watches this on a terminal; a closed one is no reason to stop the device.
fn print_line(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A simulated device.
pub(crate) struct Device {
    kind: DeviceKind,
    name: String,
    host: String,
    port: u16,
}

impl Device {
    /// A device with its tutorial's name unless another is given.
    pub(crate) fn new(kind: DeviceKind, name: Option<String>, host: &str, port: u16) -> Self {
        let default = match kind {
            DeviceKind::Sensor => "SN-001",
            DeviceKind::Thermostat => "Thermostat-A",
        };
        Self {
            kind,
            name: name.unwrap_or_else(|| default.to_owned()),
            host: host.to_owned(),
            port,
        }
    }

    /// Publishes and listens until the future is dropped; connects again by itself.
    pub(crate) async fn run(&self, say: &(dyn Fn(&str) + Sync)) {
        let mut options = MqttOptions::new(
            format!("millrace-simulate-{}", self.name),
            &self.host,
            self.port,
        );
        options.set_keep_alive(Duration::from_secs(15));
        let (client, events) = AsyncClient::new(options, 16);
        let state = Mutex::new(State {
            temperature: 25.0,
            target: 25.0,
        });
        // Side by side in one task, not in one select: polling is not to be broken off.
        tokio::join!(
            self.publish_each_period(&client, &state),
            self.listen(&client, events, &state, say)
        );
    }

    async fn publish_each_period(&self, client: &AsyncClient, state: &Mutex<State>) {
        let mut tick = tokio::time::interval(PERIOD);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.publish(client, &mut locked(state));
        }
    }

    async fn listen(
        &self,
        client: &AsyncClient,
        mut events: EventLoop,
        state: &Mutex<State>,
        say: &(dyn Fn(&str) + Sync),
    ) {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    say(&format!(
                        "{} is connected to {}:{}",
                        self.name, self.host, self.port
                    ));
                    for topic in self.command_topics() {
                        // The request queue has room: nothing else was sent on this connection.
                        let _ = client.try_subscribe(topic, QoS::AtLeastOnce);
                    }
                }
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    let payload = String::from_utf8_lossy(&message.payload).into_owned();
                    say(&format!(
                        "{} received {payload} on {}",
                        self.name, message.topic
                    ));
                    self.command(&message.topic, &payload, client, &mut locked(state), say);
                }
                Ok(_) => {}
                Err(error) => {
                    say(&format!(
                        "{} is not connected to {}:{} ({error}); trying again",
                        self.name, self.host, self.port
                    ));
                    tokio::time::sleep(RECONNECT).await;
                }
            }
        }
    }

    fn command_topics(&self) -> Vec<String> {
        match self.kind {
            DeviceKind::Sensor => vec![self.sensor_topic("rx"), self.sensor_topic("rx/twoway")],
            DeviceKind::Thermostat => vec![format!("devices/{}/temperature/settings", self.name)],
        }
    }

    fn sensor_topic(&self, end: &str) -> String {
        format!("tb/mqtt-integration-tutorial/sensors/{}/{end}", self.name)
    }

    fn publish(&self, client: &AsyncClient, state: &mut State) {
        state.step();
        let (topic, body) = match self.kind {
            DeviceKind::Sensor => (
                self.sensor_topic("temperature"),
                json!({ "value": state.shown() }),
            ),
            DeviceKind::Thermostat => (
                format!("devices/{}/temperature/latest", self.name),
                json!({
                    "temperature": state.shown(),
                    "deviceName": self.name,
                    "deviceType": "thermostat",
                    "timestamp": now_ms(),
                }),
            ),
        };
        // A full queue means no connection: this reading is skipped, the next one is newer.
        let _ = client.try_publish(topic, QoS::AtLeastOnce, false, body.to_string());
    }

    fn command(
        &self,
        topic: &str,
        payload: &str,
        client: &AsyncClient,
        state: &mut State,
        say: &(dyn Fn(&str) + Sync),
    ) {
        if let Some(target) = target(payload) {
            state.target = target;
            say(&format!("{} now goes towards {target}", self.name));
        }
        if topic.ends_with("/rx/twoway") {
            let answer = json!({ "rpcReceived": "OK" }).to_string();
            say(&format!("{} answers {answer}", self.name));
            let _ = client.try_publish(
                self.sensor_topic("rx/response"),
                QoS::AtLeastOnce,
                false,
                answer,
            );
        }
    }
}

/// A plain number, or the member `value` of an object.
fn target(payload: &str) -> Option<f64> {
    let json: Json = serde_json::from_str(payload).ok()?;
    json.as_f64()
        .or_else(|| json.get("value")?.as_f64())
        .filter(|target| target.is_finite())
}

struct State {
    temperature: f64,
    target: f64,
}

impl State {
    /// Drifts towards the target: up to one degree and a thirtieth of the way in a second.
    fn step(&mut self) {
        let distance = self.target - self.temperature;
        let step = rand::rng().random::<f64>() + distance.abs() / 30.0;
        self.temperature += step.min(distance.abs()) * distance.signum();
        if distance.abs() < 0.5 {
            self.temperature += rand::rng().random_range(-0.3..0.3);
        }
    }

    fn shown(&self) -> f64 {
        (self.temperature * 10.0).round() / 10.0
    }
}

/// The state stays usable after a panic elsewhere: it is two numbers.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_a_number_or_an_object_with_a_value() {
        assert_eq!(target("40"), Some(40.0));
        assert_eq!(target("{\"value\":33}"), Some(33.0));
        assert_eq!(target("\"x\""), None);
        assert_eq!(target("no json"), None);
    }

    #[test]
    fn the_temperature_reaches_its_target() {
        let mut state = State {
            temperature: 25.0,
            target: 40.0,
        };
        for _ in 0..60 {
            state.step();
        }
        assert!(
            (state.temperature - 40.0).abs() < 2.0,
            "{}",
            state.temperature
        );
    }
}
