//! Which call an answer is for.

use millrace_model::{EntityId, Millis, TenantId};
use uuid::Uuid;

use super::book::Book;

/// What a device answered.
#[derive(Debug, Clone, Copy)]
pub struct DeviceAnswer<'a> {
    /// Tenant of the device.
    pub tenant: TenantId,
    /// The device; `None` when only the call is known (correlation data).
    pub device: Option<EntityId>,
    /// `requestUUID` or `requestId` of the call; `None`: the only call that is open.
    pub call: Option<&'a str>,
    /// The answer.
    pub data: &'a str,
    /// When it arrived.
    pub arrived: Millis,
    /// Whether it arrived in this process. What an earlier one left cannot be for a call of this
    /// one that it does not name.
    pub live: bool,
}

impl Book {
    /// The call an answer is for.
    ///
    /// # Errors
    /// Why it is for none, for people.
    pub(super) fn match_answer(&self, answer: &DeviceAnswer<'_>) -> Result<Uuid, String> {
        match answer.call {
            Some(name) => self.named(answer, name),
            None => self.only_open(answer),
        }
    }

    fn named(&self, answer: &DeviceAnswer<'_>, name: &str) -> Result<Uuid, String> {
        // A UUID is nobody else's; the short number is one device's.
        let found = match Uuid::parse_str(name) {
            Ok(id) => self.call(id).map(|call| (id, call)),
            Err(_) => {
                let number: i64 = name.parse().map_err(|_| {
                    format!(
                        "its id \"{}\" is neither a requestUUID nor a requestId",
                        short(name)
                    )
                })?;
                answer.device.and_then(|device| {
                    self.of_device(device)
                        .find(|(_, call)| i64::from(call.request_id) == number)
                })
            }
        };
        match found.filter(|(_, call)| call.tenant == answer.tenant) {
            Some((id, call)) if call.is_open() && !call.oneway => Ok(id),
            Some((_, call)) if call.oneway => Err(format!(
                "call {} is one-way: nobody waits for an answer",
                short(name)
            )),
            Some(_) => Err(format!("call {} has ended already", short(name))),
            None => match self.recent.ended(answer.tenant, answer.device, name) {
                Some(how) => Err(format!("call {} has ended already ({how})", short(name))),
                None => Err(format!("no call has the id {}", short(name))),
            },
        }
    }

    fn only_open(&self, answer: &DeviceAnswer<'_>) -> Result<Uuid, String> {
        let Some(device) = answer.device else {
            return Err("it names neither a call nor a device".to_owned());
        };
        if !answer.live {
            return Err("it names no call and came before the server's start".to_owned());
        }
        let fits = |call: &super::book::Call| {
            call.tenant == answer.tenant
                && call.is_open()
                && !call.oneway
                && call.sent.is_some_and(|sent| sent <= answer.arrived)
        };
        let mut open = self.of_device(device).filter(|(_, call)| fits(call));
        match (open.next(), open.count()) {
            (Some((id, _)), 0) => Ok(id),
            (None, _) => {
                Err("it names no call, and no call of the device waits for an answer".to_owned())
            }
            (Some(_), others) => Err(format!(
                "it names no call, and {} calls of the device wait for an answer: return requestUUID or requestId in rpcResponse, or set rpcOneAtATime",
                others + 1
            )),
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}
