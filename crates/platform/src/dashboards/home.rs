//! The dashboard that greets a person after sign-in: the person's own choice, else the
//! customer's, else the tenant's.

use millrace_model::{
    entity::{Customer, Dashboard, Tenant, User},
    id::DashboardId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Dashboards;
use crate::{PlatformError, Records, Result, Scope, access};

const ID: &str = "homeDashboardId";
const HIDE_TOOLBAR: &str = "homeDashboardHideToolbar";

/// Which dashboard is the home.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct HomeDashboardInfo {
    /// The dashboard; none when absent.
    pub dashboard_id: Option<DashboardId>,
    /// Whether its toolbar is left out.
    pub hide_dashboard_toolbar: bool,
}

/// The home with its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeDashboard {
    /// The dashboard.
    #[serde(flatten)]
    pub dashboard: Dashboard,
    /// Whether its toolbar is left out.
    pub hide_dashboard_toolbar: bool,
}

impl Dashboards {
    /// Which dashboard greets the caller; none when nobody chose one that is still there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn home_info(&self, scope: &Scope) -> Result<Option<HomeDashboardInfo>> {
        access::require_tenant(scope)?;
        let tenant = scope.tenant;
        let of = |info: Option<Json>| info.as_ref().and_then(chosen);
        let mut choices = Vec::with_capacity(3);
        if let Some(user) = scope.user {
            let user = self.records.table::<User>().get(tenant, user)?;
            choices.extend(of(user.and_then(|user| user.additional_info)));
        }
        if let Some(customer) = scope.customer {
            let customer = self.records.table::<Customer>().get(tenant, customer)?;
            choices.extend(of(customer.and_then(|customer| customer.additional_info)));
        }
        choices.extend(self.tenant_home(scope)?);
        for choice in choices {
            match choice.dashboard_id.map(|id| self.info(scope, id)) {
                Some(Ok(_)) => return Ok(Some(choice)),
                Some(Err(PlatformError::NotFound { .. })) | None => {}
                Some(Err(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The dashboard that greets the caller.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn home(&self, scope: &Scope) -> Result<Option<HomeDashboard>> {
        let Some(info) = self.home_info(scope)? else {
            return Ok(None);
        };
        let Some(id) = info.dashboard_id else {
            return Ok(None);
        };
        Ok(Some(HomeDashboard {
            dashboard: self.get(scope, id)?,
            hide_dashboard_toolbar: info.hide_dashboard_toolbar,
        }))
    }

    /// The tenant's choice.
    ///
    /// # Errors
    /// [`PlatformError::Denied`] for people of customers.
    pub fn tenant_home_info(&self, scope: &Scope) -> Result<HomeDashboardInfo> {
        access::require_admin(scope)?;
        Ok(self.tenant_home(scope)?.unwrap_or_default())
    }

    /// Makes a dashboard the tenant's home; without one there is none.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the dashboard; [`PlatformError::Denied`] for people of
    /// customers.
    pub fn set_tenant_home(&self, scope: &Scope, home: HomeDashboardInfo) -> Result<()> {
        access::require_admin(scope)?;
        if let Some(id) = home.dashboard_id {
            self.info(scope, id)?;
        }
        let mut tenant = tenant(&self.records, scope)?;
        let mut info = match tenant.additional_info.take() {
            Some(Json::Object(info)) => info,
            _ => Map::new(),
        };
        match home.dashboard_id {
            Some(id) => {
                info.insert(ID.to_owned(), json!(id.0));
                info.insert(HIDE_TOOLBAR.to_owned(), home.hide_dashboard_toolbar.into());
            }
            None => {
                info.remove(ID);
                info.remove(HIDE_TOOLBAR);
            }
        }
        tenant.additional_info = Some(Json::Object(info));
        self.records.commit(scope, tenant, false, Vec::new())?;
        Ok(())
    }

    fn tenant_home(&self, scope: &Scope) -> Result<Option<HomeDashboardInfo>> {
        let tenant = tenant(&self.records, scope)?;
        Ok(tenant.additional_info.as_ref().and_then(chosen))
    }
}

fn tenant(records: &Records, scope: &Scope) -> Result<Tenant> {
    records.get(scope, "Tenant", scope.tenant.0)
}

/// The choice in an `additionalInfo`; the id is a bare UUID or an id object.
fn chosen(info: &Json) -> Option<HomeDashboardInfo> {
    let id = info.get(ID)?;
    let text = id.as_str().or_else(|| id.get("id")?.as_str())?;
    Some(HomeDashboardInfo {
        dashboard_id: Some(DashboardId(Uuid::parse_str(text).ok()?)),
        hide_dashboard_toolbar: info
            .get(HIDE_TOOLBAR)
            .and_then(Json::as_bool)
            .unwrap_or(true),
    })
}
