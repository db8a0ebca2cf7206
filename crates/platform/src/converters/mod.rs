//! The data converters of a tenant: saved, listed and guarded here, run elsewhere.
//!
//! A converter is kept whole: members of its configuration that nothing here knows survive every
//! save. A script that does not compile is saved all the same (people save half-done work, and
//! an import must not fail on one line); running it says what is wrong.

mod configuration;
mod default_scripts;

use millrace_model::{
    PageData, PageLink,
    entity::{Converter, ConverterType, Integration},
    id::ConverterId,
};
use millrace_store::entities::EntityFilter;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    PlatformError, Records, Result, Scope, access, clock::now_ms, debug_rule, paging,
    records::check_name,
};

pub use default_scripts::default_script;

const WHAT: &str = "Converter";

/// Which converters a list shows.
#[derive(Debug, Clone, Default)]
pub struct ConverterFilter {
    /// Only templates for edge (true) or none of them (false).
    pub edge_template: bool,
    /// Only those for this integration type, or for every type.
    pub integration_type: Option<String>,
    /// Only this direction.
    pub converter_type: Option<ConverterType>,
}

/// The converters of a tenant. Only its administrators reach them.
#[derive(Clone)]
pub struct Converters {
    records: Records,
}

impl Converters {
    /// Converters kept in `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records }
    }

    /// Creates (without id) or updates a converter and returns it as stored.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for a missing name or type, a configuration that is no object
    /// and a script over the limit; a duplicate name; an old version.
    pub fn save(&self, scope: &Scope, mut converter: Converter) -> Result<Converter> {
        access::require_admin(scope)?;
        let stored = self.records.prepare(scope, WHAT, &mut converter)?;
        check_name("name", WHAT, &mut converter.name)?;
        let direction = converter.converter_type.ok_or_else(|| {
            PlatformError::invalid(
                "type",
                "Converter type should be specified: give UPLINK or DOWNLINK as type",
            )
        })?;
        configuration::complete(
            &mut converter.configuration,
            direction,
            converter.converter_version,
        )?;
        converter.debug_settings = Some(debug_rule::settings_to_store(
            converter.debug_mode,
            converter.debug_settings,
            stored.as_ref().and_then(|stored| stored.debug_settings),
            debug_rule::EVERYTHING,
            now_ms(),
            debug_rule::STATION_PERIOD_MS,
        ));
        converter.debug_mode = false;
        self.records
            .commit(scope, converter, stored.is_none(), Vec::new())
    }

    /// A converter.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: ConverterId) -> Result<Converter> {
        access::require_admin(scope)?;
        self.records.get(scope, WHAT, id.0)
    }

    /// The converters with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Converter>> {
        access::require_admin(scope)?;
        self.records.list(scope, ids, None)
    }

    /// A page of converters.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        filter: &ConverterFilter,
        link: &PageLink,
    ) -> Result<PageData<Converter>> {
        access::require_admin(scope)?;
        let rows = EntityFilter {
            subtype: filter
                .converter_type
                .map(|direction| direction.as_str().to_owned()),
            body_equals: vec![("edgeTemplate".to_owned(), Json::Bool(filter.edge_template))],
            ..EntityFilter::default()
        };
        let Some(wanted) = &filter.integration_type else {
            return Ok(self.records.table().page(scope.tenant, &rows, link)?);
        };
        paging::page_where(
            &self.records,
            scope,
            &rows,
            link,
            |converter: &Converter| {
                converter
                    .integration_type
                    .as_ref()
                    .is_none_or(|own| own.eq_ignore_ascii_case(wanted))
            },
        )
    }

    /// Deletes a converter that no integration uses.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] naming the integration that uses it; [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: ConverterId) -> Result<()> {
        let converter = self.get(scope, id)?;
        let integrations: Vec<Integration> =
            self.records.collect(scope, &EntityFilter::default())?;
        let user = integrations.iter().find(|integration| {
            integration.default_converter_id == Some(id)
                || integration.downlink_converter_id == Some(id)
        });
        if let Some(integration) = user {
            return Err(PlatformError::invalid(
                "converterId",
                format!(
                    "converter '{}' is used by integration '{}': give the integration another converter first",
                    converter.name, integration.name
                ),
            ));
        }
        self.records.delete(scope, id.into(), Vec::new())
    }
}

#[cfg(test)]
mod tests;
