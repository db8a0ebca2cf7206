//! What happens to a new entity whose name is taken.

use millrace_model::{EntityType, TenantId};
use rand::distr::{Alphanumeric, SampleString};

use crate::{PlatformError, Records, Result, records::NAME_MAX};

/// Names tried before giving up.
const TRIES: u32 = 1_000;
/// Length of a random ending (characters).
const RANDOM_LENGTH: usize = 6;

/// What to do when the name of a new entity is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NameConflict {
    /// Refuse it.
    #[default]
    Fail,
    /// Append something that makes it unique.
    Uniquify {
        /// What stands between the name and the ending; `_` is usual.
        separator: String,
        /// Count up from 1 instead of a random ending.
        incremental: bool,
    },
}

impl NameConflict {
    /// The name to save under: `name` itself while it is free or the policy is to refuse.
    pub(super) fn resolve(
        &self,
        records: &Records,
        tenant: TenantId,
        kind: EntityType,
        name: &str,
    ) -> Result<String> {
        let free = |name: &str| -> Result<bool> {
            Ok(records.store().by_name(tenant, kind, name)?.is_none())
        };
        let Self::Uniquify {
            separator,
            incremental,
        } = self
        else {
            return Ok(name.to_owned());
        };
        if free(name)? {
            return Ok(name.to_owned());
        }
        for number in 1..=TRIES {
            let ending = if *incremental {
                number.to_string()
            } else {
                Alphanumeric.sample_string(&mut rand::rng(), RANDOM_LENGTH)
            };
            let candidate = format!("{name}{separator}{ending}");
            if candidate.chars().count() > NAME_MAX {
                break;
            }
            if free(&candidate)? {
                return Ok(candidate);
            }
        }
        Err(PlatformError::invalid(
            "name",
            format!("name '{name}' is taken and no free variant was found: choose another name"),
        ))
    }
}
