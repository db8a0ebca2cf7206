//! The door of the path for one link.

use std::sync::{Arc, atomic::Ordering};

use millrace_link::{Batch, BoxFuture, Intake, Publish, PublishProperties, Taken};
use millrace_store::journal::{Append, InRecord, Source};
use parking_lot::Mutex;
use serde_json::json;

use super::{
    delivery::{Accepted, bytes_of},
    runtime::UplinkCounters,
    session::SessionMirror,
    start::Path,
};

/// Takes a link's messages: into the journal and into the lanes at the same time.
pub struct UplinkIntake {
    path: Arc<Path>,
    source: Source,
    session: Arc<Mutex<SessionMirror>>,
    counters: Arc<UplinkCounters>,
}

impl UplinkIntake {
    /// The door for the link of one integration.
    #[must_use]
    pub fn new(
        path: Arc<Path>,
        source: Source,
        session: Arc<Mutex<SessionMirror>>,
        counters: Arc<UplinkCounters>,
    ) -> Self {
        Self {
            path,
            source,
            session,
            counters,
        }
    }

    fn record(&self, publish: &Publish) -> InRecord {
        InRecord {
            source: self.source,
            arrival_ms: publish.arrival_ms,
            topic: publish.topic().into(),
            payload: publish.payload_bytes(),
            qos: publish.qos as u8,
            retain: publish.retain,
            identity: SessionMirror::identity(publish),
            properties: publish.properties.as_deref().map(properties_json),
        }
    }
}

impl Intake for UplinkIntake {
    fn offer(&self, batch: Batch<'_>) -> Taken {
        if !self.path.keeps_up() {
            return batch.refuse();
        }
        let fits = batch
            .iter()
            .take_while(|publish| {
                self.path
                    .budget()
                    .try_take(bytes_of(publish.topic().len(), publish.payload().len()))
            })
            .count();
        if fits == 0 {
            return batch.refuse();
        }
        let acks = batch.acks.clone();
        let upto = batch.first_position + fits as u64 - 1;
        let mut session = self.session.lock();
        let confirmed = session.confirm(self.source.integration, batch.epoch, batch.confirmed);
        let mut publishes = Vec::with_capacity(fits);
        let taken = batch.take(fits, |publish| {
            if session.is_retained_again(&publish) {
                self.counters.retained_again.fetch_add(1, Ordering::Relaxed);
                self.path
                    .budget()
                    .release(bytes_of(publish.topic().len(), publish.payload().len()));
            } else {
                publishes.push(publish);
            }
        });
        let records: Vec<InRecord> = publishes
            .iter()
            .map(|publish| self.record(publish))
            .collect();
        // A retained message that was left out is acknowledged with the commit that is next, so
        // that acknowledgements keep their order.
        let first = self.path.journal().append(Append {
            ins: records.clone(),
            outs: confirmed.into_iter().collect(),
            committed: Some(Box::new(move |result| {
                if result.is_ok() {
                    acks.durable(upto);
                }
            })),
        });
        for (publish, seq) in publishes.iter().zip(first..) {
            session.took(seq, publish);
        }
        drop(session);
        let accepted = records
            .into_iter()
            .zip(first..)
            .map(|(record, seq)| Accepted::new(seq, record));
        self.path.run_uplinks(first, accepted.collect());
        taken
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.path.wait_room())
    }
}

/// MQTT 5 properties in the form that scripts see in `metadata`.
fn properties_json(properties: &PublishProperties) -> Arc<str> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut members = serde_json::Map::new();
    if let Some(content_type) = &properties.content_type {
        members.insert("contentType".to_owned(), json!(content_type));
    }
    if let Some(topic) = &properties.response_topic {
        members.insert("responseTopic".to_owned(), json!(topic));
    }
    if let Some(data) = &properties.correlation_data {
        members.insert("correlationData".to_owned(), json!(STANDARD.encode(data)));
    }
    if !properties.user_properties.is_empty() {
        let user: serde_json::Map<_, _> = properties
            .user_properties
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        members.insert(
            "userProperties".to_owned(),
            json!(serde_json::Value::Object(user).to_string()),
        );
    }
    serde_json::Value::Object(members).to_string().into()
}
