//! Decides which new devices are told one by one and which are counted in a summary.

use millrace_model::{Millis, TenantId};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::created::{CreatedDevice, Plan, Summary};

/// Most single notifications in a minute for one tenant.
const SINGLES: usize = 20;
const MINUTE_MS: Millis = 60 * 1_000;

/// The recent creations of each tenant.
#[derive(Debug, Default)]
pub(super) struct Floods {
    tenants: FxHashMap<TenantId, Flood>,
}

#[derive(Debug, Default)]
struct Flood {
    window_start: Millis,
    in_window: usize,
    summary: Option<Summary>,
}

impl Floods {
    /// Splits `created` into those told one by one and the summary that counts the rest. A
    /// summary goes on counting while more than the limit come in a minute; the first quiet
    /// minute ends it.
    pub(super) fn plan<'a>(
        &mut self,
        tenant: TenantId,
        created: &'a [CreatedDevice],
        now: Millis,
    ) -> Plan<'a> {
        let flood = self.tenants.entry(tenant).or_default();
        if now - flood.window_start >= MINUTE_MS || now < flood.window_start {
            let quiet = flood.in_window <= SINGLES || now - flood.window_start >= 2 * MINUTE_MS;
            if quiet {
                flood.summary = None;
            }
            flood.window_start = now;
            flood.in_window = 0;
        }
        let room = if flood.summary.is_some() {
            0
        } else {
            SINGLES.saturating_sub(flood.in_window)
        };
        flood.in_window = flood.in_window.saturating_add(created.len());
        let (singles, rest) = created.split_at(room.min(created.len()));
        if let Some(last) = rest.last() {
            let summary = flood.summary.get_or_insert_with(|| Summary {
                seed: Uuid::now_v7(),
                started: now,
                count: 0,
                last: String::new(),
                actor: String::new(),
            });
            summary.count += rest.len() as u64;
            summary.last.clone_from(&last.name);
            summary.actor.clone_from(&last.actor.name);
        }
        Plan {
            now,
            singles,
            summary: (!rest.is_empty()).then(|| flood.summary.clone()).flatten(),
        }
    }
}

#[cfg(test)]
mod tests {
    use millrace_model::id::DeviceId;

    use super::*;
    use crate::notifications::Actor;

    fn devices(count: usize) -> Vec<CreatedDevice> {
        (0..count)
            .map(|number| CreatedDevice {
                device: DeviceId::new(),
                name: format!("SN-{number}"),
                customer: None,
                actor: Actor::named("MQTT"),
            })
            .collect()
    }

    #[test]
    fn twenty_a_minute_are_single_and_the_rest_is_counted_until_a_quiet_minute() {
        let tenant = TenantId::new();
        let mut floods = Floods::default();
        let batch = devices(30);
        let plan = floods.plan(tenant, &batch, 1_000_000);
        assert_eq!(plan.singles.len(), 20);
        let summary = plan.summary.unwrap();
        assert_eq!((summary.count, summary.last.as_str()), (10, "SN-29"));

        let again = floods.plan(tenant, &batch, 1_030_000);
        assert_eq!(again.singles.len(), 0);
        let counted = again.summary.unwrap();
        assert_eq!((counted.count, counted.seed), (40, summary.seed));

        let next_minute = floods.plan(tenant, &batch[..1], 1_061_000);
        assert_eq!(next_minute.summary.unwrap().count, 41);
        let quiet = floods.plan(tenant, &batch[..1], 1_130_000);
        assert_eq!((quiet.singles.len(), quiet.summary), (1, None));
    }
}
