//! Rows of one kind behind a filter, within the wall of the caller.

use std::collections::BTreeMap;

use millrace_model::{EntityId, EntityType};
use millrace_store::entities::{EntityFilter, EntityRow};
use uuid::Uuid;

use crate::{Result, Scope, access};

/// Rows of one kind.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) kind: EntityType,
    /// What the store picks by.
    pub(super) filter: EntityFilter,
    /// What it cannot pick by.
    rest: Rest,
}

#[derive(Debug, Clone, Default)]
struct Rest {
    name: Option<NamePattern>,
    types: Vec<String>,
    /// Dashboards that are a customer's or assigned to it.
    dashboards_of: Option<Uuid>,
    /// Nothing of this kind is for the caller.
    nothing: bool,
}

impl Source {
    pub(super) fn of_kind(kind: EntityType) -> Self {
        Self {
            kind,
            filter: EntityFilter::default(),
            rest: Rest::default(),
        }
    }

    /// Single entities, one source for each kind.
    pub(super) fn of_ids(ids: impl IntoIterator<Item = EntityId>) -> Vec<Self> {
        let mut kinds: BTreeMap<EntityType, Vec<Uuid>> = BTreeMap::new();
        for id in ids {
            kinds.entry(id.entity_type).or_default().push(id.id);
        }
        let sources = kinds.into_iter().map(|(kind, mut ids)| {
            ids.sort_unstable();
            ids.dedup();
            let mut source = Self::of_kind(kind);
            source.filter.ids = Some(ids);
            source
        });
        sources.collect()
    }

    pub(super) fn within(self, filter: EntityFilter) -> Self {
        Self { filter, ..self }
    }

    /// Only with such a name; any when blank.
    pub(super) fn named(mut self, pattern: &str) -> Self {
        if !pattern.is_empty() {
            self.rest.name = Some(NamePattern::of(pattern));
        }
        self
    }

    /// Only of these types; any when there are none.
    pub(super) fn typed(mut self, types: &[String], older: Option<&str>) -> Self {
        let mut types: Vec<String> = types.to_vec();
        if types.is_empty() {
            types.extend(older.map(str::to_owned));
        }
        types.retain(|name| !name.is_empty());
        if let [only] = types.as_slice() {
            self.filter.subtype = Some(only.clone());
        } else {
            self.rest.types = types;
        }
        self
    }

    /// Takes away what is not the caller's.
    pub(super) fn walled(mut self, scope: &Scope) -> Result<Self> {
        let Some(customer) = access::customer_wall(scope)? else {
            return Ok(self);
        };
        match self.kind {
            EntityType::Device
            | EntityType::Asset
            | EntityType::EntityView
            | EntityType::EntityGroup => self.filter.customer = Some(customer),
            EntityType::Dashboard => self.rest.dashboards_of = Some(customer),
            EntityType::Customer => self.only(Some(customer)),
            EntityType::User => self.only(scope.user),
            EntityType::DeviceProfile | EntityType::AssetProfile => {}
            _ => self.rest.nothing = true,
        }
        Ok(self)
    }

    fn only(&mut self, id: Option<Uuid>) {
        let fits = |ids: &Vec<Uuid>| id.is_some_and(|id| ids.contains(&id));
        if self.filter.ids.as_ref().is_none_or(fits) {
            self.filter.ids = Some(id.into_iter().collect());
        } else {
            self.rest.nothing = true;
        }
    }

    /// Whether there can be nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.nothing || self.filter.ids.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the store's filter says it all.
    pub(super) fn is_plain(&self) -> bool {
        let rest = &self.rest;
        rest.name.is_none() && rest.types.is_empty() && rest.dashboards_of.is_none()
    }

    /// Whether a row of the store's filter fits the rest too.
    pub(super) fn fits(&self, row: &EntityRow) -> bool {
        let rest = &self.rest;
        let named = rest
            .name
            .as_ref()
            .is_none_or(|pattern| pattern.fits(&row.name));
        let typed = rest.types.is_empty()
            || row
                .subtype
                .as_ref()
                .is_some_and(|subtype| rest.types.contains(subtype));
        let owned = rest.dashboards_of.is_none_or(|customer| {
            row.customer == Some(customer) || access::is_assigned(&row.body, customer)
        });
        named && typed && owned
    }
}

/// A beginning of a name, or a pattern with `%` (any text) and `_` (any character); without
/// regard to case.
#[derive(Debug, Clone)]
pub(super) struct NamePattern {
    /// In lower case.
    text: Vec<char>,
    is_pattern: bool,
}

impl NamePattern {
    pub(super) fn of(text: &str) -> Self {
        let is_pattern = text.contains(['%', '_']);
        let text = text.to_lowercase().chars().collect();
        Self { text, is_pattern }
    }

    pub(super) fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        if self.is_pattern {
            like(&self.text, &name)
        } else {
            name.starts_with(&self.text)
        }
    }
}

/// Greedy matching with one place to go back to: quadratic at worst.
fn like(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('%') => {
                back = Some((p + 1, n));
                p += 1;
            }
            Some(wanted) if *wanted == '_' || name.get(n) == Some(wanted) => {
                p += 1;
                n += 1;
            }
            _ => match back {
                Some((after, from)) => {
                    back = Some((after, from + 1));
                    p = after;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|left| *left == '%')
}

#[cfg(test)]
mod pattern_tests {
    use super::*;

    #[test]
    fn names_begin_with_the_text_or_fit_the_pattern() {
        for (pattern, name, fits) in [
            ("therm", "Thermostat-A", true),
            ("stat", "Thermostat-A", false),
            ("%stat%", "Thermostat-A", true),
            ("%-b", "Thermostat-A", false),
            ("T_ermo%", "thermostat-a", true),
            ("T_ermo", "thermostat-a", false),
            ("%a%a%", "banana", true),
            ("%", "", true),
        ] {
            assert_eq!(
                NamePattern::of(pattern).fits(name),
                fits,
                "{pattern} {name}"
            );
        }
    }
}
