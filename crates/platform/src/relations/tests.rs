use millrace_model::id::DeviceId;

use super::*;
use crate::fixture::Fixture;

fn contains(from: EntityId, to: EntityId) -> EntityRelation {
    EntityRelation {
        from,
        to,
        relation_type: "Contains".to_owned(),
        type_group: String::new(),
        additional_info: None,
        version: None,
    }
}

#[test]
fn relations_are_saved_found_from_both_ends_with_names_and_deleted() {
    let fixture = Fixture::new();
    let relations = Relations::new(fixture.records.clone());
    let admin = &fixture.admin;
    let hub = fixture.device("hub", None).id.unwrap().into();
    let leaf = fixture.device("leaf", None).id.unwrap().into();
    let saved = relations.save(admin, contains(hub, leaf)).unwrap();
    assert_eq!(saved.type_group, COMMON);
    let down = relations.info_from(admin, hub, None).unwrap();
    let names = (down[0].from_name.as_deref(), down[0].to_name.as_deref());
    assert_eq!(names, (Some("hub"), Some("leaf")));
    let up = relations.info_to(admin, leaf, Some(COMMON)).unwrap();
    assert_eq!(up, down);
    assert!(relations.to(admin, hub, None).unwrap().is_empty());
    relations.get(admin, hub, leaf, "Contains", None).unwrap();
    assert!(relations.get(admin, hub, leaf, "Manages", None).is_err());
    relations
        .delete(admin, hub, leaf, "Contains", None)
        .unwrap();
    assert!(relations.from(admin, hub, None).unwrap().is_empty());
    relations.save(admin, contains(hub, leaf)).unwrap();
    relations.save(admin, contains(leaf, hub)).unwrap();
    relations.delete_all(admin, hub).unwrap();
    assert!(relations.from(admin, leaf, None).unwrap().is_empty());
}

#[test]
fn both_ends_must_be_the_callers() {
    let fixture = Fixture::new();
    let relations = Relations::new(fixture.records.clone());
    let hub = fixture.device("hub", None).id.unwrap().into();
    let nowhere = DeviceId::new().into();
    let admin = &fixture.admin;
    assert!(relations.save(admin, contains(hub, nowhere)).is_err());
    let mut untyped = contains(hub, hub);
    untyped.relation_type.clear();
    assert!(relations.save(admin, untyped).is_err());
    assert!(relations.from(&fixture.stranger(), hub, None).is_err());
    let (_, customer) = fixture.customer("A");
    assert!(relations.from(&customer, hub, None).is_err());
    assert!(matches!(
        relations.save(&customer, contains(hub, hub)),
        Err(PlatformError::Denied(_))
    ));
}

fn query(root: EntityId) -> RelationQuery {
    RelationQuery {
        parameters: RelationParameters {
            root_id: root.id,
            root_type: root.entity_type,
            direction: RelationDirection::From,
            relation_type_group: None,
            max_level: None,
            fetch_last_level_only: false,
        },
        filters: None,
    }
}

#[test]
fn a_query_follows_levels_and_ends_on_circles() {
    let fixture = Fixture::new();
    let relations = Relations::new(fixture.records.clone());
    let admin = &fixture.admin;
    let [a, b, c]: [EntityId; 3] =
        ["a", "b", "c"].map(|name| fixture.device(name, None).id.unwrap().into());
    for (from, to) in [(a, b), (b, c), (c, a)] {
        relations.save(admin, contains(from, to)).unwrap();
    }
    relations
        .save(
            admin,
            EntityRelation {
                relation_type: "Manages".to_owned(),
                ..contains(a, c)
            },
        )
        .unwrap();
    let ends = |query: &RelationQuery| {
        let mut found: Vec<_> = relations
            .find(admin, query)
            .unwrap()
            .into_iter()
            .map(|one| (one.from, one.to))
            .collect();
        found.sort();
        found
    };
    let sorted = |mut pairs: Vec<(EntityId, EntityId)>| {
        pairs.sort();
        pairs
    };
    assert_eq!(
        ends(&query(a)),
        sorted(vec![(a, b), (a, c), (b, c), (c, a)])
    );
    let mut near = query(a);
    near.parameters.max_level = Some(1);
    assert_eq!(ends(&near), sorted(vec![(a, b), (a, c)]));
    let mut typed = query(a);
    typed.filters = Some(vec![RelationFilter {
        relation_type: Some("Manages".to_owned()),
        ..RelationFilter::default()
    }]);
    assert_eq!(ends(&typed), [(a, c)]);
    let mut up = query(b);
    up.parameters.direction = RelationDirection::To;
    up.parameters.max_level = Some(1);
    assert_eq!(ends(&up), [(a, b)]);
    assert!(relations.find(&fixture.stranger(), &query(a)).is_err());
}

#[test]
fn people_of_a_customer_see_no_relation_to_what_is_not_theirs() {
    let fixture = Fixture::new();
    let relations = Relations::new(fixture.records.clone());
    let (customer, person) = fixture.customer("A");
    let own: EntityId = fixture.device("own", Some(customer)).id.unwrap().into();
    let beside: EntityId = fixture.device("beside", Some(customer)).id.unwrap().into();
    let hidden = fixture.device("hidden", None).id.unwrap().into();
    for to in [beside, hidden] {
        relations.save(&fixture.admin, contains(own, to)).unwrap();
    }
    let seen = relations.info_from(&person, own, None).unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].to_name.as_deref(), Some("beside"));
    assert_eq!(relations.find(&person, &query(own)).unwrap().len(), 1);
    let from_integration = relations.to(&person, own, None).unwrap();
    assert!(from_integration.is_empty());
}
