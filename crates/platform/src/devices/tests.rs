use millrace_model::{
    PageData, PageLink,
    entity::{Asset, Customer, Device, DeviceCredentials, DeviceProfile, EntityGroup},
    id::{DeviceId, DeviceProfileId, NULL_UUID},
};
use uuid::Uuid;

use super::*;
use crate::{
    PlatformError, Result,
    changes::ChangeKind,
    fixture::{ADMIN, Fixture},
};

fn named(name: &str) -> Device {
    Device {
        name: name.to_owned(),
        ..Device::default()
    }
}

fn typed(name: &str, profile_name: &str) -> Device {
    Device {
        profile_name: profile_name.to_owned(),
        ..named(name)
    }
}

fn save(fixture: &Fixture, device: Device) -> Result<Device> {
    fixture
        .devices()
        .save(&fixture.admin, device, &SaveOptions::default())
}

fn field<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome.unwrap_err() {
        PlatformError::Invalid { field, .. } => field,
        other => panic!("not a refused field: {other:?}"),
    }
}

fn names(page: PageData<Device>) -> Vec<String> {
    assert_eq!(page.total_elements, page.data.len() as u64);
    page.data.into_iter().map(|device| device.name).collect()
}

#[test]
fn a_new_device_gets_profile_owner_token_and_a_notification() {
    let fixture = Fixture::new();
    let saved = save(&fixture, typed(" SN-001 ", "sensor")).unwrap();
    let id = saved.id.unwrap();
    assert_eq!((saved.name.as_str(), saved.version), ("SN-001", Some(1)));
    assert_eq!(saved.customer_id.unwrap().0, NULL_UUID);
    assert_eq!(saved.owner_id, Some(fixture.admin.tenant.into()));
    assert_eq!(saved.device_data, Some(default_device_data()));
    let profile = DeviceProfiles::new(fixture.records.clone())
        .get(&fixture.admin, saved.device_profile_id.unwrap().0)
        .unwrap();
    assert_eq!(
        (profile.name.as_str(), profile.is_default),
        ("sensor", false)
    );
    assert_eq!(
        fixture.published(),
        [
            (id.into(), ChangeKind::Created),
            (saved.device_profile_id.unwrap().into(), ChangeKind::Created)
        ]
    );
    let credentials = fixture.devices().credentials(&fixture.admin, id).unwrap();
    let token = credentials.credentials_id.unwrap();
    assert_eq!(token.len(), 20);
    assert_eq!(
        fixture.devices().by_access_token(&token).unwrap(),
        Some((fixture.admin.tenant, id))
    );
    let inbox = fixture
        .notifications
        .page(&fixture.admin, true, &PageLink::first(5))
        .unwrap();
    assert_eq!(
        inbox.data[0].text,
        format!("Device 'SN-001' was created by {ADMIN}")
    );
    assert_eq!(fixture.devices().get(&fixture.admin, id).unwrap(), saved);
    assert_eq!(
        fixture.devices().by_name(&fixture.admin, "SN-001").unwrap(),
        saved
    );
}

#[test]
fn the_profile_comes_by_id_by_type_or_by_default_and_stays_on_update() {
    let fixture = Fixture::new();
    let sensor = save(&fixture, typed("a", "sensor")).unwrap();
    assert_eq!(save(&fixture, named("b")).unwrap().profile_name, "default");
    let by_id = Device {
        device_profile_id: sensor.device_profile_id,
        ..typed("c", "ignored")
    };
    assert_eq!(save(&fixture, by_id).unwrap().profile_name, "sensor");
    let again = Device {
        device_profile_id: None,
        profile_name: String::new(),
        label: Some("Roof".to_owned()),
        ..sensor.clone()
    };
    let again = save(&fixture, again).unwrap();
    assert_eq!(again.device_profile_id, sensor.device_profile_id);
    assert_eq!(again.label.as_deref(), Some("Roof"));
    let unknown = Device {
        device_profile_id: Some(DeviceProfileId::new()),
        ..named("d")
    };
    assert_eq!(field(save(&fixture, unknown)), "deviceProfileId");
    let types = DeviceProfiles::new(fixture.records.clone())
        .types(&fixture.admin)
        .unwrap();
    let types: Vec<_> = types.into_iter().map(|one| one.name).collect();
    assert_eq!(types, ["default", "sensor"]);
}

#[test]
fn names_tokens_and_versions_are_guarded() {
    let fixture = Fixture::new();
    let devices = fixture.devices();
    let first = save(&fixture, named("one")).unwrap();
    assert_eq!(field(save(&fixture, named("  "))), "name");
    assert_eq!(field(save(&fixture, named(&"x".repeat(256)))), "name");
    let twin = save(&fixture, named("one")).unwrap_err();
    assert!(twin.to_string().contains("already exists: one"), "{twin}");
    save(&fixture, first.clone()).unwrap();
    let old = save(&fixture, first.clone()).unwrap_err();
    assert!(old.to_string().contains("expected version 1, stored is 2"));
    let unknown = Device {
        id: Some(DeviceId::new()),
        ..named("two")
    };
    assert!(matches!(
        save(&fixture, unknown),
        Err(PlatformError::NotFound { what: "Device", .. })
    ));

    let token = SaveOptions::with_token("secret token");
    let with_token = devices.save(&fixture.admin, named("two"), &token).unwrap();
    let taken = devices.save(&fixture.admin, named("three"), &token);
    assert_eq!(field(taken), "credentialsId");
    assert!(devices.by_name(&fixture.admin, "three").is_err());
    let id = with_token.id.unwrap();
    let before = devices.credentials(&fixture.admin, id).unwrap();
    let changed = devices
        .save_credentials(
            &fixture.admin,
            DeviceCredentials {
                credentials_id: Some("another token".to_owned()),
                ..before.clone()
            },
        )
        .unwrap();
    assert_eq!(changed.version, Some(2));
    assert_eq!(changed.id, before.id);
    assert_eq!(devices.by_access_token("secret token").unwrap(), None);
    let old = devices.save_credentials(&fixture.admin, before);
    assert!(old.unwrap_err().to_string().contains("expected version 1"));
    // A stored device keeps its credentials.
    save(
        &fixture,
        Device {
            version: None,
            ..with_token
        },
    )
    .unwrap();
    assert_eq!(devices.credentials(&fixture.admin, id).unwrap(), changed);
}

#[test]
fn other_credentials_never_pass_as_a_token() {
    let fixture = Fixture::new();
    let device = fixture.device("cert", None);
    let credentials = DeviceCredentials {
        id: None,
        created_time: 0,
        device_id: device.id.unwrap(),
        credentials_type: millrace_model::entity::CredentialsType::X509Certificate,
        credentials_id: Some("fingerprint".to_owned()),
        credentials_value: Some("pem".to_owned()),
        version: None,
    };
    let devices = fixture.devices();
    devices
        .save_credentials(&fixture.admin, credentials)
        .unwrap();
    assert_eq!(devices.by_access_token("fingerprint").unwrap(), None);
}

#[test]
fn a_taken_name_can_be_made_unique() {
    let fixture = Fixture::new();
    fixture.device("pump", None);
    let options = SaveOptions {
        name_conflict: NameConflict::Uniquify {
            separator: "-".to_owned(),
            incremental: true,
        },
        ..SaveOptions::default()
    };
    let saved = |name: &str| {
        let device = fixture
            .devices()
            .save(&fixture.admin, named(name), &options);
        device.unwrap().name
    };
    assert_eq!(saved("valve"), "valve");
    assert_eq!(saved("pump"), "pump-1");
    assert_eq!(saved("pump"), "pump-2");
}

#[test]
fn lists_filter_and_infos_tell_owner_and_activity() {
    let fixture = Fixture::new();
    let devices = fixture.devices();
    let (customer, _) = fixture.customer("ACME");
    let one = save(&fixture, typed("SN-1", "sensor")).unwrap();
    save(&fixture, typed("SN-2", "sensor")).unwrap();
    let theirs = fixture.device("Pump", Some(customer));
    let admin = &fixture.admin;
    let link = PageLink::first(10);
    let all = devices.page(admin, None, &link).unwrap();
    assert_eq!(names(all), ["SN-1", "SN-2", "Pump"]);
    let sensors = devices.page(admin, Some("sensor"), &link).unwrap();
    assert_eq!(names(sensors), ["SN-1", "SN-2"]);
    let of_customer = devices
        .page_of_customer(admin, customer, None, &link)
        .unwrap();
    assert_eq!(names(of_customer), ["Pump"]);

    fixture.active.0.lock().push(one.id.unwrap());
    let infos = |query: DeviceQuery| {
        let page = devices.infos(admin, &query, &link).unwrap();
        page.data
            .into_iter()
            .map(|info| {
                (
                    info.device.name,
                    info.owner_name.unwrap(),
                    info.customer_title,
                    info.active,
                )
            })
            .collect::<Vec<_>>()
    };
    let tenant = |name: &str, active| (name.to_owned(), "Tenant".to_owned(), None, active);
    let pump = (
        "Pump".to_owned(),
        "ACME".to_owned(),
        Some("ACME".to_owned()),
        false,
    );
    assert_eq!(
        infos(DeviceQuery::default()),
        [tenant("SN-1", true), tenant("SN-2", false), pump.clone()]
    );
    assert_eq!(
        infos(DeviceQuery {
            active: Some(false),
            ..DeviceQuery::default()
        }),
        [tenant("SN-2", false), pump.clone()]
    );
    assert_eq!(
        infos(DeviceQuery {
            own_only: true,
            active: Some(true),
            profile: one.device_profile_id,
            ..DeviceQuery::default()
        }),
        [tenant("SN-1", true)]
    );
    let info = devices.info(admin, theirs.id.unwrap()).unwrap();
    assert_eq!(info.customer_title.as_deref(), Some("ACME"));
    let listed = devices
        .list(
            admin,
            &[theirs.id.unwrap().0, Uuid::now_v7(), one.id.unwrap().0],
        )
        .unwrap();
    let listed: Vec<_> = listed.into_iter().map(|device| device.name).collect();
    assert_eq!(listed, ["Pump", "SN-1"]);
}

#[test]
fn people_of_a_customer_see_their_devices_only_and_change_nothing() {
    let fixture = Fixture::new();
    let devices = fixture.devices();
    let (customer, person) = fixture.customer("A");
    let (other, _) = fixture.customer("B");
    let own = fixture.device("own", Some(customer));
    let foreign = fixture.device("foreign", Some(other));
    let tenants = fixture.device("tenants", None);
    let link = PageLink::first(10);
    assert_eq!(names(devices.page(&person, None, &link).unwrap()), ["own"]);
    devices.get(&person, own.id.unwrap()).unwrap();
    devices.credentials(&person, own.id.unwrap()).unwrap();
    let infos = devices
        .infos(
            &person,
            &DeviceQuery {
                own_only: true,
                ..DeviceQuery::default()
            },
            &link,
        )
        .unwrap();
    assert_eq!(infos.total_elements, 1);
    for hidden in [&foreign, &tenants] {
        let id = hidden.id.unwrap();
        assert!(matches!(
            devices.get(&person, id),
            Err(PlatformError::NotFound { .. })
        ));
        assert!(devices.by_name(&person, &hidden.name).is_err());
        assert!(devices.credentials(&person, id).is_err());
        assert!(devices.list(&person, &[id.0]).unwrap().is_empty());
    }
    assert!(
        devices
            .page_of_customer(&person, other, None, &link)
            .is_err()
    );
    let options = SaveOptions::default();
    for refused in [
        devices.save(&person, own.clone(), &options).map(|_| ()),
        devices.delete(&person, own.id.unwrap()),
    ] {
        assert!(matches!(refused, Err(PlatformError::Denied(_))));
    }
    let lost = crate::Scope {
        customer: None,
        ..person
    };
    assert!(matches!(
        devices.page(&lost, None, &link),
        Err(PlatformError::Denied(_))
    ));
    let stranger = fixture.stranger();
    assert!(devices.get(&stranger, own.id.unwrap()).is_err());
    assert!(
        devices
            .page(&stranger, None, &link)
            .unwrap()
            .data
            .is_empty()
    );
    assert!(devices.delete(&stranger, own.id.unwrap()).is_err());
}

#[test]
fn a_deleted_device_frees_its_name_and_token() {
    let fixture = Fixture::new();
    let devices = fixture.devices();
    let options = SaveOptions::with_token("token");
    let id = devices
        .save(&fixture.admin, named("a"), &options)
        .unwrap()
        .id
        .unwrap();
    fixture.published();
    devices.delete(&fixture.admin, id).unwrap();
    assert_eq!(fixture.published(), [(id.into(), ChangeKind::Deleted)]);
    assert!(devices.delete(&fixture.admin, id).is_err());
    devices.save(&fixture.admin, named("a"), &options).unwrap();
}

#[test]
fn a_profile_in_use_or_default_stays_and_a_rename_reaches_its_devices() {
    let fixture = Fixture::new();
    let admin = &fixture.admin;
    let profiles = DeviceProfiles::new(fixture.records.clone());
    let device = save(&fixture, typed("a", "sensor")).unwrap();
    let id = device.device_profile_id.unwrap();
    let refusal = profiles.delete(admin, id.0).unwrap_err().to_string();
    assert!(refusal.contains("among them 'a'"), "{refusal}");
    let default = profiles.default(admin).unwrap();
    let refusal = profiles.delete(admin, default.id.unwrap().0);
    assert_eq!(field(refusal), "deviceProfileId");

    let sensor = profiles.get(admin, id.0).unwrap();
    let renamed = DeviceProfile {
        name: "probe".to_owned(),
        is_default: true,
        ..sensor
    };
    let renamed = profiles.save(admin, renamed).unwrap();
    assert!(!renamed.is_default, "a save does not move the default");
    let device = fixture.devices().get(admin, device.id.unwrap()).unwrap();
    assert_eq!(device.profile_name, "probe");
    let page = fixture
        .devices()
        .page(admin, Some("probe"), &PageLink::first(1))
        .unwrap();
    assert_eq!(page.total_elements, 1);

    profiles.set_default(admin, id.0).unwrap();
    assert_eq!(profiles.default(admin).unwrap().id, Some(id));
    profiles.delete(admin, default.id.unwrap().0).unwrap();
    assert_eq!(save(&fixture, named("b")).unwrap().profile_name, "probe");
    let names = profiles.names(admin, true).unwrap();
    assert_eq!(names.len(), 1);
}

#[test]
fn racing_first_devices_share_one_profile() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let fixture = &fixture;
            scope.spawn(move || save(fixture, typed(&format!("d{number}"), "new type")).unwrap());
        }
    });
    let page = fixture
        .devices()
        .page(&fixture.admin, Some("new type"), &PageLink::first(10))
        .unwrap();
    let profiles: std::collections::HashSet<_> = page
        .data
        .iter()
        .map(|device| device.device_profile_id)
        .collect();
    assert_eq!((page.total_elements, profiles.len()), (8, 1));
}

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
