//! The entity store through its trait.

use millrace_model::{EntityId, EntityType, PageLink, TenantId, entity::EntityRelation};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::SqliteEntities;
use crate::{
    StoreError,
    entities::{Change, Entities, EntityFilter, EntityRow},
};

mod inbox;
mod pages;

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

#[test]
fn names_come_without_bodies_and_stay_within_their_tenant() {
    let store = store();
    let mut sensor = device("sensor");
    sensor.subtype = Some("thermometer".into());
    sensor.customer = Some(Uuid::from_u128(9));
    store.put(sensor.clone()).unwrap();
    store.put(row(OTHER, EntityType::Device, "sensor")).unwrap();
    let found = |tenant, name: &str| {
        store
            .entities
            .name_row(tenant, EntityType::Device, name)
            .unwrap()
    };
    let own = found(ONE, "sensor").unwrap();
    assert_eq!((own.id, own.customer), (sensor.id, sensor.customer));
    assert_eq!(own.subtype.as_deref(), Some("thermometer"));
    assert_ne!(found(OTHER, "sensor").unwrap().id, sensor.id);
    assert_eq!(found(ONE, "Sensor"), None);
    let mut all = Vec::new();
    store
        .entities
        .each_name(EntityType::Device, &mut |row| all.push(row.tenant))
        .unwrap();
    assert_eq!(all, [ONE, OTHER]);
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
