//! Pages of entities: search, order, filters.

use millrace_model::{EntityType, PageLink, SortOrder, id::NULL_UUID};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{ONE, device, store};
use crate::entities::{Change, Entities, EntityFilter, EntityRow};

fn sorted(property: &str, sort_order: SortOrder) -> PageLink {
    PageLink {
        sort_property: Some(property.to_owned()),
        sort_order,
        ..PageLink::first(100)
    }
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
