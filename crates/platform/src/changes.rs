//! Tells the running parts (links, chains, caches) that an entity was saved or deleted.

use std::sync::Arc;

use millrace_model::{EntityId, TenantId};
use millrace_store::entities::EntityRow;
use parking_lot::RwLock;

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It was saved again.
    Updated,
    /// It is gone.
    Deleted,
}

/// A committed change of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Its tenant.
    pub tenant: TenantId,
    /// The entity.
    pub entity: EntityId,
    /// What happened.
    pub kind: ChangeKind,
    /// Who did it, when it was a person.
    pub user: Option<uuid::Uuid>,
}

type Listener = Box<dyn Fn(&Changed) + Send + Sync>;
type GoneListener = Box<dyn Fn(&Changed, &EntityRow) + Send + Sync>;

/// Who wants to know. Listeners run on the caller's thread after the commit and must not block.
#[derive(Clone, Default)]
pub struct Changes {
    listeners: Arc<RwLock<Vec<Listener>>>,
    gone: Arc<RwLock<Vec<GoneListener>>>,
}

impl Changes {
    /// Adds a listener.
    pub fn listen(&self, listener: impl Fn(&Changed) + Send + Sync + 'static) {
        self.listeners.write().push(Box::new(listener));
    }

    /// Adds a listener for deletions who wants to know what was deleted.
    pub fn listen_gone(&self, listener: impl Fn(&Changed, &EntityRow) + Send + Sync + 'static) {
        self.gone.write().push(Box::new(listener));
    }

    /// Tells what was deleted.
    pub fn publish_gone(&self, changed: Changed, row: &EntityRow) {
        for listener in self.gone.read().iter() {
            listener(&changed, row);
        }
    }

    /// Tells everybody.
    pub fn publish(&self, changed: Changed) {
        for listener in self.listeners.read().iter() {
            listener(&changed);
        }
    }
}
