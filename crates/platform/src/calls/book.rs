//! The open calls: what is known of each, and what follows from what happens to it.
//!
//! Pure data. What has to be done outside (wake a queue, send a message, store a row) is returned
//! as an [`Effect`], to be carried out once the book is no longer locked.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use millrace_model::{
    EntityId, Millis, TenantId,
    entity::{Rpc, RpcStatus},
    id::IntegrationId,
};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    outcome::{CallFailure, CallOutcome, FailureCode},
    recent::{CallView, Recent, bounded},
};

/// A call from its start until it has ended and its last branch is gone.
pub(super) struct Call {
    /// Its place among the calls of its device.
    pub(super) order: u64,
    pub(super) tenant: TenantId,
    pub(super) device: EntityId,
    pub(super) customer: Option<Uuid>,
    pub(super) request_id: i32,
    pub(super) method: Arc<str>,
    /// JSON text.
    pub(super) params: Option<Arc<str>>,
    /// JSON text.
    pub(super) additional_info: Option<Arc<str>>,
    pub(super) retries: Option<u32>,
    pub(super) oneway: bool,
    pub(super) created: Millis,
    pub(super) expires: Millis,
    /// When a publish was first given to a connected link.
    pub(super) sent: Option<Millis>,
    /// When a publish was first with the broker.
    pub(super) taken: Option<Millis>,
    /// Integrations that got publishes of it.
    pub(super) carriers: Vec<IntegrationId>,
    /// What its last branch failed of.
    pub(super) reason: Option<String>,
    /// Messages sent for it whose branches have not all ended.
    pub(super) runs: u32,
    pub(super) end: Option<CallOutcome>,
    /// Those who wait for the end.
    pub(super) callers: Vec<oneshot::Sender<CallOutcome>>,
    /// Those who want to know only whether nothing takes it; told when it is taken.
    pub(super) watchers: Vec<oneshot::Sender<CallOutcome>>,
    pub(super) stored: Option<Box<Stored>>,
}

/// What a persistent call has beside a lightweight one.
pub(super) struct Stored {
    pub(super) rpc: Rpc,
    /// How long an answer may take before the command is sent again.
    pub(super) answer_within: Millis,
    /// Pause before the next attempt at something that nothing took.
    pub(super) pause: Millis,
}

impl Call {
    pub(super) fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether a publish may still come of it that is not queued yet.
    fn may_produce(&self) -> bool {
        self.is_open() && self.runs > 0 && self.carriers.is_empty()
    }

    fn view(&self, id: Uuid, ended: Option<Millis>) -> CallView {
        let (state, code, failure, answer) = match &self.end {
            None if self.taken.is_some() => ("TAKEN", None, None, None),
            None if self.sent.is_some() => ("SENT", None, None, None),
            None => ("WAITING", None, None, None),
            Some(CallOutcome::Taken) => ("TAKEN", None, None, None),
            Some(CallOutcome::Answered(answer)) => ("ANSWERED", None, None, Some(answer)),
            Some(CallOutcome::Failed(failure)) => {
                let reason = Some(&failure.reason);
                ("FAILED", Some(failure.code.as_str()), reason, None)
            }
        };
        CallView {
            request_uuid: id,
            request_id: self.request_id,
            method: bounded(&self.method),
            params: self.params.as_deref().map(bounded),
            oneway: self.oneway,
            persistent: self.stored.is_some(),
            state,
            code,
            reason: failure.or(self.reason.as_ref()).map(|text| bounded(text)),
            answer: answer.map(|text| bounded(text)),
            created_time: self.created,
            expiration_time: self.expires,
            taken_time: self.taken,
            ended_time: ended,
        }
    }
}

/// What the clock does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// It is no use any more.
    Expires,
    /// The device should have answered by now.
    AnswerOverdue,
    /// Another attempt at what nothing took.
    TryAgain,
}

/// What has to be done outside the book.
pub(super) enum Effect {
    /// The queue of an integration may go on.
    Wake(IntegrationId),
    /// What waits for a call goes out of a queue.
    Withdraw(IntegrationId, Uuid),
    /// A stored call changed its state.
    Store(Box<Rpc>),
    /// A stored call is sent (again).
    Launch(Uuid),
}

/// First pause before another attempt; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Millis = 5_000;
const LONGEST_PAUSE: Millis = 60_000;

impl Stored {
    pub(super) fn new(rpc: Rpc, answer_within: Millis) -> Self {
        Self {
            rpc,
            answer_within,
            pause: FIRST_PAUSE,
        }
    }

    fn becomes(&mut self, status: RpcStatus, effects: &mut Vec<Effect>) {
        if self.rpc.status != status {
            self.rpc.status = status;
            effects.push(Effect::Store(Box::new(self.rpc.clone())));
        }
    }
}

/// All calls.
#[derive(Default)]
pub(super) struct Book {
    calls: HashMap<Uuid, Call>,
    /// Calls of a device, in order.
    devices: HashMap<EntityId, BTreeMap<u64, Uuid>>,
    alarms: BTreeSet<(Millis, Uuid, Alarm)>,
    next_order: u64,
    open: usize,
    pub(super) recent: Recent,
    /// As the reference does it: no early end, neither of success nor of failure.
    pub(super) reference_outcomes: bool,
}

impl Book {
    pub(super) fn call(&self, id: Uuid) -> Option<&Call> {
        self.calls.get(&id)
    }

    pub(super) fn call_mut(&mut self, id: Uuid) -> Option<&mut Call> {
        self.calls.get_mut(&id)
    }

    /// Calls of a device, in order.
    pub(super) fn of_device(&self, device: EntityId) -> impl Iterator<Item = (Uuid, &Call)> {
        let ids = self
            .devices
            .get(&device)
            .into_iter()
            .flat_map(BTreeMap::values);
        ids.filter_map(|id| Some((*id, self.calls.get(id)?)))
    }

    /// Open calls.
    pub(super) fn open_count(&self) -> usize {
        self.open
    }

    /// Open calls of one device.
    pub(super) fn open_of(&self, device: EntityId) -> usize {
        self.devices.get(&device).map_or(0, BTreeMap::len)
    }

    /// Whether a short id is taken by a call of the device, open or remembered.
    pub(super) fn has_request_id(&self, device: EntityId, request_id: i32) -> bool {
        self.of_device(device)
            .any(|(_, call)| call.request_id == request_id)
            || self.recent.has_request_id(device, request_id)
    }

    /// Notes a new call; its place is the next one of its device.
    pub(super) fn open(&mut self, id: Uuid, mut call: Call) {
        call.order = self.next_order;
        self.next_order += 1;
        self.devices
            .entry(call.device)
            .or_default()
            .insert(call.order, id);
        self.alarms.insert((call.expires, id, Alarm::Expires));
        self.open += 1;
        self.calls.insert(id, call);
    }

    /// Sets an alarm of a call.
    pub(super) fn alarm(&mut self, at: Millis, id: Uuid, alarm: Alarm) {
        self.alarms.insert((at, id, alarm));
    }

    /// When the next alarm goes off.
    pub(super) fn next_alarm(&self) -> Option<Millis> {
        self.alarms.first().map(|(at, ..)| *at)
    }

    /// Every alarm that is due.
    pub(super) fn due(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        while let Some((at, id, alarm)) = self.alarms.first().copied() {
            if at > now {
                break;
            }
            self.alarms.pop_first();
            match alarm {
                Alarm::Expires => self.expire(id, now, effects),
                Alarm::AnswerOverdue => self.answer_overdue(id, now, effects),
                Alarm::TryAgain => {
                    let open = self.calls.get(&id).is_some_and(Call::is_open);
                    if open {
                        effects.push(Effect::Launch(id));
                    }
                }
            }
        }
    }

    /// A message is sent for the call.
    pub(super) fn run_begins(&mut self, id: Uuid) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.runs += 1;
        }
    }

    /// A publish was queued at an integration.
    pub(super) fn carried(
        &mut self,
        id: Uuid,
        integration: IntegrationId,
        effects: &mut Vec<Effect>,
    ) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if !call.carriers.contains(&integration) {
            call.carriers.push(integration);
            if call.carriers.len() == 1 {
                let (device, order) = (call.device, call.order);
                self.wake_later(device, order, effects);
            }
        }
    }

    /// Whether no earlier call of the device can still produce a publish.
    pub(super) fn may_leave(&self, id: Uuid) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return true;
        };
        let Some(device) = self.devices.get(&call.device) else {
            return true;
        };
        !device
            .range(..call.order)
            .filter_map(|(_, earlier)| self.calls.get(earlier))
            .any(Call::may_produce)
    }

    /// A publish is on its way, or came back.
    pub(super) fn sent(&mut self, id: Uuid, sent: bool, now: Millis, effects: &mut Vec<Effect>) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) else {
            return;
        };
        if !sent {
            if call.taken.is_none() {
                call.sent = None;
                if let Some(stored) = &mut call.stored {
                    stored.becomes(RpcStatus::Queued, effects);
                }
            }
            return;
        }
        call.sent.get_or_insert(now);
        if let Some(stored) = &mut call.stored
            && stored.rpc.status == RpcStatus::Queued
        {
            stored.becomes(RpcStatus::Sent, effects);
        }
    }

    /// A publish is with the broker.
    pub(super) fn taken(&mut self, id: Uuid, now: Millis, effects: &mut Vec<Effect>) {
        let reference = self.reference_outcomes;
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) else {
            return;
        };
        if call.taken.is_some() {
            return;
        }
        call.sent.get_or_insert(now);
        call.taken = Some(now);
        for watcher in call.watchers.drain(..) {
            let _ = watcher.send(CallOutcome::Taken);
        }
        let mut overdue = None;
        if let Some(stored) = &mut call.stored {
            stored.becomes(RpcStatus::Delivered, effects);
            if !call.oneway && call.retries.is_some() {
                overdue = Some(now.saturating_add(stored.answer_within));
            }
        }
        if call.oneway && (call.stored.is_some() || !reference) {
            self.end(id, CallOutcome::Taken, now, effects);
        } else if let Some(at) = overdue {
            self.alarm(at, id, Alarm::AnswerOverdue);
        }
    }

    /// A branch failed.
    pub(super) fn failed(&mut self, id: Uuid, reason: &str) {
        if let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) {
            call.reason = Some(bounded(reason));
        }
    }

    /// The last branch of one message of the call has ended.
    pub(super) fn run_ended(&mut self, id: Uuid, now: Millis, effects: &mut Vec<Effect>) {
        let reference = self.reference_outcomes;
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.runs = call.runs.saturating_sub(1);
        if call.runs > 0 {
            return;
        }
        let (device, order) = (call.device, call.order);
        if call.end.is_some() {
            self.forget(id);
        } else if call.taken.is_none() {
            if let Some(stored) = &mut call.stored {
                // Nothing took it: it waits for another attempt.
                call.sent = None;
                stored.becomes(RpcStatus::Queued, effects);
                let at = now.saturating_add(stored.pause);
                stored.pause = (stored.pause * 2).min(LONGEST_PAUSE);
                self.alarm(at, id, Alarm::TryAgain);
            } else if !reference {
                let failure = self.untaken(id);
                self.end(id, CallOutcome::Failed(failure), now, effects);
            }
        }
        self.wake_later(device, order, effects);
    }

    fn untaken(&self, id: Uuid) -> CallFailure {
        let reason = self.calls.get(&id).and_then(|call| call.reason.clone());
        CallFailure {
            code: FailureCode::NoActiveConnection,
            reason: reason.unwrap_or_else(|| {
                "nothing in the rule chain handed the command to an integration: connect an integration downlink node to \"RPC Request to Device\"".to_owned()
            }),
            taken: false,
        }
    }

    /// An answer came.
    pub(super) fn answered(
        &mut self,
        id: Uuid,
        answer: &str,
        now: Millis,
        effects: &mut Vec<Effect>,
    ) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) else {
            return;
        };
        if let Some(stored) = &mut call.stored {
            let json = serde_json::from_str(answer)
                .unwrap_or_else(|_| serde_json::Value::String(answer.to_owned()));
            stored.rpc.response = Some(json);
            stored.becomes(RpcStatus::Successful, effects);
        }
        self.end(id, CallOutcome::Answered(answer.into()), now, effects);
    }

    /// Somebody takes a call back.
    pub(super) fn withdraw(&mut self, id: Uuid, now: Millis, effects: &mut Vec<Effect>) {
        if let Some(call) = self.calls.get(&id).filter(|call| call.is_open()) {
            let failure = CallFailure {
                code: FailureCode::Withdrawn,
                reason: "the call was deleted".to_owned(),
                taken: call.taken.is_some(),
            };
            self.end(id, CallOutcome::Failed(failure), now, effects);
        }
    }

    fn expire(&mut self, id: Uuid, now: Millis, effects: &mut Vec<Effect>) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) else {
            return;
        };
        let failure = match (call.taken, &call.reason) {
            (Some(_), _) if call.oneway => CallFailure {
                code: FailureCode::Timeout,
                reason: "the command is with the broker; rpc.reference_outcomes does not count that as success".to_owned(),
                taken: true,
            },
            (Some(_), _) => CallFailure {
                code: FailureCode::Timeout,
                reason: "the command is with the broker, but the device did not answer in time".to_owned(),
                taken: true,
            },
            (None, Some(reason)) => CallFailure {
                code: FailureCode::NoActiveConnection,
                reason: reason.clone(),
                taken: false,
            },
            (None, None) => CallFailure {
                code: FailureCode::NoActiveConnection,
                reason: if call.carriers.is_empty() {
                    "the time was up before the rule chain handed the command to an integration".to_owned()
                } else {
                    "the time was up while the command waited for the broker".to_owned()
                },
                taken: false,
            },
        };
        if let Some(stored) = &mut call.stored {
            stored.becomes(RpcStatus::Expired, effects);
        }
        self.end(id, CallOutcome::Failed(failure), now, effects);
    }

    /// The device did not answer one attempt of a stored call.
    fn answer_overdue(&mut self, id: Uuid, now: Millis, effects: &mut Vec<Effect>) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) else {
            return;
        };
        let Some(stored) = &mut call.stored else {
            return;
        };
        let retries = call.retries.unwrap_or(0);
        if stored.rpc.attempts < retries {
            stored.rpc.attempts += 1;
            stored.becomes(RpcStatus::Timeout, effects);
            stored.becomes(RpcStatus::Queued, effects);
            call.taken = None;
            call.sent = None;
            call.carriers.clear();
            effects.push(Effect::Launch(id));
            return;
        }
        let reason = format!("the device did not answer; all retries are used up: {retries}");
        stored.rpc.response = Some(serde_json::json!({ "error": reason }));
        stored.becomes(RpcStatus::Failed, effects);
        let failure = CallFailure {
            code: FailureCode::Timeout,
            reason,
            taken: true,
        };
        self.end(id, CallOutcome::Failed(failure), now, effects);
    }

    fn end(&mut self, id: Uuid, outcome: CallOutcome, now: Millis, effects: &mut Vec<Effect>) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_open()) else {
            return;
        };
        self.alarms.remove(&(call.expires, id, Alarm::Expires));
        self.open -= 1;
        let failed = matches!(outcome, CallOutcome::Failed(_));
        for waiting in call.callers.drain(..).chain(call.watchers.drain(..)) {
            let _ = waiting.send(outcome.clone());
        }
        call.end = Some(outcome);
        for carrier in &call.carriers {
            effects.push(if failed {
                Effect::Withdraw(*carrier, id)
            } else {
                Effect::Wake(*carrier)
            });
        }
        let (tenant, device, order) = (call.tenant, call.device, call.order);
        let view = call.view(id, Some(now));
        if call.runs == 0 {
            self.forget(id);
        }
        self.recent.add(tenant, device, view);
        self.wake_later(device, order, effects);
    }

    fn forget(&mut self, id: Uuid) {
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        if let Some(device) = self.devices.get_mut(&call.device) {
            device.remove(&call.order);
            if device.is_empty() {
                self.devices.remove(&call.device);
            }
        }
    }

    /// What later calls of the device queued may leave now.
    fn wake_later(&self, device: EntityId, order: u64, effects: &mut Vec<Effect>) {
        let Some(calls) = self.devices.get(&device) else {
            return;
        };
        let mut woken: Vec<IntegrationId> = Vec::new();
        for later in calls
            .range(order + 1..)
            .filter_map(|(_, id)| self.calls.get(id))
        {
            for carrier in &later.carriers {
                if !woken.contains(carrier) {
                    woken.push(*carrier);
                    effects.push(Effect::Wake(*carrier));
                }
            }
        }
    }

    /// Open and remembered calls of a device, newest first.
    pub(super) fn views(&self, tenant: TenantId, device: EntityId) -> Vec<CallView> {
        let open = self
            .of_device(device)
            .filter(|(_, call)| call.is_open() && call.tenant == tenant)
            .map(|(id, call)| call.view(id, None));
        let mut views: Vec<CallView> = self.recent.of(device).cloned().chain(open).collect();
        views.sort_by_key(|view| std::cmp::Reverse((view.created_time, view.request_uuid)));
        views
    }

    /// Ids of every open call of a device.
    pub(super) fn open_ids(&self, device: EntityId) -> Vec<Uuid> {
        self.of_device(device)
            .filter(|(_, call)| call.is_open())
            .map(|(id, _)| id)
            .collect()
    }
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
