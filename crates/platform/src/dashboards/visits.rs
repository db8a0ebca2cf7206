//! Dashboards a person visited last and marked with a star.

use millrace_model::{
    EntityId, Millis,
    id::{DashboardId, UserId},
};
use millrace_store::entities::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Dashboards;
use crate::{PlatformError, Result, Scope, access, clock::now_ms};

const DOCUMENT: &str = "dashboards";
/// Visits that are kept.
const LAST_MAX: usize = 10;
/// Stars that are kept.
const STARRED_MAX: usize = 100;

/// What somebody did with a dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DashboardAction {
    /// Opened it.
    Visit,
    /// Marked it.
    Star,
    /// Took the mark away.
    Unstar,
}

impl std::str::FromStr for DashboardAction {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self> {
        match text.to_ascii_uppercase().as_str() {
            "VISIT" => Ok(Self::Visit),
            "STAR" => Ok(Self::Star),
            "UNSTAR" => Ok(Self::Unstar),
            _ => Err(PlatformError::invalid(
                "action",
                format!("action must be visit, star or unstar: {text}"),
            )),
        }
    }
}

/// What a person did with dashboards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct UserDashboards {
    /// Visited, newest first.
    pub last: Vec<VisitedDashboard>,
    /// Marked, newest first.
    pub starred: Vec<StarredDashboard>,
}

/// A visited dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VisitedDashboard {
    /// Its UUID.
    #[schema(value_type = String)]
    pub id: uuid::Uuid,
    /// Its title now.
    pub title: String,
    /// Whether it is marked.
    pub starred: bool,
    /// When it was opened.
    pub last_visited: Millis,
}

/// A marked dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StarredDashboard {
    /// Its UUID.
    #[schema(value_type = String)]
    pub id: uuid::Uuid,
    /// Its title now.
    pub title: String,
    /// When it was marked.
    pub starred_at: Millis,
}

impl Dashboards {
    /// What the caller visited and marked, as far as it is still there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of_user(&self, scope: &Scope) -> Result<UserDashboards> {
        access::require_tenant(scope)?;
        let stored = self.stored_visits(scope)?;
        let visited = stored.last.iter().map(|visit| visit.id);
        let ids: Vec<_> = visited
            .chain(stored.starred.iter().map(|star| star.id))
            .collect();
        let known = self.list(scope, &ids)?;
        let title = |id| {
            let info = known.iter().find(|info| info.id == Some(DashboardId(id)))?;
            Some(info.title.clone())
        };
        let starred: Vec<_> = stored
            .starred
            .into_iter()
            .filter_map(|star| {
                let title = title(star.id)?;
                Some(StarredDashboard { title, ..star })
            })
            .collect();
        let last = stored.last.into_iter().filter_map(|visit| {
            Some(VisitedDashboard {
                title: title(visit.id)?,
                starred: starred.iter().any(|star| star.id == visit.id),
                ..visit
            })
        });
        Ok(UserDashboards {
            last: last.collect(),
            starred,
        })
    }

    /// Keeps what the caller did with a dashboard.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the dashboard.
    pub fn note(
        &self,
        scope: &Scope,
        id: DashboardId,
        action: DashboardAction,
    ) -> Result<UserDashboards> {
        let title = self.info(scope, id)?.title;
        let mut kept = self.stored_visits(scope)?;
        let id = id.0;
        match action {
            DashboardAction::Visit => {
                kept.last.retain(|visit| visit.id != id);
                let last_visited = now_ms();
                let visit = VisitedDashboard {
                    id,
                    title,
                    starred: false,
                    last_visited,
                };
                kept.last.insert(0, visit);
                kept.last.truncate(LAST_MAX);
            }
            DashboardAction::Star => {
                kept.starred.retain(|star| star.id != id);
                let starred_at = now_ms();
                let star = StarredDashboard {
                    id,
                    title,
                    starred_at,
                };
                kept.starred.insert(0, star);
                kept.starred.truncate(STARRED_MAX);
            }
            DashboardAction::Unstar => kept.starred.retain(|star| star.id != id),
        }
        let body = serde_json::to_value(&kept)
            .map_err(|error| PlatformError::Internal(error.to_string()))?;
        self.records.store().apply(&[Change::PutDocument {
            tenant: scope.tenant,
            entity: user(scope)?,
            name: DOCUMENT.to_owned(),
            lookup: None,
            body,
        }])?;
        self.of_user(scope)
    }

    fn stored_visits(&self, scope: &Scope) -> Result<UserDashboards> {
        let document = self
            .records
            .store()
            .document(scope.tenant, user(scope)?, DOCUMENT)?;
        Ok(document
            .and_then(|document| serde_json::from_value(document).ok())
            .unwrap_or_default())
    }
}

fn user(scope: &Scope) -> Result<EntityId> {
    let user = scope
        .user
        .ok_or_else(|| PlatformError::Denied("only people visit dashboards".to_owned()))?;
    Ok(UserId(user).into())
}
