//! A thousand devices whose every value can be accounted for.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use millrace_testbed::{Actor, MqttClient, eventually_within};
use serde_json::{Value, json};

/// Checks run at a time.
const AT_ONCE: usize = 8;

/// Devices `d0…` that each send the numbers 0, 1, 2 … in one series without timestamps.
#[derive(Clone, Copy)]
pub(crate) struct Fleet {
    pub(crate) devices: u64,
    pub(crate) messages: u64,
}

impl Fleet {
    /// Publishes the given messages of the whole sequence with QoS 1, devices taking turns.
    pub(crate) async fn publish(self, client: &MqttClient, messages: std::ops::Range<u64>) {
        for message in messages {
            let (device, number) = (message % self.devices, message / self.devices);
            let topic = format!("site/fleet/d{device}");
            client
                .publish(&topic, format!(r#"{{"n":{number}}}"#), 1)
                .await;
        }
        client.flush().await;
    }

    /// Waits until nothing more is to come: the device that sends last has its last value.
    pub(crate) async fn until_drained(self, admin: &Actor, within: Duration) {
        let last = (self.messages - 1) % self.devices;
        let device = admin.device(&format!("d{last}")).await;
        let wanted = self.count(last);
        eventually_within(within, "the fleet's last message is stored", || async {
            let stored = admin.count(&device, "n").await;
            if stored >= wanted {
                Ok(())
            } else {
                Err(format!("{stored} of {wanted}"))
            }
        })
        .await;
    }

    /// Every value is stored, none twice: in the history, in COUNT, as the latest value and as the
    /// attribute.
    ///
    /// # Panics
    /// Naming the first devices that differ.
    pub(crate) async fn verify(self, admin: &Actor) {
        let entities = admin.devices().await;
        assert_eq!(
            entities.len() as u64,
            self.devices,
            "each device exists once"
        );
        let differences: Vec<String> = stream::iter(entities)
            .map(|entity| async move { self.difference(admin, &entity).await })
            .buffer_unordered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await;
        assert!(
            differences.is_empty(),
            "{} devices differ, among them:\n{}",
            differences.len(),
            differences
                .iter()
                .take(5)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        );
    }

    async fn difference(self, admin: &Actor, entity: &Value) -> Option<String> {
        let name = entity["name"].as_str()?.to_owned();
        let number: u64 = name.strip_prefix('d')?.parse().ok()?;
        let count = self.count(number);
        let expected: Vec<Value> = (0..count).map(Value::from).collect();
        let history = admin.history(entity, "n", 1_000_000).await;
        let stored: Vec<Value> = history.into_iter().map(|point| point.value).collect();
        let counted = admin.count(entity, "n").await;
        let latest = admin.latest(entity, "n").await.map(|point| point.value);
        let attribute = admin.attributes(entity, "CLIENT_SCOPE").await["last"].clone();
        let last = json!(count - 1);
        let same = stored == expected
            && counted == count
            && latest.as_ref() == Some(&last)
            && attribute == last;
        (!same).then(|| {
            format!("{name}: {count} sent; history {stored:?}, COUNT {counted}, latest {latest:?}, attribute {attribute}")
        })
    }

    fn count(self, device: u64) -> u64 {
        self.messages / self.devices + u64::from(device < self.messages % self.devices)
    }
}
