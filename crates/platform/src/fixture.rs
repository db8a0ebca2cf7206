//! A tenant on real SQLite files, for the tests of the services.

use std::sync::Arc;

use millrace_model::{
    EntityId, TenantId,
    entity::{Authority, Customer, Device, User},
    id::{CustomerId, DeviceId, UserId},
};
use millrace_store::{Entities, sqlite::SqliteEntities};
use parking_lot::Mutex;
use tempfile::TempDir;

use crate::{
    Records, Scope,
    accounts::{Accounts, BootstrapOptions},
    changes::{ChangeKind, Changed, Changes},
    devices::{ActivitySource, Customers, Devices, SaveOptions},
    notifications::Notifications,
};

/// The administrator's e-mail address.
pub(crate) const ADMIN: &str = "admin@example.com";
/// The administrator's password.
pub(crate) const PASSWORD: &str = "a long password";

/// A tenant as the first start leaves it.
pub(crate) struct Fixture {
    _dir: TempDir,
    pub(crate) records: Records,
    pub(crate) accounts: Accounts,
    pub(crate) notifications: Notifications,
    /// The tenant's administrator.
    pub(crate) admin: Scope,
    changed: Arc<Mutex<Vec<Changed>>>,
    /// Devices that count as active.
    pub(crate) active: Arc<Active>,
}

/// Devices that count as active.
#[derive(Default)]
pub(crate) struct Active(pub(crate) Mutex<Vec<DeviceId>>);

impl ActivitySource for Active {
    fn is_active(&self, _: TenantId, device: DeviceId) -> bool {
        self.0.lock().contains(&device)
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let store: Arc<dyn Entities> = Arc::new(SqliteEntities::open(dir.path()).unwrap());
        let changes = Changes::default();
        let changed: Arc<Mutex<Vec<Changed>>> = Arc::default();
        let log = Arc::clone(&changed);
        changes.listen(move |change| log.lock().push(*change));
        let records = Records::new(store, changes);
        let accounts = Accounts::new(records.clone());
        let made = accounts
            .bootstrap(&BootstrapOptions {
                admin_email: ADMIN.to_owned(),
                admin_password: Some(PASSWORD.to_owned()),
                ..BootstrapOptions::default()
            })
            .unwrap();
        assert!(made.created && made.generated.is_none());
        let admin = accounts.sign_in(ADMIN, PASSWORD, None).unwrap();
        changed.lock().clear();
        Self {
            _dir: dir,
            notifications: Notifications::new(records.clone()),
            admin: Accounts::scope_of(&admin),
            records,
            accounts,
            changed,
            active: Arc::default(),
        }
    }

    /// An administrator of another tenant, who must see nothing of this one.
    pub(crate) fn stranger(&self) -> Scope {
        Scope::server(TenantId::new())
    }

    /// Somebody of a new customer.
    pub(crate) fn customer(&self, title: &str) -> (CustomerId, Scope) {
        let customer = Customers::new(self.records.clone())
            .save(
                &self.admin,
                Customer {
                    title: title.to_owned(),
                    ..Customer::default()
                },
            )
            .unwrap();
        let customer = customer.id.unwrap();
        let user = self.user(
            &format!("{title}@example.com"),
            Authority::CustomerUser,
            Some(customer),
        );
        (customer, Accounts::scope_of(&user))
    }

    pub(crate) fn user(
        &self,
        email: &str,
        authority: Authority,
        customer_id: Option<CustomerId>,
    ) -> User {
        let user = User {
            email: email.to_owned(),
            authority,
            customer_id,
            ..User::default()
        };
        self.accounts.save_user(&self.admin, user).unwrap()
    }

    pub(crate) fn devices(&self) -> Devices {
        Devices::new(
            self.records.clone(),
            self.notifications.clone(),
            Arc::clone(&self.active) as Arc<dyn ActivitySource>,
        )
    }

    /// A new device of the tenant, or of a customer.
    pub(crate) fn device(&self, name: &str, customer_id: Option<CustomerId>) -> Device {
        let device = Device {
            name: name.to_owned(),
            customer_id,
            ..Device::default()
        };
        self.devices()
            .save(&self.admin, device, &SaveOptions::default())
            .unwrap()
    }

    /// What was published since the last call.
    pub(crate) fn published(&self) -> Vec<(EntityId, ChangeKind)> {
        let taken = std::mem::take(&mut *self.changed.lock());
        taken
            .into_iter()
            .map(|change| (change.entity, change.kind))
            .collect()
    }

    /// The administrator's id.
    pub(crate) fn admin_id(&self) -> UserId {
        UserId(self.admin.user.unwrap())
    }
}
