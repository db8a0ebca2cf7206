//! Dashboards: kept whole, listed without their content, shown to the customers they are for.
//!
//! The content (`configuration`, `resources`) is stored as the text it came in, whatever its age,
//! and given back unchanged; it stands beside the row, so that lists do not read it.

mod content;
mod home;
#[cfg(test)]
mod tests;
mod visits;

use millrace_model::{
    EntityType, PageData, PageLink,
    entity::{AssignedCustomer, Customer, Dashboard, DashboardInfo},
    id::{CustomerId, DashboardId},
};
use millrace_store::entities::EntityFilter;
use uuid::Uuid;

pub use content::SentDashboard;
pub use home::{HomeDashboard, HomeDashboardInfo};
pub use visits::{DashboardAction, UserDashboards};

use crate::{
    PlatformError, Records, Result, Scope, access,
    devices::{Groups, owner_of},
    paging::page_where,
    records::check_name,
};

const WHAT: &str = "Dashboard";

/// The dashboards of a tenant. A customer's people see their customer's and those assigned to it.
#[derive(Clone)]
pub struct Dashboards {
    records: Records,
    groups: Groups,
}

impl Dashboards {
    /// Dashboards kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            groups: Groups::new(records.clone()),
            records,
        }
    }

    /// Creates (without id) or updates a dashboard; `groups` take a new one. Content that was not
    /// sent stays as it is.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing title, content that is no object and an unknown
    /// customer; an old version.
    pub fn save(&self, scope: &Scope, sent: SentDashboard, groups: &[Uuid]) -> Result<Dashboard> {
        access::require_admin(scope)?;
        let SentDashboard { mut info, content } = sent;
        content.check()?;
        let stored = self.records.prepare(scope, WHAT, &mut info)?;
        if info.title.trim().is_empty()
            && let Some(name) = info.name.take()
        {
            info.title = name;
        }
        check_name("title", WHAT, &mut info.title)?;
        info.name = Some(info.title.clone());
        self.own(scope, &mut info, stored.as_ref())?;
        // Who it is assigned to is changed by calls of its own.
        info.assigned_customers = stored
            .as_ref()
            .map(|stored| stored.assigned_customers.clone())
            .unwrap_or_default();

        let id = info.id.unwrap_or_default();
        let kept = match stored {
            Some(_) => self.content(scope, id)?,
            None => content::Content::default(),
        };
        let content = content.or(kept);
        let mut more = vec![content.change(scope, id)];
        if stored.is_none() {
            let customer = millrace_model::entity::Entity::customer(&info);
            more.extend(self.groups.joining(scope, groups, id.into(), customer)?);
        }
        let info = self.records.commit(scope, info, stored.is_none(), more)?;
        content.with(info)
    }

    /// A dashboard with its content.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: DashboardId) -> Result<Dashboard> {
        let info = self.info(scope, id)?;
        self.content(scope, id)?.with(info)
    }

    /// A dashboard without its content.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn info(&self, scope: &Scope, id: DashboardId) -> Result<DashboardInfo> {
        let wall = access::customer_wall(scope)?;
        let info: DashboardInfo = self.records.get(scope, WHAT, id.0)?;
        match wall {
            Some(customer) if !is_for(&info, customer) => Err(PlatformError::not_found(WHAT, id)),
            _ => Ok(info),
        }
    }

    /// The dashboards with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<DashboardInfo>> {
        let wall = access::customer_wall(scope)?;
        let mut found: Vec<DashboardInfo> = self.records.list(scope, ids, None)?;
        found.retain(|info| wall.is_none_or(|customer| is_for(info, customer)));
        Ok(found)
    }

    /// A page of the dashboards the caller may see; with `own_only` without those of customers,
    /// with `mobile` without those hidden there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        own_only: bool,
        mobile: bool,
        link: &PageLink,
    ) -> Result<PageData<DashboardInfo>> {
        match access::customer_wall(scope)? {
            Some(customer) => self.for_customer(scope, customer, mobile, link),
            None => {
                let filter = EntityFilter {
                    customer: own_only.then_some(millrace_model::id::NULL_UUID),
                    body_equals: if mobile {
                        vec![("mobileHide".to_owned(), false.into())]
                    } else {
                        Vec::new()
                    },
                    ..EntityFilter::default()
                };
                Ok(self
                    .records
                    .table()
                    .page(scope.tenant, &filter, &by_title(link))?)
            }
        }
    }

    /// A page of a customer's dashboards: its own and those assigned to it.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for another customer.
    pub fn page_of_customer(
        &self,
        scope: &Scope,
        customer: CustomerId,
        link: &PageLink,
    ) -> Result<PageData<DashboardInfo>> {
        access::require_readable(self.records.store(), scope, customer.into())?;
        self.for_customer(scope, customer.0, false, link)
    }

    /// A page of the dashboards in a group.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the group.
    pub fn page_of_group(
        &self,
        scope: &Scope,
        group: Uuid,
        link: &PageLink,
    ) -> Result<PageData<DashboardInfo>> {
        let filter = self.groups.members_filter(scope, group)?;
        Ok(self
            .records
            .table()
            .page(scope.tenant, &filter, &by_title(link))?)
    }

    /// Deletes a dashboard.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: DashboardId) -> Result<()> {
        access::require_admin(scope)?;
        self.info(scope, id)?;
        self.records.delete(scope, id.into(), Vec::new())
    }

    /// Lets a customer's people see a dashboard, or no longer.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the dashboard or the customer.
    pub fn assign(
        &self,
        scope: &Scope,
        id: DashboardId,
        customer: CustomerId,
        assigned: bool,
    ) -> Result<Dashboard> {
        access::require_admin(scope)?;
        let mut info = self.info(scope, id)?;
        let known: Customer = self.records.get(scope, "Customer", customer.0)?;
        info.assigned_customers
            .retain(|other| other.customer_id != customer);
        if assigned {
            let is_public = known
                .additional_info
                .as_ref()
                .and_then(|info| info.get("isPublic")?.as_bool());
            info.assigned_customers.push(AssignedCustomer {
                customer_id: customer,
                title: Some(known.title),
                public: is_public.unwrap_or(false),
            });
        }
        let info = self.records.commit(scope, info, false, Vec::new())?;
        self.content(scope, id)?.with(info)
    }

    fn for_customer(
        &self,
        scope: &Scope,
        customer: Uuid,
        mobile: bool,
        link: &PageLink,
    ) -> Result<PageData<DashboardInfo>> {
        page_where(
            &self.records,
            scope,
            &EntityFilter::default(),
            &by_title(link),
            |info: &DashboardInfo| is_for(info, customer) && !(mobile && info.mobile_hide),
        )
    }

    fn own(
        &self,
        scope: &Scope,
        info: &mut DashboardInfo,
        stored: Option<&DashboardInfo>,
    ) -> Result<()> {
        let of_owner = |owner: millrace_model::EntityId| match owner.entity_type {
            EntityType::Customer => CustomerId(owner.id),
            _ => CustomerId::null(),
        };
        let before = stored.and_then(|stored| stored.customer_id);
        let customer = info
            .customer_id
            .or_else(|| info.owner_id.map(of_owner))
            .or(before)
            .unwrap_or_else(CustomerId::null);
        if !customer.is_null() && before != Some(customer) {
            let known = self
                .records
                .table::<Customer>()
                .get(scope.tenant, customer.0)?;
            if known.is_none() {
                return Err(PlatformError::invalid(
                    "customerId",
                    format!("customerId names no customer of yours: {customer}"),
                ));
            }
        }
        info.customer_id = Some(customer);
        info.owner_id = Some(owner_of(scope.tenant, Some(customer)));
        Ok(())
    }
}

/// Whether a customer's people may see a dashboard.
fn is_for(info: &DashboardInfo, customer: Uuid) -> bool {
    millrace_model::entity::Entity::customer(info) == Some(customer)
        || info
            .assigned_customers
            .iter()
            .any(|assigned| assigned.customer_id.0 == customer)
}

/// `title` is the column `name`.
fn by_title(link: &PageLink) -> PageLink {
    let mut link = link.clone();
    if link.sort_property.as_deref() == Some("title") {
        link.sort_property = Some("name".to_owned());
    }
    link
}
