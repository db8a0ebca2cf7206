//! Whose messages are meant: an integration, or every integration of a converter.

use millrace_model::{
    entity::{Converter, Integration},
    id::ConverterId,
};
use millrace_store::entities::EntityFilter;
use uuid::Uuid;

use crate::{PlatformError, Records, Result, Scope, path::own_metadata};

/// An integration, as far as its messages need it.
pub(super) struct SourceOf {
    pub(super) id: Uuid,
    pub(super) name: String,
    /// What it gives every message.
    pub(super) metadata: Vec<(String, String)>,
    /// Its uplink converter.
    pub(super) converter: Option<ConverterId>,
}

impl SourceOf {
    pub(super) fn of(integration: &Integration) -> Self {
        Self {
            id: integration.id.unwrap_or_default().0,
            name: integration.name.clone(),
            metadata: own_metadata(integration),
            converter: integration.default_converter_id,
        }
    }
}

/// The integrations that `id` means; none for a converter that nothing uses.
pub(super) fn find(records: &Records, scope: &Scope, id: Uuid) -> Result<Vec<SourceOf>> {
    let table = records.table::<Integration>();
    if let Some(integration) = table.get(scope.tenant, id)? {
        return Ok(vec![SourceOf::of(&integration)]);
    }
    let converter: Option<Converter> = records.table().get(scope.tenant, id)?;
    if converter.is_none() {
        return Err(PlatformError::not_found("Integration or converter", id));
    }
    let integrations: Vec<Integration> = records.collect(scope, &EntityFilter::default())?;
    let used = integrations
        .iter()
        .filter(|integration| integration.default_converter_id == Some(ConverterId(id)));
    Ok(used.map(SourceOf::of).collect())
}
