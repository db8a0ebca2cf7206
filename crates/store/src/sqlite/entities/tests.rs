//! The entity store through its trait.

use millrace_model::{
    EntityId, EntityType, PageLink, SortOrder, TenantId,
    entity::EntityRelation,
    id::{NULL_UUID, NotificationId, UserId},
    notification::{Notification, NotificationStatus},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::SqliteEntities;
use crate::{
    StoreError,
    entities::{Change, Entities, EntityFilter, EntityRow},
};

const ONE: TenantId = TenantId(Uuid::from_u128(1));
const OTHER: TenantId = TenantId(Uuid::from_u128(2));

struct Store {
    entities: SqliteEntities,
    dir: tempfile::TempDir,
}

fn store() -> Store {
    let dir = tempfile::tempdir().unwrap();
    Store {
        entities: SqliteEntities::open(dir.path()).unwrap(),
        dir,
    }
}

impl Store {
    fn put(&self, row: EntityRow) -> Result<i64, StoreError> {
        self.entities
            .apply(&[Change::Put {
                row,
                expected: None,
            }])
            .map(|versions| versions[0])
    }

    fn apply(&self, change: Change) {
        self.entities.apply(&[change]).unwrap();
    }

    fn names(&self, filter: &EntityFilter, link: &PageLink) -> Vec<String> {
        self.entities
            .page(ONE, EntityType::Device, filter, link)
            .unwrap()
            .data
            .into_iter()
            .map(|row| row.name)
            .collect()
    }
}

fn row(tenant: TenantId, kind: EntityType, name: &str) -> EntityRow {
    EntityRow {
        id: EntityId::new(kind, Uuid::now_v7()),
        tenant,
        name: name.to_owned(),
        label: None,
        subtype: None,
        customer: None,
        created_time: 1000,
        version: 0,
        body: json!({"name": name, "unknown": [1.5, "ü", null]}),
    }
}

fn device(name: &str) -> EntityRow {
    row(ONE, EntityType::Device, name)
}

fn sorted(property: &str, sort_order: SortOrder) -> PageLink {
    PageLink {
        sort_property: Some(property.to_owned()),
        sort_order,
        ..PageLink::first(100)
    }
}

#[test]
fn a_row_reads_back_as_it_was_saved_and_counts_its_saves() {
    let store = store();
    let mut saved = EntityRow {
        label: Some("Cellar".into()),
        subtype: Some("thermometer".into()),
        customer: Some(Uuid::from_u128(77)),
        ..device("d1")
    };
    assert_eq!(store.put(saved.clone()).unwrap(), 1);
    saved.body["more"] = json!({"deep": true});
    assert_eq!(store.put(saved.clone()).unwrap(), 2);
    saved.version = 2;
    let read = store.entities.get(ONE, saved.id).unwrap();
    assert_eq!(read, Some(saved.clone()));
    let by_name = |name| {
        store
            .entities
            .by_name(ONE, EntityType::Device, name)
            .unwrap()
    };
    assert_eq!(by_name("d1"), Some(saved.clone()));
    assert_eq!(by_name("D1"), None, "names are exact");
    let reopened = SqliteEntities::open(store.dir.path()).unwrap();
    assert_eq!(reopened.get(ONE, saved.id).unwrap(), Some(saved));
}

#[test]
fn names_are_unique_within_tenant_and_kind_where_the_kind_says_so() {
    let store = store();
    store.put(device("d1")).unwrap();
    let error = store.put(device("d1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "device with such name already exists: d1"
    );
    store.put(row(OTHER, EntityType::Device, "d1")).unwrap();
    store.put(row(ONE, EntityType::Asset, "d1")).unwrap();
    store.put(row(ONE, EntityType::RuleChain, "c")).unwrap();
    store.put(row(ONE, EntityType::RuleChain, "c")).unwrap();
    let second = device("d2");
    store.put(second.clone()).unwrap();
    let renamed = EntityRow {
        name: "d1".into(),
        ..second
    };
    assert!(matches!(
        store.put(renamed),
        Err(StoreError::Duplicate { .. })
    ));
}

#[test]
fn an_address_signs_in_one_person_whatever_the_tenant_and_the_case() {
    let store = store();
    let ann = row(ONE, EntityType::User, "Ann@example.org");
    store.put(ann.clone()).unwrap();
    let found = store.entities.user_by_email("ann@EXAMPLE.org").unwrap();
    assert_eq!(found.map(|row| row.id), Some(ann.id));
    let again = store.put(row(OTHER, EntityType::User, "ann@example.org"));
    assert!(matches!(again, Err(StoreError::Duplicate { .. })));
    assert!(
        store
            .entities
            .user_by_email("bob@example.org")
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_save_over_someone_elses_is_a_conflict() {
    let store = store();
    let saved = device("d1");
    store.put(saved.clone()).unwrap();
    let put = |expected| {
        store.entities.apply(&[Change::Put {
            row: saved.clone(),
            expected,
        }])
    };
    assert_eq!(put(Some(1)).unwrap(), [2]);
    let error = put(Some(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "device was changed by someone else: expected version 1, stored is 2"
    );
    store.apply(Change::Delete {
        tenant: ONE,
        id: saved.id,
    });
    assert!(matches!(put(Some(2)), Err(StoreError::NotFound { .. })));
}

#[test]
fn changes_apply_all_or_none() {
    let store = store();
    store.put(device("taken")).unwrap();
    let good = device("good");
    let put = |row: &EntityRow| Change::Put {
        row: row.clone(),
        expected: None,
    };
    let error = store.entities.apply(&[put(&good), put(&device("taken"))]);
    assert!(matches!(error, Err(StoreError::Duplicate { .. })));
    assert_eq!(store.entities.get(ONE, good.id).unwrap(), None);
    // The failed transaction holds nothing open.
    assert_eq!(
        store
            .entities
            .apply(&[put(&good), put(&good), put(&device("more"))])
            .unwrap(),
        [1, 2, 1]
    );
}

#[test]
fn another_tenant_neither_sees_nor_changes_anything() {
    let store = store();
    let mine = device("mine");
    let group = Uuid::from_u128(50);
    store.put(mine.clone()).unwrap();
    store.apply(Change::PutDocument {
        tenant: ONE,
        entity: mine.id,
        name: "credentials".into(),
        lookup: None,
        body: json!("secret"),
    });
    store.apply(Change::JoinGroup {
        tenant: ONE,
        group,
        member: mine.id,
    });
    let entities = &store.entities;
    assert!(entities.get(OTHER, mine.id).unwrap().is_none());
    assert!(
        entities
            .by_name(OTHER, EntityType::Device, "mine")
            .unwrap()
            .is_none()
    );
    assert!(
        entities
            .document(OTHER, mine.id, "credentials")
            .unwrap()
            .is_none()
    );
    let filter = EntityFilter {
        group: Some(group),
        ..EntityFilter::default()
    };
    let link = PageLink::first(10);
    let page = entities
        .page(OTHER, EntityType::Device, &filter, &link)
        .unwrap();
    assert_eq!(page.total_elements, 0);
    let stolen = EntityRow {
        tenant: OTHER,
        ..mine.clone()
    };
    assert!(matches!(
        store.put(stolen),
        Err(StoreError::NotFound { .. })
    ));
    let gone = entities.apply(&[Change::Delete {
        tenant: OTHER,
        id: mine.id,
    }]);
    assert!(matches!(gone, Err(StoreError::NotFound { .. })));
    assert!(entities.get(ONE, mine.id).unwrap().is_some());
}

#[test]
fn pages_search_sort_and_count() {
    let store = store();
    for (index, (name, label)) in [
        ("Boiler 1", None),
        ("boiler 2", Some("Ölkessel")),
        ("Attic", Some("100% dry_room")),
        ("cellar", None),
        ("Ärmel", None),
    ]
    .into_iter()
    .enumerate()
    {
        store
            .put(EntityRow {
                label: label.map(str::to_owned),
                created_time: 5000 - index as i64,
                subtype: Some(format!("t{}", index % 2)),
                body: json!({"name": name, "rank": 10 - index, "odd name": name}),
                ..device(name)
            })
            .unwrap();
    }
    let all = EntityFilter::default();
    let search = |text: &str| {
        let link = PageLink {
            text_search: Some(text.to_owned()),
            ..sorted("name", SortOrder::Asc)
        };
        store.names(&all, &link)
    };
    assert_eq!(search("BOILER"), ["Boiler 1", "boiler 2"]);
    assert_eq!(search("ölk"), ["boiler 2"]);
    assert_eq!(search("ä"), ["Ärmel"]);
    assert_eq!(search("%"), ["Attic"], "no wildcards");
    assert_eq!(search("y_r"), ["Attic"]);
    assert_eq!(search("' OR 1=1 --"), [""; 0]);
    let by_name = ["Attic", "Boiler 1", "boiler 2", "cellar", "Ärmel"];
    assert_eq!(store.names(&all, &sorted("name", SortOrder::Asc)), by_name);
    let mut reversed = by_name;
    reversed.reverse();
    assert_eq!(
        store.names(&all, &sorted("name", SortOrder::Desc)),
        reversed
    );
    let by_time = ["Ärmel", "cellar", "Attic", "boiler 2", "Boiler 1"];
    assert_eq!(store.names(&all, &PageLink::first(10)), by_time);
    for property in ["createdTime", "rank"] {
        assert_eq!(
            store.names(&all, &sorted(property, SortOrder::Asc)),
            by_time
        );
    }
    assert_eq!(
        store.names(&all, &sorted("type", SortOrder::Asc)),
        ["Boiler 1", "Attic", "Ärmel", "boiler 2", "cellar"]
    );
    assert_eq!(
        store.names(&all, &sorted("odd name", SortOrder::Asc)).len(),
        5
    );
    for hostile in [
        "\"); DROP TABLE entity; --",
        "a\"b",
        "$.x",
        "",
        "no such member",
    ] {
        assert_eq!(
            store.names(&all, &sorted(hostile, SortOrder::Desc)).len(),
            5,
            "{hostile}"
        );
    }

    let second = PageLink {
        page: 1,
        page_size: 2,
        ..sorted("name", SortOrder::Asc)
    };
    let page = store
        .entities
        .page(ONE, EntityType::Device, &all, &second)
        .unwrap();
    assert_eq!(
        (page.total_elements, page.total_pages, page.has_next),
        (5, 3, true)
    );
    let names: Vec<_> = page.data.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["boiler 2", "cellar"]);
    let beyond = PageLink {
        page: u32::MAX,
        page_size: u32::MAX,
        ..second
    };
    assert!(store.names(&all, &beyond).is_empty());
}

#[test]
fn filters_narrow_a_page() {
    let store = store();
    let (ann, group) = (Uuid::from_u128(60), Uuid::from_u128(61));
    let mut made = Vec::new();
    for (name, customer, edge) in [
        ("a", Some(ann), Json::Null),
        ("b", None, json!(false)),
        ("c", Some(NULL_UUID), json!(true)),
        ("d", Some(ann), json!("false")),
    ] {
        let mut row = EntityRow {
            customer,
            subtype: Some(if name < "c" { "low" } else { "high" }.into()),
            body: json!({"edge": edge}),
            ..device(name)
        };
        if edge.is_null() {
            row.body = json!({});
        }
        store.put(row.clone()).unwrap();
        made.push(row.id);
    }
    let named = |filter: EntityFilter| store.names(&filter, &sorted("name", SortOrder::Asc));
    let none = EntityFilter::default;
    assert_eq!(
        named(EntityFilter {
            customer: Some(ann),
            ..none()
        }),
        ["a", "d"]
    );
    assert_eq!(
        named(EntityFilter {
            customer: Some(NULL_UUID),
            ..none()
        }),
        ["b", "c"]
    );
    assert_eq!(
        named(EntityFilter {
            subtype: Some("low".into()),
            ..none()
        }),
        ["a", "b"]
    );
    assert_eq!(
        named(EntityFilter {
            ids: Some(vec![made[1].id, made[3].id, Uuid::from_u128(0)]),
            ..none()
        }),
        ["b", "d"]
    );
    assert_eq!(
        named(EntityFilter {
            ids: Some(Vec::new()),
            ..none()
        }),
        [""; 0]
    );
    let equals = |member: &str, value: Json| EntityFilter {
        body_equals: vec![(member.to_owned(), value)],
        ..none()
    };
    assert_eq!(named(equals("edge", json!(false))), ["a", "b"]);
    assert_eq!(named(equals("edge", json!(true))), ["c"]);
    assert_eq!(named(equals("edge", json!("false"))), ["d"]);
    assert_eq!(named(equals("ed\"ge", json!(false))).len(), 4);
    assert_eq!(named(equals("ed\"ge", json!(1))), [""; 0]);

    for member in &made[..2] {
        for _ in 0..2 {
            store.apply(Change::JoinGroup {
                tenant: ONE,
                group,
                member: *member,
            });
        }
    }
    let in_group = || {
        named(EntityFilter {
            group: Some(group),
            ..none()
        })
    };
    assert_eq!(in_group(), ["a", "b"]);
    store.apply(Change::LeaveGroup {
        tenant: ONE,
        group,
        member: made[0],
    });
    assert_eq!(in_group(), ["b"]);
}

#[test]
fn groups_of_a_member_are_found_and_go_with_the_group() {
    let store = store();
    let member = device("m");
    let group = row(ONE, EntityType::EntityGroup, "G");
    store.put(member.clone()).unwrap();
    store.put(group.clone()).unwrap();
    store.apply(Change::JoinGroup {
        tenant: ONE,
        group: group.id.id,
        member: member.id,
    });
    let groups = |tenant| store.entities.groups_of(tenant, member.id).unwrap();
    assert_eq!(
        groups(ONE).iter().map(|row| row.id).collect::<Vec<_>>(),
        [group.id]
    );
    assert!(groups(OTHER).is_empty());
    store.apply(Change::Delete {
        tenant: ONE,
        id: group.id,
    });
    store.put(group).unwrap();
    assert!(
        groups(ONE).is_empty(),
        "a group made again does not have its old members"
    );
}

fn relation(from: EntityId, to: EntityId, relation_type: &str) -> EntityRelation {
    EntityRelation {
        from,
        to,
        relation_type: relation_type.to_owned(),
        type_group: "COMMON".to_owned(),
        additional_info: None,
        version: None,
    }
}

#[test]
fn relations_are_found_from_both_ends_and_replaced() {
    let store = store();
    let (a, b) = (device("a").id, device("b").id);
    let mut first = relation(a, b, "Contains");
    let relate = |relation: &EntityRelation| {
        store.apply(Change::Relate {
            tenant: ONE,
            relation: relation.clone(),
        });
    };
    relate(&first);
    first.additional_info = Some(json!({"since": 1}));
    relate(&first);
    relate(&relation(a, b, "Manages"));
    let found = |tenant, entity, from| {
        store
            .entities
            .relations(tenant, entity, from, "COMMON")
            .unwrap()
    };
    first.version = Some(2);
    let second = EntityRelation {
        version: Some(1),
        ..relation(a, b, "Manages")
    };
    assert_eq!(found(ONE, a, true), [first.clone(), second.clone()]);
    assert_eq!(found(ONE, b, false), [first.clone(), second.clone()]);
    assert!(found(ONE, a, false).is_empty());
    assert!(found(OTHER, a, true).is_empty());
    assert!(
        store
            .entities
            .relations(ONE, a, true, "ALARM")
            .unwrap()
            .is_empty()
    );
    store.apply(Change::Unrelate {
        tenant: ONE,
        relation: first,
    });
    assert_eq!(found(ONE, a, true), [second]);
}

#[test]
fn documents_are_replaced_looked_up_and_walled() {
    let store = store();
    let entity = device("d").id;
    let put = |entity, lookup: Option<&str>, body: Json| {
        store.entities.apply(&[Change::PutDocument {
            tenant: ONE,
            entity,
            name: "credentials".into(),
            lookup: lookup.map(str::to_owned),
            body,
        }])
    };
    put(entity, Some("token-1"), json!({"n": 1})).unwrap();
    put(entity, Some("token-2"), json!({"n": 2})).unwrap();
    let look_up = |text| {
        store
            .entities
            .document_by_lookup("credentials", text)
            .unwrap()
    };
    assert_eq!(look_up("token-1"), None);
    assert_eq!(look_up("token-2"), Some((ONE, entity, json!({"n": 2}))));
    let error = put(device("e").id, Some("token-2"), Json::Null).unwrap_err();
    assert_eq!(
        error.to_string(),
        "credentials with such name already exists: token-2"
    );
    let read = |tenant, name| store.entities.document(tenant, entity, name).unwrap();
    assert_eq!(read(ONE, "credentials"), Some(json!({"n": 2})));
    assert_eq!(read(ONE, "metadata"), None);
    for tenant in [OTHER, ONE] {
        assert!(read(ONE, "credentials").is_some());
        store.apply(Change::DeleteDocument {
            tenant,
            entity,
            name: "credentials".into(),
        });
    }
    assert_eq!(read(ONE, "credentials"), None);
}

#[test]
fn deleting_an_entity_takes_along_what_stood_beside_it() {
    let store = store();
    let (gone, stays) = (device("gone"), device("stays"));
    store.put(gone.clone()).unwrap();
    store.put(stays.clone()).unwrap();
    for relation in [
        relation(gone.id, stays.id, "Contains"),
        relation(stays.id, gone.id, "Contains"),
        relation(stays.id, stays.id, "Contains"),
    ] {
        store.apply(Change::Relate {
            tenant: ONE,
            relation,
        });
    }
    for entity in [gone.id, stays.id] {
        store.apply(Change::PutDocument {
            tenant: ONE,
            entity,
            name: "credentials".into(),
            lookup: None,
            body: json!(1),
        });
    }
    store.apply(Change::Delete {
        tenant: ONE,
        id: gone.id,
    });
    let entities = &store.entities;
    assert!(entities.get(ONE, gone.id).unwrap().is_none());
    assert!(
        entities
            .document(ONE, gone.id, "credentials")
            .unwrap()
            .is_none()
    );
    assert!(
        entities
            .document(ONE, stays.id, "credentials")
            .unwrap()
            .is_some()
    );
    assert_eq!(
        entities
            .relations(ONE, stays.id, true, "COMMON")
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        entities
            .relations(ONE, stays.id, false, "COMMON")
            .unwrap()
            .len(),
        1
    );
    assert!(
        entities
            .relations(ONE, gone.id, true, "COMMON")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn all_gives_a_kind_over_all_tenants_in_order_of_making() {
    let store = store();
    let mut made = Vec::new();
    for (tenant, name) in [(OTHER, "z"), (ONE, "a"), (ONE, "m")] {
        let row = row(tenant, EntityType::Integration, name);
        store.put(row.clone()).unwrap();
        made.push(row.id);
    }
    store.put(device("d")).unwrap();
    let all = store.entities.all(EntityType::Integration).unwrap();
    assert_eq!(all.iter().map(|row| row.id).collect::<Vec<_>>(), made);
}

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

#[test]
fn a_body_that_is_no_json_is_an_error_that_names_the_file() {
    let store = store();
    let saved = device("d");
    store.put(saved.clone()).unwrap();
    rusqlite::Connection::open(store.dir.path().join("millrace.db"))
        .unwrap()
        .execute("UPDATE entity SET body = '{'", [])
        .unwrap();
    let error = store.entities.get(ONE, saved.id).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("millrace.db holds damaged data"),
        "{error}"
    );
}
