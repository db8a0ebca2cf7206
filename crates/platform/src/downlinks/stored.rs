//! A publish as it waits in the journal.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use millrace_link::PublishProperties;
use millrace_model::{EntityId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::queue::QueuedDownlink;
use crate::{
    converter::Downlink,
    path::{OwedItem, Path, owed_kind},
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    integration: Uuid,
    device: EntityId,
    topic: String,
    /// In base64.
    payload: String,
    qos: u8,
    retain: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response_topic: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation_data: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_expiry_secs: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    user_properties: Vec<(String, String)>,
}

/// A publish as a debt.
pub(super) fn debt(tenant: TenantId, integration: Uuid, item: &QueuedDownlink) -> OwedItem {
    let Downlink {
        topic,
        payload,
        qos,
        retain,
        properties,
    } = &item.downlink;
    let stored = Stored {
        integration,
        device: item.device,
        topic: topic.clone(),
        payload: STANDARD.encode(payload),
        qos: *qos,
        retain: *retain,
        content_type: properties.content_type.clone(),
        response_topic: properties.response_topic.clone(),
        correlation_data: properties
            .correlation_data
            .as_ref()
            .map(|data| STANDARD.encode(data)),
        message_expiry_secs: properties.message_expiry_secs,
        user_properties: properties.user_properties.clone(),
    };
    OwedItem {
        id: item.id,
        tenant,
        kind: owed_kind::DOWNLINK,
        due: item.expires,
        body: serde_json::to_vec(&stored).unwrap_or_default().into(),
    }
}

/// Puts what an earlier process could not publish back into its queues.
pub(crate) fn restore(path: &Path) {
    for item in path.owed().of_kind(owed_kind::DOWNLINK) {
        let Some((integration, queued)) = read(&item) else {
            tracing::error!(id = %item.id, "a waiting downlink cannot be read and is given up");
            path.settle_now(item.id);
            continue;
        };
        let found = path.integration(integration);
        let Some(integration) = found.filter(|found| found.tenant == item.tenant) else {
            tracing::warn!(%integration, topic = %queued.downlink.topic, "a downlink of an integration that is gone was dropped");
            path.settle_now(item.id);
            continue;
        };
        if let Err(full) = integration.downlinks.queue.push(vec![queued]) {
            // More was kept than may wait now: the bound was lowered.
            metrics::counter!("millrace_downlinks_dropped_total").increment(1);
            let station = integration.station();
            path.recorder()
                .error(integration.tenant, station, "downlink", &full.to_string());
            path.settle_now(item.id);
        }
    }
}

fn read(item: &OwedItem) -> Option<(Uuid, QueuedDownlink)> {
    let stored: Stored = serde_json::from_slice(&item.body).ok()?;
    let correlation_data = match &stored.correlation_data {
        Some(text) => Some(Bytes::from(STANDARD.decode(text).ok()?)),
        None => None,
    };
    let queued = QueuedDownlink {
        id: item.id,
        device: stored.device,
        downlink: Downlink {
            topic: stored.topic,
            payload: STANDARD.decode(&stored.payload).ok()?.into(),
            qos: stored.qos,
            retain: stored.retain,
            properties: PublishProperties {
                content_type: stored.content_type,
                response_topic: stored.response_topic,
                correlation_data,
                message_expiry_secs: stored.message_expiry_secs,
                payload_is_utf8: false,
                user_properties: stored.user_properties,
            },
        },
        call: None,
        kept: true,
        expires: item.due,
    };
    Some((stored.integration, queued))
}

#[cfg(test)]
mod tests {
    use millrace_model::EntityType;

    use super::*;

    #[test]
    fn a_publish_reads_back_as_it_was() {
        let item = QueuedDownlink {
            id: Uuid::from_u128(1),
            device: EntityId::new(EntityType::Device, Uuid::from_u128(2)),
            downlink: Downlink {
                topic: "a/b".to_owned(),
                payload: Bytes::from_static(&[0, 255, 7]),
                qos: 0,
                retain: true,
                properties: PublishProperties {
                    content_type: Some("x".to_owned()),
                    response_topic: Some("r".to_owned()),
                    correlation_data: Some(Bytes::from_static(&[1, 2])),
                    message_expiry_secs: Some(9),
                    payload_is_utf8: false,
                    user_properties: vec![("a".to_owned(), "b".to_owned())],
                },
            },
            call: None,
            kept: true,
            expires: 5,
        };
        let debt = debt(TenantId::null(), Uuid::from_u128(3), &item);
        let (integration, back) = read(&debt).unwrap();
        assert_eq!(integration, Uuid::from_u128(3));
        assert_eq!(
            (back.id, back.device, back.expires),
            (item.id, item.device, 5)
        );
        assert_eq!(back.downlink, item.downlink);
    }
}
