//! What is remembered of calls that ended, and how calls are shown.

use std::collections::{HashMap, VecDeque};

use millrace_model::{EntityId, Millis, TenantId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Ended calls of one device that are remembered.
const PER_DEVICE: usize = 20;
/// Ended calls that are remembered at all.
const IN_ALL: usize = 2_000;
/// Longest text that is kept of parameters, answers and reasons (bytes).
const TEXT_MAX: usize = 1_024;

/// A call, as people see it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// Id of the call.
    #[serde(rename = "requestUUID")]
    pub request_uuid: Uuid,
    /// Short id, unique among the device's recent calls.
    pub request_id: i32,
    /// Name of the method.
    pub method: String,
    /// Parameters as JSON text; long ones are cut.
    pub params: Option<String>,
    /// Whether nobody waits for an answer.
    pub oneway: bool,
    /// Whether it is stored.
    pub persistent: bool,
    /// `WAITING` (in its chain or a queue), `SENT` (on its way to the broker), `TAKEN` (with the
    /// broker), `ANSWERED`, or `FAILED`.
    pub state: &'static str,
    /// Code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Why it failed, or what its last branch failed of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The answer; a long one is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// When it began (ms).
    pub created_time: Millis,
    /// When it is no use any more (ms).
    pub expiration_time: Millis,
    /// When a publish was first with the broker (ms).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_time: Option<Millis>,
    /// When it ended (ms).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_time: Option<Millis>,
}

/// A text that may be kept.
pub(super) fn bounded(text: &str) -> String {
    if text.len() <= TEXT_MAX {
        return text.to_owned();
    }
    let end = (0..=TEXT_MAX).rev().find(|at| text.is_char_boundary(*at));
    format!("{}…", text.get(..end.unwrap_or(0)).unwrap_or_default())
}

/// Calls that ended lately.
#[derive(Default)]
pub(super) struct Recent {
    devices: HashMap<EntityId, VecDeque<(TenantId, CallView)>>,
    /// Devices by the order in which their calls ended, for the bound over all.
    order: VecDeque<EntityId>,
}

impl Recent {
    pub(super) fn add(&mut self, tenant: TenantId, device: EntityId, view: CallView) {
        let calls = self.devices.entry(device).or_default();
        calls.push_back((tenant, view));
        if calls.len() > PER_DEVICE {
            calls.pop_front();
            // The oldest entry of this device in the order stands for the one that went.
            if let Some(place) = self.order.iter().position(|known| *known == device) {
                self.order.remove(place);
            }
        }
        self.order.push_back(device);
        if self.order.len() > IN_ALL
            && let Some(oldest) = self.order.pop_front()
            && let Some(calls) = self.devices.get_mut(&oldest)
        {
            calls.pop_front();
            if calls.is_empty() {
                self.devices.remove(&oldest);
            }
        }
    }

    pub(super) fn of(&self, device: EntityId) -> impl Iterator<Item = &CallView> {
        self.devices
            .get(&device)
            .into_iter()
            .flatten()
            .map(|(_, view)| view)
    }

    /// Whether a device's recent call had this short id.
    pub(super) fn has_request_id(&self, device: EntityId, request_id: i32) -> bool {
        self.of(device).any(|view| view.request_id == request_id)
    }

    /// How the call with this id ended.
    pub(super) fn ended(
        &self,
        tenant: TenantId,
        device: Option<EntityId>,
        name: &str,
    ) -> Option<&'static str> {
        let how = |view: &CallView| view.code.unwrap_or(view.state);
        let Ok(id) = Uuid::parse_str(name) else {
            let number: i32 = name.parse().ok()?;
            return self
                .of(device?)
                .find(|view| view.request_id == number)
                .map(how);
        };
        self.devices
            .values()
            .flatten()
            .find(|(owner, view)| *owner == tenant && view.request_uuid == id)
            .map(|(_, view)| how(view))
    }

    pub(super) fn forget(&mut self, device: EntityId) {
        self.devices.remove(&device);
        self.order.retain(|known| *known != device);
    }
}

#[cfg(test)]
mod tests {
    use millrace_model::EntityType;

    use super::*;

    fn view(number: u128) -> CallView {
        CallView {
            request_uuid: Uuid::from_u128(number),
            request_id: i32::try_from(number).unwrap(),
            method: "m".to_owned(),
            params: None,
            oneway: true,
            persistent: false,
            state: "TAKEN",
            code: None,
            reason: None,
            answer: None,
            created_time: 1,
            expiration_time: 2,
            taken_time: None,
            ended_time: None,
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_for_one_device_and_for_all() {
        let mut recent = Recent::default();
        let device = |n: u128| EntityId::new(EntityType::Device, Uuid::from_u128(n));
        for number in 0..30 {
            recent.add(TenantId::null(), device(0), view(number));
        }
        assert_eq!(recent.of(device(0)).count(), PER_DEVICE);
        assert!(!recent.has_request_id(device(0), 9) && recent.has_request_id(device(0), 29));
        for number in 0..IN_ALL as u128 {
            recent.add(TenantId::null(), device(1 + number / 10), view(number));
        }
        assert_eq!(recent.order.len(), IN_ALL);
        let kept: usize = recent.devices.values().map(VecDeque::len).sum();
        assert_eq!(kept, IN_ALL);
        assert_eq!(recent.of(device(0)).count(), 0, "the oldest go first");
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let long = "é".repeat(TEXT_MAX);
        assert!(bounded(&long).ends_with('…') && bounded(&long).len() <= TEXT_MAX + 4);
        assert_eq!(bounded("short"), "short");
    }
}
