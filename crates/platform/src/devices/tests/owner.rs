use super::*;

#[test]
fn assets_are_saved_listed_and_walled_alike() {
    let fixture = Fixture::new();
    let assets = Assets::new(fixture.records.clone());
    let (customer, person) = fixture.customer("A");
    let asset = |name: &str, customer_id| Asset {
        name: name.to_owned(),
        profile_name: "building".to_owned(),
        customer_id,
        ..Asset::default()
    };
    let save = |asset| assets.save(&fixture.admin, asset, &[], &NameConflict::Fail);
    let house = save(asset("House", None)).unwrap();
    let shed = save(asset("Shed", Some(customer))).unwrap();
    assert_eq!(house.asset_profile_id, shed.asset_profile_id);
    assert!(save(asset("House", None)).is_err());
    let own = assets.page(&person, None, &PageLink::first(5)).unwrap();
    assert_eq!(own.data, std::slice::from_ref(&shed));
    assert!(assets.get(&person, house.id.unwrap()).is_err());
    assert!(assets.delete(&person, shed.id.unwrap()).is_err());
    assets.delete(&fixture.admin, shed.id.unwrap()).unwrap();
    assert!(assets.by_name(&fixture.admin, "Shed").is_err());
}

#[test]
fn a_deleted_customer_hands_its_devices_back_and_takes_its_people_along() {
    let fixture = Fixture::new();
    let customers = Customers::new(fixture.records.clone());
    let (customer, person) = fixture.customer("ACME");
    let device = fixture.device("pump", Some(customer));
    assert_eq!(device.owner_id, Some(customer.into()));
    let seen = customers.page(&person, &PageLink::first(5)).unwrap();
    assert_eq!(seen.data[0].id, Some(customer));
    assert!(customers.save(&person, seen.data[0].clone()).is_err());
    let untitled = customers.save(&fixture.admin, Customer::default());
    assert_eq!(field(untitled), "title");
    let found = customers.by_title(&fixture.admin, "ACME").unwrap();
    assert_eq!(found.name.as_deref(), Some("ACME"));

    customers.delete(&fixture.admin, customer).unwrap();
    let device = fixture
        .devices()
        .get(&fixture.admin, device.id.unwrap())
        .unwrap();
    assert_eq!(device.owner_id, Some(fixture.admin.tenant.into()));
    assert_eq!(device.customer_id.unwrap().0, NULL_UUID);
    assert!(fixture.accounts.me(&person).is_err());
    assert!(customers.get(&fixture.admin, customer).is_err());
}

#[test]
fn groups_hold_members_of_one_kind_and_owner() {
    let fixture = Fixture::new();
    let admin = &fixture.admin;
    let groups = Groups::new(fixture.records.clone());
    let (customer, person) = fixture.customer("A");
    let new_group = |name: &str, owner_id| EntityGroup {
        name: name.to_owned(),
        member_type: Some(EntityType::Device),
        owner_id,
        ..EntityGroup::default()
    };
    let made = groups.save(admin, new_group("Roof", None)).unwrap();
    let id = made.group.id.unwrap();
    assert_eq!(field(groups.save(admin, new_group("Roof", None))), "name");
    groups
        .save(admin, new_group("Roof", Some(customer.into())))
        .unwrap();
    let ours = fixture.device("ours", None);
    let theirs = fixture.device("theirs", Some(customer));
    groups.add(admin, id, &[ours.id.unwrap().0]).unwrap();
    let foreign = groups.add(admin, id, &[theirs.id.unwrap().0]);
    assert_eq!(field(foreign), "entityGroupId");
    assert!(groups.add(admin, id, &[Uuid::now_v7()]).is_err());
    let members = |id| {
        let page = groups.members(admin, id, &PageLink::first(10)).unwrap();
        page.data
            .into_iter()
            .map(|member| member.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(members(id), ["ours"]);
    groups.member(admin, id, ours.id.unwrap().0).unwrap();
    assert!(groups.member(admin, id, theirs.id.unwrap().0).is_err());

    let all = groups
        .all_group(admin, admin.tenant.into(), EntityType::Device)
        .unwrap();
    let all_id = all.group.id.unwrap();
    assert_eq!(members(all_id), ["ours"]);
    let all_of_customer = groups
        .by_name(admin, customer.into(), EntityType::Device, "All")
        .unwrap();
    assert_eq!(members(all_of_customer.group.id.unwrap()), ["theirs"]);
    assert_eq!(
        all_of_customer.owner_ids,
        [customer.into(), admin.tenant.into()]
    );
    assert_eq!(field(groups.add(admin, all_id, &[])), "entityGroupId");
    assert_eq!(field(groups.delete(admin, all_id)), "entityGroupId");
    assert_eq!(
        groups.of_entity(admin, ours.id.unwrap().into()).unwrap(),
        [all_id, id]
    );
    let info = fixture.devices().info(admin, ours.id.unwrap()).unwrap();
    assert_eq!(info.groups[0]["name"], "Roof");
    let in_group = fixture
        .devices()
        .page_of_group(admin, id.0, &PageLink::first(5))
        .unwrap();
    assert_eq!(names(in_group), ["ours"]);

    let names_of = |scope, owner| {
        let groups = groups.all(scope, owner, EntityType::Device).unwrap();
        groups
            .into_iter()
            .map(|info| info.group.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names_of(admin, None), ["All", "Roof"]);
    assert_eq!(names_of(&person, None), ["All", "Roof"]);
    assert!(groups.get(&person, id).is_err());

    groups.remove(admin, id, &[ours.id.unwrap().0]).unwrap();
    assert!(members(id).is_empty());
    groups.delete(admin, id).unwrap();
    fixture.devices().get(admin, ours.id.unwrap()).unwrap();
}

#[test]
fn a_new_device_joins_the_groups_it_is_sent_with() {
    let fixture = Fixture::new();
    let groups = Groups::new(fixture.records.clone());
    let group = |kind| EntityGroup {
        name: "Roof".to_owned(),
        member_type: Some(kind),
        ..EntityGroup::default()
    };
    let roof = groups.save(&fixture.admin, group(EntityType::Device));
    let roof = roof.unwrap().group.id.unwrap();
    let wrong = groups.save(&fixture.admin, group(EntityType::Asset));
    let wrong = wrong.unwrap().group.id.unwrap();
    let join = |name: &str, group: Uuid| {
        let options = SaveOptions {
            groups: vec![group],
            ..SaveOptions::default()
        };
        fixture
            .devices()
            .save(&fixture.admin, named(name), &options)
    };
    let id = join("a", roof.0).unwrap().id.unwrap();
    groups.member(&fixture.admin, roof, id.0).unwrap();
    assert_eq!(field(join("b", wrong.0)), "entityGroupId");
    assert!(fixture.devices().by_name(&fixture.admin, "b").is_err());
}
