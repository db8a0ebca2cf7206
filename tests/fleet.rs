//! A thousand devices whose every value can be accounted for.

use std::time::{Duration, Instant};

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
    /// Bytes in each payload that nobody reads.
    pub(crate) ballast: usize,
}

impl Fleet {
    /// Publishes the given messages of the whole sequence with QoS 1, devices taking turns.
    pub(crate) async fn publish(self, client: &MqttClient, messages: std::ops::Range<u64>) {
        let ballast = "x".repeat(self.ballast);
        for message in messages {
            let (device, number) = (message % self.devices, message / self.devices);
            let topic = format!("site/fleet/d{device}");
            client
                .publish(
                    &topic,
                    format!(r#"{{"n":{number},"ballast":"{ballast}"}}"#),
                    1,
                )
                .await;
        }
        client.flush().await;
    }

    /// Waits until nothing more is to come: each device has as many values as it sent. Devices wait
    /// for each other nowhere, so each is asked.
    pub(crate) async fn until_drained(self, admin: &Actor, within: Duration) {
        let began = Instant::now();
        for number in (0..self.devices).rev() {
            let name = format!("d{number}");
            let wanted = self.count(number);
            let left = within.saturating_sub(began.elapsed());
            eventually_within(left, &format!("everything of {name} is stored"), || async {
                let Some(device) = admin.find_device(&name).await else {
                    return Err("no such device".to_owned());
                };
                let stored = admin.count(&device, "n").await;
                if stored >= wanted {
                    Ok(())
                } else {
                    Err(format!("{stored} of {wanted}"))
                }
            })
            .await;
        }
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
            let missing: Vec<&Value> = expected.iter().filter(|n| !stored.contains(n)).collect();
            format!(
                "{name}: {count} sent; history holds {}, missing {missing:?}, COUNT {counted}, \
                 latest {latest:?}, attribute {attribute}",
                stored.len()
            )
        })
    }

    fn count(self, device: u64) -> u64 {
        self.messages / self.devices + u64::from(device < self.messages % self.devices)
    }
}
