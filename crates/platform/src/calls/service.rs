//! Starting calls, and carrying out what follows from what happens to them.

use std::{
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use millrace_model::{EntityId, EntityType, Millis, TenantId};
use parking_lot::Mutex;
use tokio::{
    runtime::Handle,
    sync::{Notify, oneshot},
};
use uuid::Uuid;

use super::{
    answer::DeviceAnswer,
    book::{Alarm, Book, Call, Effect, Stored},
    message,
    outcome::CallOutcome,
    persistent::StateWriter,
    recent::CallView,
};
use crate::{
    PlatformError, Result,
    clock::now_ms,
    path::{Branch, Path, Routed, Work},
    provisioning::{EntityRef, load_device},
    rules::{CallLedger, CallRef, RuleMessage},
};

/// Longest life of a call that is not stored.
const LONGEST_LIGHTWEIGHT: Millis = 24 * 3_600_000;
/// Longest method name and parameters (characters).
const METHOD_MAX: usize = 255;
const PARAMS_MAX: usize = 100_000;

/// Bounds and habits of calls.
#[derive(Debug, Clone, Copy)]
pub struct CallOptions {
    /// Calls that may be open at once.
    pub most_open: usize,
    /// Calls of one device that may be open at once.
    pub most_open_of_device: usize,
    /// As the reference does it: no early end, neither of success nor of failure.
    pub reference_outcomes: bool,
    /// How long ended persistent calls are kept.
    pub keep: Duration,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            most_open: 10_000,
            most_open_of_device: 1_000,
            reference_outcomes: false,
            keep: Duration::from_secs(30 * 24 * 3_600),
        }
    }
}

/// What a caller asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRequest {
    /// Id of the call; `None` makes one.
    pub id: Option<Uuid>,
    /// Customer of the caller.
    pub customer: Option<Uuid>,
    /// Name of the method.
    pub method: String,
    /// Parameters, as JSON text.
    pub params: Option<String>,
    /// For the caller's own use, as JSON text.
    pub additional_info: Option<String>,
    /// Whether nobody waits for an answer.
    pub oneway: bool,
    /// When it is no use any more.
    pub expires: Millis,
    /// How often a stored call is sent again when no answer comes.
    pub retries: Option<u32>,
}

/// Calls to devices.
pub struct Calls {
    pub(super) book: Mutex<Book>,
    pub(super) path: Weak<Path>,
    pub(super) options: CallOptions,
    pub(super) states: StateWriter,
    earlier: Notify,
    runtime: Handle,
    own: OnceLock<Weak<Self>>,
}

impl Calls {
    /// Calls whose messages take the way of `path`.
    #[must_use]
    pub fn start(path: &Arc<Path>, options: CallOptions, runtime: Handle) -> Arc<Self> {
        let mut book = Book::default();
        book.reference_outcomes = options.reference_outcomes;
        let calls = Arc::new(Self {
            book: Mutex::new(book),
            path: Arc::downgrade(path),
            options,
            states: StateWriter::default(),
            earlier: Notify::new(),
            runtime: runtime.clone(),
            own: OnceLock::new(),
        });
        let _ = calls.own.set(Arc::downgrade(&calls));
        runtime.spawn(watch_the_clock(Arc::downgrade(&calls)));
        runtime.spawn(super::persistent::write_states(Arc::downgrade(&calls)));
        calls
    }

    /// Starts a call of a device. The receiver gets its end; dropping it does not end the call.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a method or parameters that cannot be, or an id that is in
    /// use; [`PlatformError::Throttled`] when too many calls are open.
    pub fn call(
        &self,
        device: &Arc<EntityRef>,
        request: CallRequest,
    ) -> Result<(Uuid, oneshot::Receiver<CallOutcome>)> {
        self.open(device, request, None)
    }

    pub(super) fn open(
        &self,
        device: &Arc<EntityRef>,
        request: CallRequest,
        stored: Option<Box<Stored>>,
    ) -> Result<(Uuid, oneshot::Receiver<CallOutcome>)> {
        self.enter(device, request, stored, false)
    }

    /// A stored call that was with the broker when the last process ended: it waits for its
    /// answer.
    pub(super) fn open_delivered(
        &self,
        device: &Arc<EntityRef>,
        request: CallRequest,
        stored: Box<Stored>,
    ) -> Result<()> {
        self.enter(device, request, Some(stored), true).map(|_| ())
    }

    fn enter(
        &self,
        device: &Arc<EntityRef>,
        request: CallRequest,
        stored: Option<Box<Stored>>,
        delivered: bool,
    ) -> Result<(Uuid, oneshot::Receiver<CallOutcome>)> {
        check(&request)?;
        let now = now_ms();
        let (caller, end) = oneshot::channel();
        let id = request.id.unwrap_or_else(Uuid::new_v4);
        let expires = match &stored {
            Some(_) => request.expires,
            None => request.expires.min(now + LONGEST_LIGHTWEIGHT),
        };
        {
            let mut book = self.book.lock();
            self.has_room(&book, id, device.id)?;
            let overdue = stored
                .as_ref()
                .filter(|_| delivered && request.retries.is_some())
                .map(|stored| now.saturating_add(stored.answer_within));
            let call = Call {
                order: 0,
                tenant: device.tenant,
                device: device.id,
                customer: request.customer,
                request_id: free_request_id(&book, device.id, id),
                method: request.method.into(),
                params: request.params.map(Into::into),
                additional_info: request.additional_info.map(Into::into),
                retries: request.retries,
                oneway: request.oneway,
                created: now,
                expires,
                sent: delivered.then_some(now),
                taken: delivered.then_some(now),
                carriers: Vec::new(),
                reason: None,
                runs: 0,
                end: None,
                callers: vec![caller],
                watchers: Vec::new(),
                stored,
            };
            book.open(id, call);
            metrics::counter!("millrace_rpc_calls_total").increment(1);
            if let Some(at) = overdue {
                book.alarm(at, id, Alarm::AnswerOverdue);
            }
            // What is no use any more only waits for its alarm.
            if !delivered && expires > now {
                // Under the lock: messages enter the chain in the order of their calls.
                self.launch(&mut book, id, device, now);
            }
        }
        self.earlier.notify_one();
        Ok((id, end))
    }

    fn has_room(&self, book: &Book, id: Uuid, device: EntityId) -> Result<()> {
        if book.call(id).is_some() {
            return Err(PlatformError::invalid(
                "requestUUID",
                format!("requestUUID {id} is the id of a call that runs already"),
            ));
        }
        let CallOptions {
            most_open,
            most_open_of_device,
            ..
        } = self.options;
        if book.open_count() >= most_open || book.open_of(device) >= most_open_of_device {
            return Err(PlatformError::Throttled(format!(
                "too many calls are open: at most {most_open_of_device} of one device and {most_open} in all"
            )));
        }
        Ok(())
    }

    /// Sends the message of a call on its way.
    fn launch(&self, book: &mut Book, id: Uuid, device: &Arc<EntityRef>, now: Millis) {
        let (Some(path), Some(ledger)) = (self.path.upgrade(), self.ledger()) else {
            return;
        };
        book.run_begins(id);
        let Some(call) = book.call(id) else {
            return;
        };
        let branch = CallRef::open(id, ledger);
        let message = message::of(id, call, device, now, branch);
        send(&path, device, message, now);
    }

    fn ledger(&self) -> Option<Arc<dyn CallLedger>> {
        let own: Arc<dyn CallLedger> = self.own.get()?.upgrade()?;
        Some(own)
    }

    /// An answer of a device. When it is for a stored call, `branch` ends once its state is on
    /// disk.
    ///
    /// # Errors
    /// Why nobody got it. It is shown at the device and counted.
    pub fn answer(&self, answer: &DeviceAnswer<'_>, branch: Option<Branch>) -> Result<(), String> {
        let mut effects = Vec::new();
        let (matched, branch) = {
            let mut book = self.book.lock();
            let matched = book.match_answer(answer);
            if let Ok(id) = &matched {
                book.answered(*id, answer.data, now_ms(), &mut effects);
            }
            (matched, self.states.keep(&mut effects, branch))
        };
        if let (Some(branch), Some(path)) = (branch, self.path.upgrade()) {
            path.finish_now(branch);
        }
        self.carry_out(effects);
        match matched {
            Ok(_) => {
                metrics::counter!("millrace_rpc_answers_total").increment(1);
                Ok(())
            }
            Err(why) => {
                metrics::counter!("millrace_rpc_answers_unmatched_total").increment(1);
                let text = format!("an answer reached nobody: {why}");
                if let (Some(path), Some(device)) = (self.path.upgrade(), answer.device) {
                    path.recorder()
                        .error(answer.tenant, device, "rpc answer", &text);
                }
                Err(text)
            }
        }
    }

    /// Open and recently ended calls of a device, newest first.
    #[must_use]
    pub fn of_device(&self, tenant: TenantId, device: EntityId) -> Vec<CallView> {
        self.book.lock().views(tenant, device)
    }

    /// Calls that are open.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.book.lock().open_count()
    }

    /// A device is gone: its calls end.
    pub fn device_deleted(&self, device: EntityId) {
        let mut effects = Vec::new();
        {
            let mut book = self.book.lock();
            for id in book.open_ids(device) {
                book.withdraw(id, now_ms(), &mut effects);
            }
            book.recent.forget(device);
            self.states.keep(&mut effects, None);
        }
        self.carry_out(effects);
    }

    /// A device by id, from the cache or the store. May wait for a disk.
    ///
    /// # Errors
    /// When there is no such device in the tenant, or the store cannot be read.
    pub fn device(&self, tenant: TenantId, device: EntityId) -> Result<Arc<EntityRef>> {
        let missing = || PlatformError::not_found("Device", device.id);
        let path = self.path.upgrade().ok_or_else(missing)?;
        if device.entity_type != EntityType::Device {
            return Err(missing());
        }
        let known = path.provisioning().known(device);
        match known.filter(|known| known.tenant == tenant) {
            Some(known) => Ok(known),
            None => load_device(&path, tenant, device)?.ok_or_else(missing),
        }
    }

    pub(super) fn with_book<T>(&self, work: impl FnOnce(&mut Book, &mut Vec<Effect>) -> T) -> T {
        let mut effects = Vec::new();
        let result = {
            let mut book = self.book.lock();
            let result = work(&mut book, &mut effects);
            self.states.keep(&mut effects, None);
            result
        };
        self.carry_out(effects);
        result
    }

    /// Somebody takes a call back.
    pub(super) fn withdraw(&self, id: Uuid) {
        self.with_book(|book, effects| book.withdraw(id, now_ms(), effects));
    }

    pub(super) fn shared(&self) -> Option<Arc<Self>> {
        self.own.get().and_then(Weak::upgrade)
    }

    /// Does what follows from a change of the book, which is not locked any more.
    pub(super) fn carry_out(&self, effects: Vec<Effect>) {
        // Alarms may have been set.
        self.earlier.notify_one();
        if effects.is_empty() {
            return;
        }
        let Some(path) = self.path.upgrade() else {
            return;
        };
        for effect in effects {
            match effect {
                Effect::Wake(integration) => {
                    if let Some(integration) = path.integration(integration.0) {
                        integration.downlinks.queue.wake();
                    }
                }
                Effect::Withdraw(integration, call) => {
                    if let Some(integration) = path.integration(integration.0) {
                        let withdrawn = integration.downlinks.queue.withdraw(call);
                        metrics::counter!("millrace_downlinks_withdrawn_total")
                            .increment(withdrawn.len() as u64);
                        drop(withdrawn);
                        integration.downlinks.queue.wake();
                    }
                }
                // Taken out while the book was locked.
                Effect::Store(_) => {}
                Effect::Launch(id) => self.launch_later(id),
            }
        }
    }

    /// Sends a stored call again; its device may have to be read first.
    fn launch_later(&self, id: Uuid) {
        let Some(own) = self.shared() else {
            return;
        };
        self.runtime.spawn_blocking(move || {
            let Some((tenant, device)) = own
                .book
                .lock()
                .call(id)
                .filter(|call| call.is_open())
                .map(|call| (call.tenant, call.device))
            else {
                return;
            };
            match own.device(tenant, device) {
                Ok(device) => {
                    let mut book = own.book.lock();
                    own.launch(&mut book, id, &device, now_ms());
                }
                Err(PlatformError::NotFound { .. }) => own.device_deleted(device),
                Err(error) => {
                    tracing::warn!(call = %id, %error, "a stored command is tried again later");
                    own.book.lock().alarm(now_ms() + 5_000, id, Alarm::TryAgain);
                    own.earlier.notify_one();
                }
            }
        });
    }
}

/// Puts a message of the server into the chain of a device, before everything else.
pub(super) fn send(path: &Path, device: &Arc<EntityRef>, message: RuleMessage, now: Millis) {
    let lane = path.lanes().of_originator(device.id);
    let routed = Routed {
        tenant: device.tenant,
        message,
        branch: Branch::untracked(),
        entity: Some(Arc::clone(device)),
        arrival_ms: now,
    };
    path.lanes().send_urgent(lane, Work::Route(vec![routed]));
}

fn check(request: &CallRequest) -> Result<()> {
    let long = |what: &str, most: usize| {
        PlatformError::invalid(
            what,
            format!("{what} is too long: use at most {most} characters"),
        )
    };
    if request.method.trim().is_empty() {
        return Err(PlatformError::invalid(
            "method",
            "method should be specified: give the name of the method",
        ));
    }
    if request.method.len() > METHOD_MAX {
        return Err(long("method", METHOD_MAX));
    }
    if request
        .params
        .as_ref()
        .is_some_and(|text| text.len() > PARAMS_MAX)
    {
        return Err(long("params", PARAMS_MAX));
    }
    if request
        .additional_info
        .as_ref()
        .is_some_and(|text| text.len() > PARAMS_MAX)
    {
        return Err(long("additionalInfo", PARAMS_MAX));
    }
    Ok(())
}

/// A positive number that no open or remembered call of the device has. Taken from the call's
/// random id: numbers that count up would meet those of an earlier process.
fn free_request_id(book: &Book, device: EntityId, id: Uuid) -> i32 {
    let (high, low) = id.as_u64_pair();
    let mut number = high.rotate_left(17) ^ low;
    loop {
        let candidate = i32::try_from(number & 0x7fff_ffff).unwrap_or(1).max(1);
        if !book.has_request_id(device, candidate) {
            return candidate;
        }
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
    }
}

/// Lets alarms go off, until the calls are gone.
async fn watch_the_clock(calls: Weak<Calls>) {
    loop {
        let Some(held) = calls.upgrade() else {
            return;
        };
        let mut effects = Vec::new();
        let next = {
            let mut book = held.book.lock();
            book.due(now_ms(), &mut effects);
            held.states.keep(&mut effects, None);
            book.next_alarm()
        };
        if !effects.is_empty() {
            held.carry_out(effects);
        }
        let wait = next.map_or(Duration::from_secs(1), |at| {
            let left = u64::try_from(at.saturating_sub(now_ms())).unwrap_or(0);
            Duration::from_millis(left).min(Duration::from_secs(1))
        });
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = held.earlier.notified() => {}
        }
    }
}
