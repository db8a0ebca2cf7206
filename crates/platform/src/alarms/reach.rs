//! Who lists an alarm: its originator, and those it propagates to.

use std::collections::{BTreeSet, VecDeque};

use millrace_model::{
    EntityId, EntityType,
    entity::{Alarm, Entity, EntityRelation},
};
use millrace_store::entities::Change;

use super::{Alarms, LISTED};
use crate::{Result, Scope, relations::COMMON};

/// Most entities one alarm propagates to.
const MOST_LISTING: usize = 1_000;

impl Alarms {
    /// Everybody who lists this alarm.
    fn listing(&self, scope: &Scope, alarm: &Alarm) -> Result<BTreeSet<EntityId>> {
        let Some(originator) = alarm.originator else {
            return Ok(BTreeSet::new());
        };
        let mut listing = BTreeSet::from([originator]);
        if alarm.propagate {
            let mut todo = VecDeque::from([originator]);
            while let Some(entity) = todo.pop_front() {
                for relation in
                    self.records
                        .store()
                        .relations(scope.tenant, entity, false, COMMON)?
                {
                    let wanted = alarm.propagate_relation_types.is_empty()
                        || alarm
                            .propagate_relation_types
                            .contains(&relation.relation_type);
                    if wanted && listing.len() < MOST_LISTING && listing.insert(relation.from) {
                        todo.push_back(relation.from);
                    }
                }
            }
        }
        if alarm.propagate_to_owner {
            listing.insert(match alarm.customer() {
                Some(customer) => EntityId::new(EntityType::Customer, customer),
                None => scope.tenant.into(),
            });
        }
        if alarm.propagate_to_tenant {
            listing.insert(scope.tenant.into());
        }
        Ok(listing)
    }

    /// Changes that make these and nobody else list the alarm.
    pub(super) fn changes_to_list(
        &self,
        scope: &Scope,
        alarm: &Alarm,
        created: bool,
    ) -> Result<Vec<Change>> {
        let Some(id) = alarm.id else {
            return Ok(Vec::new());
        };
        let wanted = self.listing(scope, alarm)?;
        let before: BTreeSet<EntityId> = if created {
            BTreeSet::new()
        } else {
            self.records
                .store()
                .relations(scope.tenant, id.into(), false, LISTED)?
                .into_iter()
                .map(|relation| relation.from)
                .collect()
        };
        let relation = |from: EntityId| EntityRelation {
            from,
            to: id.into(),
            relation_type: "lists".to_owned(),
            type_group: LISTED.to_owned(),
            additional_info: None,
            version: None,
        };
        let more = wanted.difference(&before).map(|entity| Change::Relate {
            tenant: scope.tenant,
            relation: relation(*entity),
        });
        let fewer = before.difference(&wanted).map(|entity| Change::Unrelate {
            tenant: scope.tenant,
            relation: relation(*entity),
        });
        Ok(more.chain(fewer).collect())
    }
}
