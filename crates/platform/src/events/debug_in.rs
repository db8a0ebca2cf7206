//! The newest input of a station, read back from its events to fill a test dialog.

use millrace_model::{
    EntityId, PageLink, SortOrder, TenantId,
    entity::ConverterType,
    event::EventType,
    id::{ConverterId, RuleNodeId},
};
use millrace_store::{Events, events::EventFilter};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::Direction;
use crate::Result;

/// What a converter was run with last. All members are texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConverterInput {
    /// `JSON`, `TEXT` or `BINARY` (base64).
    pub in_content_type: String,
    /// Payload or message.
    pub in_content: String,
    /// Metadata as JSON text.
    pub in_metadata: String,
    /// Type of the message, for a downlink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_msg_type: Option<String>,
    /// Metadata of the integration as JSON text, for a downlink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_integration_metadata: Option<String>,
}

pub(super) fn of_converter(
    events: &dyn Events,
    tenant: TenantId,
    converter: ConverterId,
    direction: Option<ConverterType>,
) -> Result<Option<ConverterInput>> {
    let contains = direction
        .map(|direction| match direction {
            ConverterType::Uplink => Direction::Uplink,
            ConverterType::Downlink => Direction::Downlink,
        })
        .map(|direction| ("type".to_owned(), direction.as_str().to_owned()));
    let filter = EventFilter {
        event_type: Some(EventType::DebugConverter),
        contains: contains.into_iter().collect(),
        ..EventFilter::default()
    };
    let Some(body) = newest(events, tenant, converter.into(), &filter)? else {
        return Ok(None);
    };
    Ok(Some(ConverterInput {
        in_content_type: text(&body, "inMessageType").unwrap_or_default(),
        in_content: text(&body, "in").unwrap_or_default(),
        in_metadata: text(&body, "metadata").unwrap_or_default(),
        in_msg_type: text(&body, "inMsgType"),
        in_integration_metadata: text(&body, "inIntegrationMetadata"),
    }))
}

pub(super) fn of_node(
    events: &dyn Events,
    tenant: TenantId,
    node: RuleNodeId,
) -> Result<Option<Json>> {
    let filter = EventFilter {
        event_type: Some(EventType::DebugRuleNode),
        contains: vec![("type".to_owned(), "IN".to_owned())],
        ..EventFilter::default()
    };
    let Some(body) = newest(events, tenant, node.into(), &filter)? else {
        return Ok(None);
    };
    let metadata = text(&body, "metadata")
        .and_then(|text| serde_json::from_str::<Json>(&text).ok())
        .unwrap_or_else(|| json!({}));
    Ok(Some(json!({
        "msg": text(&body, "data"),
        "metadata": metadata,
        "msgType": text(&body, "msgType"),
    })))
}

fn newest(
    events: &dyn Events,
    tenant: TenantId,
    station: EntityId,
    filter: &EventFilter,
) -> Result<Option<Json>> {
    let link = PageLink {
        sort_property: Some("createdTime".to_owned()),
        sort_order: SortOrder::Desc,
        ..PageLink::first(1)
    };
    let page = events.page(tenant, station, filter, &link)?;
    Ok(page.data.into_iter().next().map(|event| event.body))
}

fn text(body: &Json, member: &str) -> Option<String> {
    body.get(member).and_then(Json::as_str).map(str::to_owned)
}
