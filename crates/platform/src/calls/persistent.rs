//! Calls that are rows: they outlive their callers and the process.
//!
//! The book decides, rows follow: each change of state is written in order, and told to the rule
//! chain of the device as `RPC_<STATE>` once it is on disk.

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
    time::Duration,
};

use millrace_model::{
    EntityId, Millis, PageData, PageLink,
    entity::{Rpc, RpcStatus},
    id::{DeviceId, RpcId},
};
use millrace_store::{
    Entities,
    entities::{Change, EntityFilter, EntityTable, put},
};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    book::{Effect, Stored},
    service::{CallRequest, Calls, send},
};
use crate::{
    PlatformError, Records, Result, Scope, access,
    clock::now_ms,
    path::Branch,
    provisioning::EntityRef,
    rules::{Data, Metadata, RuleMessage},
};

const WHAT: &str = "Rpc";
/// Most retries a caller may ask for.
const RETRIES_MAX: u32 = 100;
/// Pause before a state is written again after the store failed.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// States on their way to disk. Bounded by the open calls and the handful of states of each.
#[derive(Default)]
pub(super) struct StateWriter {
    queue: Mutex<VecDeque<State>>,
    more: Notify,
    /// One writer at a time: a row that was deleted must not come back.
    writing: Mutex<()>,
}

struct State {
    rpc: Rpc,
    /// Ends when the state is on disk.
    branch: Option<Branch>,
}

impl StateWriter {
    /// Takes the changes of state out of `effects`. Called while the book is locked, so that
    /// states are written in the order they came about.
    pub(super) fn keep(
        &self,
        effects: &mut Vec<Effect>,
        mut branch: Option<Branch>,
    ) -> Option<Branch> {
        let mut queue = self.queue.lock();
        let before = queue.len();
        effects.retain_mut(|effect| match effect {
            Effect::Store(rpc) => {
                queue.push_back(State {
                    rpc: std::mem::take(&mut **rpc),
                    branch: branch.take(),
                });
                false
            }
            _ => true,
        });
        if queue.len() > before {
            self.more.notify_one();
        }
        branch
    }
}

/// Writes states until the calls are gone.
pub(super) async fn write_states(calls: Weak<Calls>) {
    loop {
        let Some(held) = calls.upgrade() else {
            return;
        };
        let states: Vec<State> = held.states.queue.lock().drain(..).collect();
        if states.is_empty() {
            held.states.more.notified().await;
            continue;
        }
        let rows: Vec<Rpc> = states.iter().map(|state| state.rpc.clone()).collect();
        let writer = Arc::clone(&held);
        let written = tokio::task::spawn_blocking(move || {
            while let Err(error) = writer.write(&rows) {
                tracing::warn!(%error, "states of stored commands cannot be written; trying again");
                std::thread::sleep(STORE_AGAIN);
            }
            for rpc in &rows {
                writer.tell(rpc);
            }
        })
        .await;
        if written.is_err() {
            tracing::error!("a defect ended the writing of states of stored commands");
        }
        if let Some(path) = held.path.upgrade() {
            for branch in states.into_iter().filter_map(|state| state.branch) {
                path.finish_now(branch);
            }
        }
    }
}

impl Calls {
    fn write(&self, rows: &[Rpc]) -> Result<()> {
        let Some(path) = self.path.upgrade() else {
            return Ok(());
        };
        let store = path.entities();
        let _one_at_a_time = self.states.writing.lock();
        let mut changes = Vec::with_capacity(rows.len());
        for rpc in rows {
            let (Some(tenant), Some(id)) = (rpc.tenant_id, rpc.id) else {
                continue;
            };
            if store.get(tenant, id.into())?.is_none() {
                continue;
            }
            let mut row = put(rpc)?;
            if let Change::Put { expected, .. } = &mut row {
                *expected = None;
            }
            changes.push(row);
        }
        if !changes.is_empty() {
            store.apply(&changes)?;
        }
        Ok(())
    }

    /// Tells the rule chain of the device what became of a stored call.
    fn tell(&self, rpc: &Rpc) {
        let (Some(path), Some(tenant), Some(device)) =
            (self.path.upgrade(), rpc.tenant_id, rpc.device_id)
        else {
            return;
        };
        let Ok(device) = self.device(tenant, device.into()) else {
            return;
        };
        let mut metadata = Metadata::with_capacity(2);
        metadata.set("deviceName", Arc::clone(&device.name));
        metadata.set("deviceType", Arc::clone(&device.profile));
        let now = now_ms();
        let message = RuleMessage {
            id: Uuid::now_v7(),
            ts: now,
            msg_type: format!("RPC_{}", rpc.status.as_str()).into(),
            originator: device.id,
            customer: device.customer,
            metadata,
            data: Data::Text(json!(rpc).to_string().into()),
            call: None,
        };
        send(&path, &device, message, now);
    }

    /// Takes up the stored calls of earlier processes, and deletes those that ended long ago.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn restore(&self, store: &dyn Entities) -> Result<()> {
        let now = now_ms();
        let keep = Millis::try_from(self.options.keep.as_millis()).unwrap_or(Millis::MAX);
        let mut old = Vec::new();
        for rpc in EntityTable::<Rpc>::new(store).all()? {
            let (Some(tenant), Some(id), Some(device)) = (rpc.tenant_id, rpc.id, rpc.device_id)
            else {
                continue;
            };
            if is_over(&rpc) {
                if rpc.created_time.unwrap_or(now).saturating_add(keep) < now {
                    old.push(Change::Delete {
                        tenant,
                        id: id.into(),
                    });
                }
                continue;
            }
            match self.device(tenant, device.into()) {
                Ok(device) => self.resume(&device, rpc),
                Err(PlatformError::NotFound { .. }) => old.push(Change::Delete {
                    tenant,
                    id: id.into(),
                }),
                Err(error) => return Err(error),
            }
        }
        for chunk in old.chunks(1_000) {
            store.apply(chunk)?;
        }
        Ok(())
    }

    fn resume(&self, device: &Arc<EntityRef>, rpc: Rpc) {
        let id = rpc.id.map(|id| id.0);
        let delivered = rpc.status == RpcStatus::Delivered;
        let request = request_of(&rpc);
        let answer_within = rpc
            .request
            .get("timeout")
            .and_then(Json::as_i64)
            .unwrap_or(10_000);
        let stored = Box::new(Stored::new(rpc, answer_within));
        let opened = if delivered {
            self.open_delivered(device, request, stored)
        } else {
            self.open(device, request, Some(stored)).map(|_| ())
        };
        if let Err(error) = opened {
            tracing::error!(?id, %error, "a stored command of the last run cannot go on");
        }
    }
}

/// Whether a stored call has its last state.
fn is_over(rpc: &Rpc) -> bool {
    let oneway = rpc.request.get("oneway").and_then(Json::as_bool);
    match rpc.status {
        RpcStatus::Queued | RpcStatus::Sent | RpcStatus::Timeout => false,
        RpcStatus::Delivered => oneway.unwrap_or(false),
        RpcStatus::Successful | RpcStatus::Expired | RpcStatus::Failed | RpcStatus::Deleted => true,
    }
}

/// What was asked, from the row.
fn request_of(rpc: &Rpc) -> CallRequest {
    let text = |at: &str| {
        rpc.request
            .pointer(at)
            .and_then(Json::as_str)
            .map(str::to_owned)
    };
    CallRequest {
        id: rpc.id.map(|id| id.0),
        customer: text("/customerId").and_then(|id| Uuid::parse_str(&id).ok()),
        method: text("/body/method").unwrap_or_default(),
        params: text("/body/params"),
        additional_info: text("/additionalInfo"),
        oneway: rpc
            .request
            .get("oneway")
            .and_then(Json::as_bool)
            .unwrap_or(true),
        expires: rpc.expiration_time,
        retries: rpc
            .request
            .get("retries")
            .and_then(Json::as_u64)
            .and_then(|retries| u32::try_from(retries).ok()),
    }
}

/// The persistent calls of a tenant.
#[derive(Clone)]
pub struct Rpcs {
    records: Records,
    calls: Arc<Calls>,
}

impl Rpcs {
    /// Persistent calls kept in `records`.
    #[must_use]
    pub fn new(records: Records, calls: Arc<Calls>) -> Self {
        Self { records, calls }
    }

    /// Stores a call of a device and starts it. With `retries`, an answer may take `timeout_ms`
    /// before the command is sent again.
    ///
    /// # Errors
    /// As [`Calls::call`]; nothing is stored then.
    pub fn start(
        &self,
        device: &Arc<EntityRef>,
        mut request: CallRequest,
        timeout_ms: Millis,
    ) -> Result<RpcId> {
        if request.retries.is_some_and(|retries| retries > RETRIES_MAX) {
            return Err(PlatformError::invalid(
                "retries",
                format!("retries is too large: use at most {RETRIES_MAX}"),
            ));
        }
        let id = RpcId(request.id.unwrap_or_else(Uuid::now_v7));
        request.id = Some(id.0);
        let body = json!({"method": request.method, "params": request.params});
        let rpc = Rpc {
            id: Some(id),
            created_time: Some(now_ms()),
            tenant_id: Some(device.tenant),
            device_id: Some(DeviceId(device.id.id)),
            expiration_time: request.expires,
            request: json!({
                "id": id.0, "oneway": request.oneway, "body": body, "persisted": true,
                "expirationTime": request.expires, "timeout": timeout_ms, "retries": request.retries,
                "additionalInfo": request.additional_info, "customerId": request.customer,
            }),
            response: None,
            status: RpcStatus::Queued,
            attempts: 0,
            additional_info: request
                .additional_info
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok()),
            version: None,
        };
        let store = self.records.store();
        store.apply(&[put(&rpc)?])?;
        self.calls.tell(&rpc);
        let stored = Box::new(Stored::new(rpc, timeout_ms));
        match self.calls.open(device, request, Some(stored)) {
            Ok(_) => Ok(id),
            Err(error) => {
                store.apply(&[Change::Delete {
                    tenant: device.tenant,
                    id: id.into(),
                }])?;
                Err(error)
            }
        }
    }

    /// A persistent call.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`], also when its device is not the caller's.
    pub fn get(&self, scope: &Scope, id: RpcId) -> Result<Rpc> {
        let rpc: Rpc = self.records.get(scope, WHAT, id.0)?;
        let device = rpc.device_id.unwrap_or_default();
        access::require_readable(self.records.store(), scope, device.into())
            .map_err(|_| PlatformError::not_found(WHAT, id))?;
        Ok(rpc)
    }

    /// The persistent calls of a device, in this state when one is given.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] when the device is not the caller's.
    pub fn page(
        &self,
        scope: &Scope,
        device: DeviceId,
        status: Option<RpcStatus>,
        link: &PageLink,
    ) -> Result<PageData<Rpc>> {
        access::require_readable(self.records.store(), scope, device.into())?;
        let filter = EntityFilter {
            customer: Some(device.0),
            subtype: status.map(|status| status.as_str().to_owned()),
            ..EntityFilter::default()
        };
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// Takes a call back and deletes it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn delete(&self, scope: &Scope, id: RpcId) -> Result<()> {
        let mut rpc = self.get(scope, id)?;
        self.calls.withdraw(id.0);
        {
            let _one_at_a_time = self.calls.states.writing.lock();
            self.records.store().apply(&[Change::Delete {
                tenant: scope.tenant,
                id: id.into(),
            }])?;
        }
        rpc.status = RpcStatus::Deleted;
        self.calls.tell(&rpc);
        Ok(())
    }

    /// Deletes the rows of a device that is gone.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_deleted(records: &Records, scope: &Scope, device: EntityId) -> Result<()> {
        let filter = EntityFilter {
            customer: Some(device.id),
            ..EntityFilter::default()
        };
        let rows: Vec<Rpc> = records.collect(scope, &filter)?;
        let changes: Vec<Change> = rows
            .iter()
            .filter_map(|rpc| rpc.id)
            .map(|id| Change::Delete {
                tenant: scope.tenant,
                id: id.into(),
            })
            .collect();
        if !changes.is_empty() {
            records.store().apply(&changes)?;
        }
        Ok(())
    }
}
