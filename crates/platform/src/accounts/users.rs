//! Users: made and managed by administrators.

use millrace_model::{
    EntityType, PageData, PageLink,
    entity::{Authority, Customer, User},
    id::{CustomerId, UserId},
};
use millrace_store::entities::EntityFilter;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Accounts,
    password::{self, StoredPassword},
    sign_in::{EMAIL_MAX, lookup, presented, stored_change},
};
use crate::{
    PlatformError, Result, Scope, access, changes::ChangeKind, clock::now_ms, devices::owner_of,
};

const WHAT: &str = "User";

impl Accounts {
    /// Creates (without id) or updates a user. A new one cannot sign in until
    /// [`Accounts::set_password`].
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a bad or taken e-mail address, a missing customer and a
    /// change of authority; an old version.
    pub fn save_user(&self, scope: &Scope, mut user: User) -> Result<User> {
        require_self_or_admin(scope, user.id)?;
        let stored = self.records.prepare(scope, WHAT, &mut user)?;
        user.email = user.email.trim().to_owned();
        check_email(&user.email)?;
        self.check_role(scope, &mut user, stored.as_ref())?;
        user.owner_id = Some(owner_of(scope.tenant, user.customer_id));
        let id = user.id.unwrap_or_default();
        let holder = self.by_email(&lookup(&user.email))?;
        if holder.is_some_and(|(_, holder, _)| holder != id) {
            return Err(PlatformError::invalid(
                "email",
                format!(
                    "email '{}' is used by another user: choose another",
                    user.email
                ),
            ));
        }
        let password = match &stored {
            Some(_) => self.password_of(scope.tenant, id)?,
            None => None,
        };
        let password = password.unwrap_or(StoredPassword {
            hash: None,
            enabled: true,
            changed: now_ms(),
        });
        let document = stored_change(scope.tenant, id, &user.email, &password)?;
        let user = self
            .records
            .commit(scope, presented(user), stored.is_none(), vec![document])?;
        Ok(user)
    }

    /// Sets the password of a user of the tenant, which lets a new user in.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a password that is too short; [`PlatformError::NotFound`].
    pub fn set_password(&self, scope: &Scope, id: UserId, password: &str) -> Result<()> {
        access::require_admin(scope)?;
        password::check("password", password)?;
        let user: User = self.records.get(scope, WHAT, id.0)?;
        let change = self.password_change(scope.tenant, id, &user.email, Some(password))?;
        self.records.store().apply(&[change])?;
        self.records.publish(scope, id.into(), ChangeKind::Updated);
        Ok(())
    }

    /// Lets a user in, or keeps the user out.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for oneself; [`PlatformError::NotFound`].
    pub fn set_enabled(&self, scope: &Scope, id: UserId, enabled: bool) -> Result<()> {
        access::require_admin(scope)?;
        let user: User = self.records.get(scope, WHAT, id.0)?;
        if Some(id.0) == scope.user && !enabled {
            return Err(PlatformError::invalid(
                "userId",
                "you cannot lock yourself out: ask another administrator",
            ));
        }
        let password = self.password_of(scope.tenant, id)?;
        let password = StoredPassword {
            enabled,
            ..password.unwrap_or(StoredPassword {
                hash: None,
                enabled,
                changed: now_ms(),
            })
        };
        let change = stored_change(scope.tenant, id, &user.email, &password)?;
        self.records.store().apply(&[change])?;
        self.records.publish(scope, id.into(), ChangeKind::Updated);
        Ok(())
    }

    /// A user: any of the tenant for its administrators, oneself for everybody.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn user(&self, scope: &Scope, id: UserId) -> Result<User> {
        require_self_or_admin(scope, Some(id))?;
        self.records.get(scope, WHAT, id.0).map(presented)
    }

    /// A page of the tenant's users, of one customer when given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn users(
        &self,
        scope: &Scope,
        customer: Option<CustomerId>,
        link: &PageLink,
    ) -> Result<PageData<User>> {
        let wall = access::customer_wall(scope)?;
        let filter = EntityFilter {
            customer: wall.or(customer.map(|customer| customer.0)),
            ..EntityFilter::default()
        };
        let page = self
            .records
            .table::<User>()
            .page(scope.tenant, &filter, link)?;
        Ok(page.map(presented))
    }

    /// The users with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn user_list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<User>> {
        let wall = access::customer_wall(scope)?;
        let users: Vec<User> = self.records.list(scope, ids, wall)?;
        Ok(users.into_iter().map(presented).collect())
    }

    /// Deletes a user with its API keys.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for oneself and for the last administrator;
    /// [`PlatformError::NotFound`].
    pub fn delete_user(&self, scope: &Scope, id: UserId) -> Result<()> {
        access::require_admin(scope)?;
        let user: User = self.records.get(scope, WHAT, id.0)?;
        if Some(id.0) == scope.user {
            return Err(PlatformError::invalid(
                "userId",
                "you cannot delete yourself: ask another administrator",
            ));
        }
        if user.authority == Authority::TenantAdmin && self.administrators(scope)? <= 1 {
            return Err(PlatformError::invalid(
                "userId",
                "the last administrator cannot be deleted: make another one first",
            ));
        }
        let keys = self.key_deletions(scope, id)?;
        self.records.delete(scope, id.into(), keys)
    }

    fn administrators(&self, scope: &Scope) -> Result<u64> {
        let filter = EntityFilter {
            body_equals: vec![(
                "authority".to_owned(),
                Json::String(Authority::TenantAdmin.as_str().to_owned()),
            )],
            ..EntityFilter::default()
        };
        let page = self.records.store().page(
            scope.tenant,
            EntityType::User,
            &filter,
            &PageLink::first(1),
        )?;
        Ok(page.total_elements)
    }

    /// An authority and a customer that go together; neither changes after the creation.
    fn check_role(&self, scope: &Scope, user: &mut User, stored: Option<&User>) -> Result<()> {
        if let Some(stored) = stored {
            if stored.authority != user.authority {
                return Err(PlatformError::invalid(
                    "authority",
                    "a user keeps the authority it was made with: make a new user instead",
                ));
            }
            user.customer_id = stored.customer_id;
            return Ok(());
        }
        let customer = user.customer_id.filter(|customer| !customer.is_null());
        match (user.authority, customer) {
            (Authority::SysAdmin, _) => Err(PlatformError::Denied(
                "you don't have permission to make a system administrator".to_owned(),
            )),
            (Authority::TenantAdmin, _) => {
                user.customer_id = Some(CustomerId::null());
                Ok(())
            }
            (Authority::CustomerUser, None) => Err(PlatformError::invalid(
                "customerId",
                "customerId should be specified: a CUSTOMER_USER belongs to a customer",
            )),
            (Authority::CustomerUser, Some(customer)) => {
                let _: Customer = self.records.get(scope, "Customer", customer.0)?;
                Ok(())
            }
        }
    }
}

fn require_self_or_admin(scope: &Scope, id: Option<UserId>) -> Result<()> {
    match id {
        Some(id) if Some(id.0) == scope.user => Ok(()),
        _ => access::require_admin(scope),
    }
}

pub(super) fn check_email(email: &str) -> Result<()> {
    let sound = email.len() <= EMAIL_MAX
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
        && email
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    if sound {
        return Ok(());
    }
    Err(PlatformError::invalid(
        "email",
        "email should be an address such as name@example.com",
    ))
}
