use super::*;

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
