use millrace_model::{id::DeviceId, notification::NotificationStatus};
use tokio::sync::broadcast::error::TryRecvError;

use super::*;
use crate::{accounts::Accounts, fixture::Fixture};

fn created(name: &str) -> CreatedDevice {
    CreatedDevice {
        device: DeviceId::new(),
        name: name.to_owned(),
        customer: None,
        actor: Actor::named("MQTT Integration"),
    }
}

fn many(count: usize) -> Vec<CreatedDevice> {
    (0..count)
        .map(|number| created(&format!("SN-{number}")))
        .collect()
}

fn texts(fixture: &Fixture, scope: &Scope) -> Vec<String> {
    let page = fixture
        .notifications
        .page(scope, false, &PageLink::first(100))
        .unwrap();
    page.data.into_iter().map(|one| one.text).collect()
}

#[test]
fn every_administrator_of_the_tenant_hears_of_a_new_device() {
    let fixture = Fixture::new();
    let second = fixture.user("second@example.com", Authority::TenantAdmin, None);
    let second = Accounts::scope_of(&second);
    let (_, customer) = fixture.customer("A");
    let device = created("SN-001");
    fixture
        .notifications
        .device_created(fixture.admin.tenant, &device)
        .unwrap();
    for administrator in [&fixture.admin, &second] {
        let page = fixture
            .notifications
            .page(administrator, true, &PageLink::first(10))
            .unwrap();
        let [one] = page.data.as_slice() else {
            panic!("{} notifications", page.data.len());
        };
        assert_eq!(one.notification_type, "ENTITY_ACTION");
        assert_eq!(one.status, NotificationStatus::Sent);
        assert!(one.text.contains("SN-001") && one.text.contains("MQTT Integration"));
        assert_eq!(one.info["entityId"]["id"], device.device.0.to_string());
        assert_eq!(one.info["actionType"], "ADDED");
        assert_eq!(
            one.additional_config["actionButtonConfig"]["link"],
            format!("/devices/{}", device.device)
        );
    }
    assert!(texts(&fixture, &customer).is_empty());
}

#[test]
fn an_administrator_made_later_hears_too() {
    let fixture = Fixture::new();
    let tenant = fixture.admin.tenant;
    fixture
        .notifications
        .device_created(tenant, &created("before"))
        .unwrap();
    let late = fixture.user("late@example.com", Authority::TenantAdmin, None);
    let late = Accounts::scope_of(&late);
    fixture
        .notifications
        .device_created(tenant, &created("after"))
        .unwrap();
    let seen = texts(&fixture, &late);
    assert_eq!(seen.len(), 1);
    assert!(seen[0].contains("after"));
}

#[test]
fn a_flood_is_twenty_lines_and_one_summary_that_counts_on() {
    let fixture = Fixture::new();
    let tenant = fixture.admin.tenant;
    for _ in 0..10 {
        let changes = fixture
            .notifications
            .changes_for_created(tenant, &many(1_000))
            .unwrap();
        fixture.records.store().apply(&changes).unwrap();
        fixture.notifications.published(&changes);
    }
    let seen = texts(&fixture, &fixture.admin);
    assert_eq!(seen.len(), 21);
    let summary = seen
        .iter()
        .find(|text| text.starts_with("9980 more devices"));
    assert!(
        summary.is_some_and(|text| text.contains("'SN-999'")),
        "{seen:?}"
    );
    assert_eq!(
        fixture.notifications.unread_count(&fixture.admin).unwrap(),
        21
    );
}

#[test]
fn an_inbox_is_read_and_emptied_by_its_owner_only() {
    let fixture = Fixture::new();
    let notifications = &fixture.notifications;
    let second = fixture.user("second@example.com", Authority::TenantAdmin, None);
    let second = Accounts::scope_of(&second);
    for device in many(3) {
        notifications
            .device_created(fixture.admin.tenant, &device)
            .unwrap();
    }
    let inbox = notifications.unread(&fixture.admin, 2).unwrap();
    assert_eq!((inbox.notifications.len(), inbox.total), (2, 3));
    assert!(inbox.notifications[0].text.contains("SN-2"), "newest first");
    let id = inbox.notifications[0].id;
    notifications.mark_read(&second, id).unwrap();
    assert!(notifications.delete(&second, id).is_err());
    assert_eq!(notifications.unread_count(&fixture.admin).unwrap(), 3);
    notifications.mark_read(&fixture.admin, id).unwrap();
    notifications.mark_read(&fixture.admin, id).unwrap();
    assert_eq!(notifications.unread_count(&fixture.admin).unwrap(), 2);
    notifications.delete(&fixture.admin, id).unwrap();
    assert!(matches!(
        notifications.delete(&fixture.admin, id),
        Err(PlatformError::NotFound { .. })
    ));
    notifications.mark_all_read(&fixture.admin).unwrap();
    assert_eq!(notifications.unread_count(&fixture.admin).unwrap(), 0);
    assert_eq!(texts(&fixture, &fixture.admin).len(), 2);
    assert_eq!(notifications.unread_count(&second).unwrap(), 3);
    let server = Scope::server(fixture.admin.tenant);
    assert!(notifications.unread_count(&server).is_err());
}

#[test]
fn watchers_get_rising_numbers_and_others_cost_nothing() {
    let fixture = Fixture::new();
    let notifications = &fixture.notifications;
    let mut feed = notifications.subscribe(&fixture.admin).unwrap();
    let view = notifications.unread(&fixture.admin, 10).unwrap();
    notifications
        .device_created(fixture.admin.tenant, &created("SN-001"))
        .unwrap();
    let first = feed.try_recv().unwrap();
    assert!(first.sequence > view.sequence);
    assert_eq!(first.unread, 1);
    let id = first.notification.unwrap().id;
    notifications.mark_read(&fixture.admin, id).unwrap();
    let second = feed.try_recv().unwrap();
    assert!(second.sequence > first.sequence && second.notification.is_none());
    assert_eq!(second.unread, 0);
    notifications.mark_read(&fixture.admin, id).unwrap();
    assert_eq!(feed.try_recv().unwrap_err(), TryRecvError::Empty);
}

#[test]
fn notifications_go_after_thirty_days() {
    let fixture = Fixture::new();
    fixture
        .notifications
        .device_created(fixture.admin.tenant, &created("old"))
        .unwrap();
    let now = now_ms();
    assert_eq!(fixture.notifications.purge(now).unwrap(), 0);
    let later = now + LIFETIME_MS + 1_000;
    assert_eq!(fixture.notifications.purge(later).unwrap(), 1);
    assert!(texts(&fixture, &fixture.admin).is_empty());
}

#[test]
fn an_inbox_that_is_opened_has_lost_what_is_too_old() {
    let fixture = Fixture::new();
    let mut changes = fixture
        .notifications
        .changes_for_created(fixture.admin.tenant, &[created("old"), created("new")])
        .unwrap();
    if let Some(Change::Notify { notification, .. }) = changes.first_mut() {
        notification.created_time = now_ms() - LIFETIME_MS - 1_000;
    }
    fixture.records.store().apply(&changes).unwrap();
    let seen = texts(&fixture, &fixture.admin);
    assert_eq!(seen.len(), 1);
    assert!(seen[0].contains("'new'"));
}
