//! Notifications in their inboxes.

use millrace_model::{
    PageLink,
    id::{NotificationId, UserId},
    notification::{Notification, NotificationStatus},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{ONE, OTHER, store};
use crate::{
    StoreError,
    entities::{Change, Entities},
};

fn notification(user: Uuid, at: i64, text: &str) -> Notification {
    Notification {
        id: NotificationId::new(),
        created_time: at,
        recipient_id: UserId(user),
        notification_type: "GENERAL".into(),
        delivery_method: "WEB".into(),
        subject: "Subject".into(),
        text: text.into(),
        additional_config: json!({"icon": {"enabled": true}}),
        info: Json::Null,
        status: NotificationStatus::Sent,
    }
}

#[test]
fn an_inbox_pages_counts_marks_and_deletes() {
    let store = store();
    let (ann, bob) = (Uuid::from_u128(70), Uuid::from_u128(71));
    let entities = &store.entities;
    let sent: Vec<Notification> = (0..5)
        .map(|n| notification(ann, n, &format!("Text {n}")))
        .collect();
    for notification in sent.iter().chain([&notification(bob, 9, "for bob")]) {
        store.apply(Change::Notify {
            tenant: ONE,
            notification: notification.clone(),
        });
    }
    let inbox = |tenant, unread_only, link: &PageLink| {
        entities
            .notifications(tenant, ann, unread_only, link)
            .unwrap()
    };
    let two = PageLink::first(2);
    let page = inbox(ONE, false, &two);
    assert_eq!(page.data, [sent[4].clone(), sent[3].clone()]);
    assert_eq!((page.total_elements, page.has_next), (5, true));
    assert_eq!(inbox(OTHER, false, &two).total_elements, 0);
    let search = PageLink {
        text_search: Some("TEXT 1".into()),
        ..two.clone()
    };
    assert_eq!(inbox(ONE, false, &search).data, [sent[1].clone()]);

    // A summary that counts on replaces itself.
    let summary = Notification {
        text: "Text 4, twice".into(),
        ..sent[4].clone()
    };
    let notify = |tenant| {
        entities.apply(&[Change::Notify {
            tenant,
            notification: summary.clone(),
        }])
    };
    notify(ONE).unwrap();
    assert_eq!(inbox(ONE, false, &two).data[0].text, "Text 4, twice");
    assert_eq!(inbox(ONE, false, &two).total_elements, 5);
    assert!(matches!(notify(OTHER), Err(StoreError::NotFound { .. })));

    assert_eq!(entities.mark_read(OTHER, ann, None).unwrap(), 0);
    assert_eq!(entities.mark_read(ONE, bob, Some(sent[4].id.0)).unwrap(), 0);
    assert_eq!(entities.mark_read(ONE, ann, Some(sent[4].id.0)).unwrap(), 1);
    assert_eq!(entities.mark_read(ONE, ann, Some(sent[4].id.0)).unwrap(), 0);
    assert_eq!(entities.unread_count(ONE, ann).unwrap(), 4);
    assert_eq!(inbox(ONE, true, &two).data[0], sent[3]);
    assert_eq!(
        inbox(ONE, false, &two).data[0].status,
        NotificationStatus::Read
    );
    assert_eq!(entities.mark_read(ONE, ann, None).unwrap(), 4);
    assert_eq!(entities.unread_count(ONE, ann).unwrap(), 0);
    assert_eq!(entities.unread_count(ONE, bob).unwrap(), 1);

    let delete = |user, id: Option<Uuid>, before| {
        entities
            .delete_notifications(ONE, user, id, before)
            .unwrap()
    };
    assert_eq!(delete(Some(bob), Some(sent[0].id.0), 0), 0);
    assert_eq!(delete(Some(ann), Some(sent[0].id.0), 0), 1);
    assert_eq!(delete(Some(ann), None, 3), 2);
    assert_eq!(delete(None, None, 4), 1);
    assert_eq!(inbox(ONE, false, &two).total_elements, 1);
}
