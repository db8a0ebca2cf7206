//! Messages for people: the inbox of each user, what fills it, and the live feed of it.
//!
//! A flood of the same happening becomes one summary that counts on, so that ten thousand new
//! devices are one line in the inbox. Notifications live for thirty days.

mod created;
mod feed;
mod flood;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use millrace_model::{
    EntityId, EntityType, Millis, PageData, PageLink, TenantId,
    entity::{Authority, Tenant, User},
    id::{NotificationId, UserId},
    notification::Notification,
};
use millrace_store::entities::{Change, EntityFilter};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{PlatformError, Records, Result, Scope, clock::now_ms};

pub use created::{Actor, CreatedDevice};
pub use feed::{FeedReceiver, FeedUpdate};

use feed::Feed;
use flood::Floods;

/// How long a notification lives (ms).
pub const LIFETIME_MS: Millis = 30 * 24 * 60 * 60 * 1_000;
/// How often what is older is looked for (ms).
const PURGE_EVERY_MS: Millis = 60 * 60 * 1_000;

/// Newest unread notifications of a user, as a live view starts.
#[derive(Debug, Clone)]
pub struct UnreadView {
    /// The newest, newest first.
    pub notifications: Vec<Notification>,
    /// Unread in all.
    pub total: u64,
    /// Later than every update published so far; updates with a lower number are old.
    pub sequence: u64,
}

/// The inboxes.
#[derive(Clone)]
pub struct Notifications {
    records: Records,
    feed: Arc<Feed>,
    floods: Arc<Mutex<Floods>>,
    administrators: Arc<Mutex<Administrators>>,
    purged: Arc<AtomicI64>,
}

/// Who the administrators are, as read last.
#[derive(Default)]
struct Administrators {
    /// Grows with every change of a user: what was read before one is not kept.
    changes: u64,
    known: FxHashMap<TenantId, Arc<[UserId]>>,
}

impl Notifications {
    /// Inboxes kept in `records`; hears of new administrators through their changes.
    #[must_use]
    pub fn new(records: Records) -> Self {
        let administrators: Arc<Mutex<Administrators>> = Arc::default();
        let told = Arc::clone(&administrators);
        records.changes().listen(move |changed| {
            if changed.entity.entity_type == EntityType::User {
                let mut told = told.lock();
                told.changes += 1;
                told.known.remove(&changed.tenant);
            }
        });
        Self {
            records,
            feed: Arc::new(Feed::new(now_ms())),
            floods: Arc::new(Mutex::new(Floods::default())),
            administrators,
            purged: Arc::default(),
        }
    }

    /// A page of the caller's inbox, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        unread_only: bool,
        link: &PageLink,
    ) -> Result<PageData<Notification>> {
        let user = person(scope)?;
        self.purge_when_due(now_ms());
        Ok(self
            .records
            .store()
            .notifications(scope.tenant, user, unread_only, link)?)
    }

    /// Unread notifications of the caller.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unread_count(&self, scope: &Scope) -> Result<u64> {
        Ok(self
            .records
            .store()
            .unread_count(scope.tenant, person(scope)?)?)
    }

    /// Marks one of the caller's notifications read; one that is read or gone stays so.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_read(&self, scope: &Scope, id: NotificationId) -> Result<()> {
        let user = person(scope)?;
        let changed = self
            .records
            .store()
            .mark_read(scope.tenant, user, Some(id.0))?;
        self.reread(scope.tenant, user, changed)
    }

    /// Marks all of the caller's notifications read.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_all_read(&self, scope: &Scope) -> Result<()> {
        let user = person(scope)?;
        let changed = self.records.store().mark_read(scope.tenant, user, None)?;
        self.reread(scope.tenant, user, changed)
    }

    /// Deletes one of the caller's notifications.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when it is not in the caller's inbox.
    pub fn delete(&self, scope: &Scope, id: NotificationId) -> Result<()> {
        let user = person(scope)?;
        let gone = self.records.store().delete_notifications(
            scope.tenant,
            Some(user),
            Some(id.0),
            Millis::MAX,
        )?;
        if gone == 0 {
            return Err(PlatformError::not_found("Notification", id));
        }
        self.reread(scope.tenant, user, gone)
    }

    /// Deletes what is older than [`LIFETIME_MS`] at `now`, in every tenant; returns how many.
    /// Runs by itself once an hour while inboxes are read or filled.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn purge(&self, now: Millis) -> Result<u64> {
        let before = now.saturating_sub(LIFETIME_MS);
        let mut gone = 0;
        for tenant in self.records.table::<Tenant>().all()? {
            if let Some(tenant) = tenant.id {
                gone += self
                    .records
                    .store()
                    .delete_notifications(tenant, None, None, before)?;
            }
        }
        Ok(gone)
    }

    /// Live updates of the caller's inbox from now on. Read [`Notifications::unread`] after
    /// subscribing, and again when the receiver says that it lagged.
    ///
    /// # Errors
    /// [`PlatformError::Denied`] when the caller is no person.
    pub fn subscribe(&self, scope: &Scope) -> Result<FeedReceiver> {
        Ok(self.feed.subscribe(scope.tenant, person(scope)?))
    }

    /// The caller's newest unread notifications (at most `limit`) with their number in all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unread(&self, scope: &Scope, limit: u32) -> Result<UnreadView> {
        // The number is taken first: an update that comes meanwhile is higher and not lost.
        let sequence = self.feed.next();
        let page = self.page(scope, true, &PageLink::first(limit.clamp(1, 1_000)))?;
        Ok(UnreadView {
            notifications: page.data,
            total: page.total_elements,
            sequence,
        })
    }

    /// Notifies the tenant's administrators of one new device, in a transaction of its own.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn device_created(&self, tenant: TenantId, created: &CreatedDevice) -> Result<()> {
        let changes = self.changes_for_created(tenant, std::slice::from_ref(created))?;
        self.records.store().apply(&changes)?;
        self.published(&changes);
        Ok(())
    }

    /// The changes that notify the tenant's administrators of new devices, to be applied in the
    /// caller's transaction. Call [`Notifications::published`] with the same changes after it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes_for_created(
        &self,
        tenant: TenantId,
        created: &[CreatedDevice],
    ) -> Result<Vec<Change>> {
        let recipients = self.administrators(tenant)?;
        let mut floods = self.floods.lock();
        let plan = floods.plan(tenant, created, now_ms());
        drop(floods);
        Ok(created::changes(tenant, &recipients, &plan))
    }

    /// Tells the live feeds about the notifications among committed changes.
    pub fn published(&self, changes: &[Change]) {
        if !changes.is_empty() {
            self.purge_when_due(now_ms());
        }
        for change in changes {
            if let Change::Notify {
                tenant,
                notification,
            } = change
            {
                let user = notification.recipient_id.0;
                if !self.feed.is_watched(*tenant, user) {
                    continue;
                }
                match self.records.store().unread_count(*tenant, user) {
                    Ok(unread) => {
                        self.feed
                            .publish(*tenant, user, unread, Some(notification.clone()));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "cannot count unread notifications for the live feed");
                    }
                }
            }
        }
    }

    /// Purges once an hour; one caller at a time does the work.
    fn purge_when_due(&self, now: Millis) {
        let last = self.purged.load(Ordering::Relaxed);
        let due = now.saturating_sub(last) >= PURGE_EVERY_MS
            && self
                .purged
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if due && let Err(error) = self.purge(now) {
            tracing::warn!(%error, "old notifications cannot be deleted; tried again in an hour");
        }
    }

    fn reread(&self, tenant: TenantId, user: Uuid, changed: u64) -> Result<()> {
        if changed > 0 && self.feed.is_watched(tenant, user) {
            let unread = self.records.store().unread_count(tenant, user)?;
            self.feed.publish(tenant, user, unread, None);
        }
        Ok(())
    }

    fn administrators(&self, tenant: TenantId) -> Result<Arc<[UserId]>> {
        let changes = {
            let administrators = self.administrators.lock();
            if let Some(known) = administrators.known.get(&tenant) {
                return Ok(Arc::clone(known));
            }
            administrators.changes
        };
        let filter = EntityFilter {
            body_equals: vec![(
                "authority".to_owned(),
                Json::String(Authority::TenantAdmin.as_str().to_owned()),
            )],
            ..EntityFilter::default()
        };
        let users: Vec<User> = self.records.collect(&Scope::server(tenant), &filter)?;
        let found: Arc<[UserId]> = users.into_iter().filter_map(|user| user.id).collect();
        let mut administrators = self.administrators.lock();
        if administrators.changes == changes {
            administrators.known.insert(tenant, Arc::clone(&found));
        }
        Ok(found)
    }
}

/// What a new notification of a user is about, for links: the id of an entity as JSON.
fn id_json(id: EntityId) -> Json {
    serde_json::json!({ "entityType": id.entity_type.as_str(), "id": id.id })
}

fn person(scope: &Scope) -> Result<Uuid> {
    scope.user.ok_or_else(|| {
        PlatformError::Denied("only a signed-in person has notifications: sign in first".to_owned())
    })
}

#[cfg(test)]
mod tests;
