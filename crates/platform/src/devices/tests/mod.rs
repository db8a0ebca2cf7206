//! Devices and what belongs to them, on real files.

mod device;
mod owner;
mod profile;

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
