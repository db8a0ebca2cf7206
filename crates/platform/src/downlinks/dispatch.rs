//! From the queue of an integration to its link.

use std::{sync::Weak, time::Duration};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use millrace_link::{PublishError, Publisher, QoS};
use millrace_model::id::IntegrationId;
use uuid::Uuid;

use super::outlet::Outlet;
use super::queue::{DownlinkQueue, QueuedDownlink, Withdrawn};
use crate::{clock::now_ms, path::Path};

/// Publishes without an answer from the broker at a time.
const MOST_UNDER_WAY: usize = 256;
/// Look at the connection again although nobody said that it is back.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Pause after a publish came back although the link looked connected.
const CAME_BACK: Duration = Duration::from_millis(50);

/// A publish that ended.
struct Ended {
    place: u64,
    item: QueuedDownlink,
    outcome: Outcome,
}

enum Outcome {
    /// With the broker.
    Taken,
    /// Not sent, or nobody knows: it is sent again.
    Again,
    /// Never will be.
    Failed(String),
    /// Nobody wants it any more; it left the queue with its call.
    Withdrawn,
}

/// Publishes what waits, as long as the link lives. Ends when the path is gone.
pub async fn dispatch(path: Weak<Path>, integration: Uuid, mut outlet: Outlet) {
    let Some(queue) = queue_of(&path, integration) else {
        return;
    };
    queue.put_all_back();
    let mut under_way = FuturesUnordered::new();
    loop {
        // What ended before a reconnect is back in its place before anything new leaves.
        let mut came_back = false;
        while let Some(Some(ended)) = under_way.next().now_or_never() {
            came_back |= handle(&path, &queue, integration, ended);
        }
        for item in queue.take_expired(now_ms()) {
            expired(&path, integration, &item);
        }
        if came_back {
            tokio::time::sleep(CAME_BACK).await;
            continue;
        }
        let one_call = one_call_at_a_time(&path, integration);
        while under_way.len() < MOST_UNDER_WAY && !queue.is_empty() {
            let Some(publisher) = outlet.publisher(under_way.is_empty()).await else {
                break;
            };
            let Some((place, item, withdrawn)) = queue.next(one_call) else {
                break;
            };
            under_way.push(publish(publisher, place, item, withdrawn));
        }
        let wait = queue.next_expiry().map_or(LOOK_AGAIN, |at| {
            let left = u64::try_from(at.saturating_sub(now_ms())).unwrap_or(0);
            LOOK_AGAIN.min(Duration::from_millis(left.saturating_add(1)))
        });
        tokio::select! {
            Some(ended) = under_way.next(), if !under_way.is_empty() => {
                if handle(&path, &queue, integration, ended) {
                    tokio::time::sleep(CAME_BACK).await;
                }
            }
            () = queue.changed() => {}
            () = tokio::time::sleep(wait), if !queue.is_empty() => {}
        }
        if path.strong_count() == 0 {
            return;
        }
    }
}

fn queue_of(path: &Weak<Path>, integration: Uuid) -> Option<std::sync::Arc<DownlinkQueue>> {
    let integration = path.upgrade()?.integration(integration)?;
    Some(std::sync::Arc::clone(&integration.downlinks.queue))
}

fn one_call_at_a_time(path: &Weak<Path>, integration: Uuid) -> bool {
    path.upgrade()
        .and_then(|path| path.integration(integration))
        .is_some_and(|integration| integration.downlinks.settings.one_call_at_a_time())
}

/// Sends one message and waits for the broker.
async fn publish(
    publisher: Publisher,
    place: u64,
    item: QueuedDownlink,
    withdrawn: Withdrawn,
) -> Ended {
    let downlink = &item.downlink;
    if let Some(call) = &item.call {
        call.sent(true);
    }
    let sending = publisher.publish(
        &downlink.topic,
        downlink.payload.clone(),
        QoS::from_u8(downlink.qos).unwrap_or(QoS::AtLeastOnce),
        downlink.retain,
        Some(downlink.properties.clone()),
    );
    let left = u64::try_from(item.expires.saturating_sub(now_ms())).unwrap_or(0);
    let outcome = tokio::select! {
        biased;
        sent = sending => match sent {
            Ok(_) => Outcome::Taken,
            Err(PublishError::NotConnected | PublishError::Interrupted | PublishError::Stopped) => Outcome::Again,
            Err(error) => Outcome::Failed(error.to_string()),
        },
        _ = withdrawn => Outcome::Withdrawn,
        () = tokio::time::sleep(Duration::from_millis(left)) => Outcome::Failed(
            "the broker did not confirm the message in time".to_owned()
        ),
    };
    Ended {
        place,
        item,
        outcome,
    }
}

/// Whether it goes back to wait.
fn handle(path: &Weak<Path>, queue: &DownlinkQueue, integration: Uuid, ended: Ended) -> bool {
    let Ended {
        place,
        item,
        outcome,
    } = ended;
    let error = match outcome {
        Outcome::Again => {
            if let Some(call) = &item.call {
                call.sent(false);
            }
            queue.put_back(place);
            return true;
        }
        Outcome::Withdrawn => return false,
        Outcome::Taken => {
            metrics::counter!("millrace_downlinks_published_total").increment(1);
            if let Some(call) = &item.call {
                call.taken();
            }
            None
        }
        Outcome::Failed(error) => {
            metrics::counter!("millrace_downlinks_failed_total").increment(1);
            if let Some(call) = &item.call {
                call.failed(&error);
            }
            Some(error)
        }
    };
    queue.done(place);
    settle(path, integration, &item, error.as_deref());
    false
}

fn expired(path: &Weak<Path>, integration: Uuid, item: &QueuedDownlink) {
    metrics::counter!("millrace_downlinks_dropped_total").increment(1);
    let error = "dropped: it waited for the connection to the broker until it expired";
    if let Some(call) = &item.call {
        call.failed(error);
    }
    settle(path, integration, item, Some(error));
}

/// Shows what became of a publish, and forgets it.
fn settle(path: &Weak<Path>, integration: Uuid, item: &QueuedDownlink, error: Option<&str>) {
    let Some(path) = path.upgrade() else {
        return;
    };
    if let Some(integration) = path.integration(integration) {
        path.seen().downlink(&integration, &item.downlink, error);
        if item.kept
            && let Some(error) = error
        {
            let id: IntegrationId = integration.id;
            path.recorder()
                .error(integration.tenant, id.into(), "downlink", error);
        }
    }
    if item.kept {
        path.settle_now(item.id);
    }
}
