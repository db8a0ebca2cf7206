//! Points, latest values and attributes on disk.
//!
//! These tables are written by the **fold** only: everything up to a journal position, the mark
//! together with the last of it. Repeating a fold changes nothing, so a crash anywhere is harmless.
//! What a fold wrote survives a power cut once the call returns: the journal may be trimmed.
//! What is newer than the mark lives in memory, above this trait.

use std::sync::Arc;

use millrace_model::{
    AttributeScope, EntityId, EntityType, Millis, TenantId, Value, telemetry::TsValue,
};

use crate::{Result, journal::Seq};

/// A point on its way to the tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Event time.
    pub ts: Millis,
    /// The value.
    pub value: Value,
    /// When it may be forgotten.
    pub expires: Option<Millis>,
}

/// What one fold writes. Deletions apply before the points (points that came after a deletion
/// survive it, those before it were already taken out in memory).
#[derive(Debug, Default)]
pub struct Fold {
    /// Everything up to here is in this fold or an earlier one.
    pub upto: Seq,
    /// Points to delete, in the order they were asked for.
    pub delete_points: Vec<PointRange>,
    /// Entities whose every row goes.
    pub delete_entities: Vec<EntityId>,
    /// Points by series, any order.
    pub points: Vec<SeriesPoints>,
    /// Latest values to write; `None` deletes.
    pub latest: Vec<LatestWrite>,
    /// Attributes to write; `None` deletes.
    pub attributes: Vec<AttributeWrite>,
}

/// A latest value to write: whose, of which entity and key, and what.
pub type LatestWrite = (TenantId, EntityId, Arc<str>, Option<TsValue>);

/// An attribute to write: whose, of which entity, scope and key, and what.
pub type AttributeWrite = (
    TenantId,
    EntityId,
    AttributeScope,
    Arc<str>,
    Option<TsValue>,
);

/// Points of one series.
#[derive(Debug, Clone)]
pub struct SeriesPoints {
    /// Tenant of the entity.
    pub tenant: TenantId,
    /// The entity.
    pub entity: EntityId,
    /// The key.
    pub key: Arc<str>,
    /// The points, any order; the later one of two with one time wins.
    pub points: Vec<Point>,
}

/// A range of points of one series.
#[derive(Debug, Clone)]
pub struct PointRange {
    /// The entity.
    pub entity: EntityId,
    /// The key.
    pub key: Arc<str>,
    /// From here on (inclusive).
    pub start: Millis,
    /// Up to here (exclusive).
    pub end: Millis,
}

/// Order and bound of a history read.
#[derive(Debug, Clone, Copy)]
pub struct PointQuery {
    /// From here on (inclusive).
    pub start: Millis,
    /// Up to here (exclusive).
    pub end: Millis,
    /// Newest first.
    pub newest_first: bool,
    /// At most so many; `None` = all.
    pub limit: Option<usize>,
}

/// The tables behind memory. Reads run beside each other and beside one fold.
pub trait ValueTables: Send + Sync + 'static {
    /// Writes a fold and its mark. After an error the same fold may be tried again.
    ///
    /// # Errors
    /// When the file cannot be written; [`crate::StoreError::DiskFull`] by name.
    fn fold(&self, fold: &Fold) -> Result<()>;

    /// The mark of the last fold, 0 before the first.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn folded_to(&self) -> Result<Seq>;

    /// Points of one series in the given order; expired ones (at `now`) are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn points(
        &self,
        entity: EntityId,
        key: &str,
        query: PointQuery,
        now: Millis,
    ) -> Result<Vec<Point>>;

    /// All latest values of an entity.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn latest(&self, entity: EntityId) -> Result<Vec<(Arc<str>, TsValue)>>;

    /// All attributes of an entity.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn attributes(&self, entity: EntityId) -> Result<Vec<(AttributeScope, Arc<str>, TsValue)>>;

    /// Goes over one attribute of all entities of a kind, for start-up only.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn each_attribute(
        &self,
        kind: EntityType,
        scope: AttributeScope,
        key: &str,
        each: &mut dyn FnMut(EntityId, TsValue),
    ) -> Result<()>;

    /// Forgets points that expired before `now`, at most `limit` of them; returns how many went.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn expire(&self, now: Millis, limit: usize) -> Result<u64>;

    /// For a clean stop: leaves one file that needs nothing beside it. Waits a second for reads
    /// that are under way, and tells the log when it could not. Whatever comes later still works.
    fn tidy(&self) {}

    /// Bytes in the file and points in the tables, for figures.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn size(&self) -> Result<(u64, u64)>;
}
