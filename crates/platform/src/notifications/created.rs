//! "Device created": the rule every tenant has.

use millrace_model::{
    EntityId, Millis, TenantId,
    id::{CustomerId, DeviceId, NotificationId, UserId},
    notification::{Notification, NotificationStatus},
};
use millrace_store::entities::Change;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::id_json;

/// Who made something: a person, or an integration by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name for people: e-mail address or name of the integration.
    pub name: String,
    /// The person, when it was one.
    pub user: Option<Uuid>,
}

impl Actor {
    /// An actor that is no person.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            user: None,
        }
    }
}

/// A device that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedDevice {
    /// Its id.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Its customer.
    pub customer: Option<CustomerId>,
    /// Who made it.
    pub actor: Actor,
}

/// What to tell about a batch.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) now: Millis,
    pub(super) singles: &'a [CreatedDevice],
    pub(super) summary: Option<Summary>,
}

/// The state of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    /// Recipients' notification ids derive from it, so that counting on replaces the row.
    pub(super) seed: Uuid,
    pub(super) started: Millis,
    pub(super) count: u64,
    pub(super) last: String,
    pub(super) actor: String,
}

/// The notifications of a plan for each recipient.
pub(super) fn changes(tenant: TenantId, recipients: &[UserId], plan: &Plan<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for recipient in recipients {
        for device in plan.singles {
            changes.push(notify(tenant, single(*recipient, device, plan.now)));
        }
        if let Some(summary) = &plan.summary {
            changes.push(notify(tenant, counted(*recipient, tenant, summary)));
        }
    }
    changes
}

fn notify(tenant: TenantId, notification: Notification) -> Change {
    Change::Notify {
        tenant,
        notification,
    }
}

fn single(recipient: UserId, created: &CreatedDevice, now: Millis) -> Notification {
    let CreatedDevice {
        device,
        name,
        customer,
        actor,
    } = created;
    let mut info = json!({
        "type": "ENTITY_ACTION",
        "actionType": "ADDED",
        "entityId": id_json(EntityId::from(*device)),
        "entityName": name,
        "stateEntityId": id_json(EntityId::from(*device)),
        "dashboardId": null,
        "userEmail": actor.name,
    });
    if let Some(members) = info.as_object_mut() {
        if let Some(customer) = customer {
            members.insert("entityCustomerId".to_owned(), id_json((*customer).into()));
        }
        if let Some(user) = actor.user {
            members.insert("userId".to_owned(), id_json(UserId(user).into()));
        }
    }
    Notification {
        id: NotificationId::new(),
        created_time: now,
        recipient_id: recipient,
        notification_type: "ENTITY_ACTION".to_owned(),
        delivery_method: "WEB".to_owned(),
        subject: "Device was created".to_owned(),
        text: format!("Device '{name}' was created by {}", actor.name),
        additional_config: look(&format!("/devices/{device}"), "Go to device"),
        info,
        status: NotificationStatus::Sent,
    }
}

fn counted(recipient: UserId, tenant: TenantId, summary: &Summary) -> Notification {
    let Summary {
        seed,
        started,
        count,
        last,
        actor,
    } = summary;
    let devices = if *count == 1 {
        "device was"
    } else {
        "devices were"
    };
    Notification {
        id: NotificationId(row_id(*seed, recipient)),
        created_time: *started,
        recipient_id: recipient,
        notification_type: "ENTITY_ACTION".to_owned(),
        delivery_method: "WEB".to_owned(),
        subject: "Many devices were created".to_owned(),
        text: format!("{count} more {devices} created, the last is '{last}' by {actor}"),
        additional_config: look("/devices", "Go to devices"),
        info: json!({
            "type": "ENTITY_ACTION",
            "actionType": "ADDED",
            "entityId": id_json(tenant.into()),
            "entityName": last,
            "stateEntityId": null,
            "dashboardId": null,
            "count": count,
        }),
        status: NotificationStatus::Sent,
    }
}

/// Icon and button of an inbox row.
fn look(link: &str, text: &str) -> Json {
    json!({
        "icon": { "enabled": true, "icon": "info", "color": "#757575" },
        "actionButtonConfig": {
            "enabled": true,
            "text": text,
            "linkType": "LINK",
            "link": link,
        },
    })
}

/// The id of a recipient's row of a summary: the same each time it counts on.
fn row_id(seed: Uuid, recipient: UserId) -> Uuid {
    let mixed = seed.as_u128() ^ (recipient.0.as_u128() << 1);
    uuid::Builder::from_u128(mixed)
        .with_variant(uuid::Variant::RFC4122)
        .with_version(uuid::Version::Random)
        .into_uuid()
}
