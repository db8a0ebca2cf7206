//! The telemetry service over the real journal and tables, through its door.

mod cache;
mod deleting;
mod history;
mod live;
mod model;
mod parse;
mod races;
mod saving;

use std::{collections::VecDeque, path::Path, sync::Arc};

use millrace_model::{
    AttributeScope, EntityId, EntityType, Millis, TenantId, Value,
    telemetry::{Aggregation, TsValue},
};
use millrace_store::{
    Journal, StoreError, ValueTables,
    journal::{JournalOptions, OutRecord, Record, Seq},
    sqlite::{SqliteJournal, SqliteValues},
    values::{Fold, Point, PointQuery},
};
use parking_lot::Mutex;
use uuid::Uuid;

use super::{HistoryQuery, Interval, Order, Telemetry, TelemetryOptions};
use crate::{Scope, clock::now_ms};

/// What becomes of a fold.
#[derive(Clone, Copy)]
enum Fault {
    None,
    /// It fails before anything is written.
    Refused,
    /// It writes everything but its mark, and fails then, as a kill in between does.
    Unmarked,
}

/// Done once beside a call of the tables.
type Hook = Mutex<Option<Box<dyn FnOnce() + Send>>>;

/// The tables, with faults and races on demand.
struct Tables {
    inner: SqliteValues,
    /// What becomes of the next folds.
    faults: Mutex<VecDeque<Fault>>,
    /// Before a fold writes.
    before_fold: Hook,
    /// When latest values have been read and are not yet handed out.
    after_latest: Hook,
    /// The same for points.
    after_points: Hook,
}

fn set(hook: &Hook, action: impl FnOnce() + Send + 'static) {
    *hook.lock() = Some(Box::new(action));
}

fn run(hook: &Hook) {
    // Taken out first: the action may come by here again.
    let action = hook.lock().take();
    if let Some(action) = action {
        action();
    }
}

impl ValueTables for Tables {
    fn fold(&self, fold: &Fold) -> millrace_store::Result<()> {
        run(&self.before_fold);
        let full = || StoreError::DiskFull {
            file: "values.db".into(),
        };
        let fault = self.faults.lock().pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::None => self.inner.fold(fold),
            Fault::Refused => Err(full()),
            Fault::Unmarked => {
                self.inner.fold(&Fold {
                    upto: self.inner.folded_to()?,
                    delete_points: fold.delete_points.clone(),
                    delete_entities: fold.delete_entities.clone(),
                    points: fold.points.clone(),
                    latest: fold.latest.clone(),
                    attributes: fold.attributes.clone(),
                })?;
                Err(full())
            }
        }
    }

    fn folded_to(&self) -> millrace_store::Result<Seq> {
        self.inner.folded_to()
    }

    fn points(
        &self,
        entity: EntityId,
        key: &str,
        query: PointQuery,
        now: Millis,
    ) -> millrace_store::Result<Vec<Point>> {
        let rows = self.inner.points(entity, key, query, now);
        run(&self.after_points);
        rows
    }

    fn each_attribute(
        &self,
        kind: EntityType,
        scope: AttributeScope,
        key: &str,
        each: &mut dyn FnMut(EntityId, TsValue),
    ) -> millrace_store::Result<()> {
        self.inner.each_attribute(kind, scope, key, each)
    }

    fn latest(&self, entity: EntityId) -> millrace_store::Result<Vec<(Arc<str>, TsValue)>> {
        let rows = self.inner.latest(entity);
        run(&self.after_latest);
        rows
    }

    fn attributes(
        &self,
        entity: EntityId,
    ) -> millrace_store::Result<Vec<(AttributeScope, Arc<str>, TsValue)>> {
        self.inner.attributes(entity)
    }

    fn expire(&self, now: Millis, limit: usize) -> millrace_store::Result<u64> {
        self.inner.expire(now, limit)
    }

    fn size(&self) -> millrace_store::Result<(u64, u64)> {
        self.inner.size()
    }
}

/// A data directory and the service over it.
struct House {
    dir: tempfile::TempDir,
    options: TelemetryOptions,
    journal: Arc<SqliteJournal>,
    tables: Arc<Tables>,
    telemetry: Arc<Telemetry>,
}

impl House {
    fn new() -> Self {
        Self::with(TelemetryOptions::default())
    }

    fn with(options: TelemetryOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (journal, tables, telemetry) = open(dir.path(), &options);
        Self {
            dir,
            options,
            journal,
            tables,
            telemetry,
        }
    }

    /// Forgets everything in memory and starts again from the disk.
    fn restart(&mut self) {
        self.journal.close();
        (self.journal, self.tables, self.telemetry) = open(self.dir.path(), &self.options);
    }

    fn save(&self, record: OutRecord) {
        self.telemetry.save(vec![record]).unwrap();
    }

    /// What becomes of the next folds.
    fn fail(&self, faults: &[Fault]) {
        *self.tables.faults.lock() = faults.iter().copied().collect();
    }

    /// Saves one point of the device.
    fn point(&self, key: &str, ts: Millis, value: impl Into<V>) {
        self.save(point(device(1), key, ts, value));
    }

    fn latest(&self, key: &str) -> Option<TsValue> {
        let found = self
            .telemetry
            .latest(&scope(), device(1), Some(&[key.into()]))
            .unwrap();
        found.into_iter().next().map(|(_, value)| value)
    }

    /// Times and values of a key, oldest first.
    fn all(&self, key: &str) -> Vec<(Millis, Value)> {
        self.read(key, &everything(Order::Asc))
    }

    fn read(&self, key: &str, query: &HistoryQuery) -> Vec<(Millis, Value)> {
        let found = self
            .telemetry
            .history(&scope(), device(1), &[key.into()], query)
            .unwrap();
        let points = found.into_iter().next().map_or(Vec::new(), |(_, all)| all);
        points.into_iter().map(|one| (one.ts, one.value)).collect()
    }
}

fn open(
    dir: &Path,
    options: &TelemetryOptions,
) -> (Arc<SqliteJournal>, Arc<Tables>, Arc<Telemetry>) {
    let journal = SqliteJournal::open(JournalOptions {
        dir: dir.to_owned(),
        max_commit_bytes: 1 << 20,
    })
    .unwrap();
    let tables = Arc::new(Tables {
        inner: SqliteValues::open(dir).unwrap(),
        faults: Mutex::default(),
        before_fold: Mutex::default(),
        after_latest: Mutex::default(),
        after_points: Mutex::default(),
    });
    let values: Arc<dyn ValueTables> = Arc::<Tables>::clone(&tables);
    let telemetry = Telemetry::new(
        Arc::<SqliteJournal>::clone(&journal),
        values,
        options.clone(),
    );
    journal
        .read(tables.folded_to().unwrap(), &mut |_, record| {
            if let Record::Out(record) = record {
                telemetry.replay(&record).unwrap();
            }
            true
        })
        .unwrap();
    (journal, tables, telemetry)
}

/// A value written the short way.
struct V(Value);

impl From<i64> for V {
    fn from(value: i64) -> Self {
        Self(Value::Long(value))
    }
}

impl From<f64> for V {
    fn from(value: f64) -> Self {
        Self(Value::Double(value))
    }
}

impl From<bool> for V {
    fn from(value: bool) -> Self {
        Self(Value::Bool(value))
    }
}

impl From<&str> for V {
    fn from(value: &str) -> Self {
        Self(Value::Text(value.into()))
    }
}

fn long(value: i64) -> Value {
    Value::Long(value)
}

fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(7))
}

fn scope() -> Scope {
    Scope::server(tenant())
}

fn device(number: u128) -> EntityId {
    EntityId::new(EntityType::Device, Uuid::from_u128(number))
}

fn point(entity: EntityId, key: &str, ts: Millis, value: impl Into<V>) -> OutRecord {
    OutRecord::Points {
        tenant: tenant(),
        entity,
        ts,
        expires: None,
        latest: true,
        history: true,
        values: vec![(key.into(), value.into().0)],
    }
}

fn attribute(entity: EntityId, of: AttributeScope, key: &str, value: impl Into<V>) -> OutRecord {
    OutRecord::Attributes {
        tenant: tenant(),
        entity,
        scope: of,
        at: 1_000,
        values: vec![(key.into(), value.into().0)],
    }
}

fn everything(order: Order) -> HistoryQuery {
    HistoryQuery {
        start: 0,
        end: Millis::MAX,
        aggregation: Aggregation::None,
        interval: Interval::Millis(0),
        limit: usize::MAX,
        order,
    }
}

/// A time that is never "latest".
fn far_ahead() -> Millis {
    now_ms() + 3 * 24 * 60 * 60 * 1000
}
