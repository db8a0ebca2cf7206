use super::*;

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
