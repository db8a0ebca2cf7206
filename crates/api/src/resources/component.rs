//! The palette of rule nodes.

use axum::{Json, http::StatusCode};
use millrace_platform::rules::{
    ComponentKind, NodeDescriptor,
    nodes::{descriptor, descriptors},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    error::{Answer, ApiError, ErrorCode},
    extract::{Caller, InPath, Query},
};

/// A kind of node and how it is set up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Component {
    /// Where it stands in the palette.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: ComponentKind,
    /// `TENANT`.
    scope: &'static str,
    /// `ENABLED`.
    clustering_mode: &'static str,
    /// Name in the palette.
    name: &'static str,
    /// Full type name, as exports write it.
    clazz: &'static str,
    /// `nodeDefinition`: description, labels, default settings.
    #[schema(value_type = Object)]
    configuration_descriptor: Value,
    /// Current version of its settings.
    configuration_version: i64,
    actions: Option<String>,
    has_queue_name: bool,
    /// Whether a setting is secret.
    has_secrets: bool,
}

impl Component {
    fn of(node: &NodeDescriptor) -> Self {
        Self {
            kind: node.kind,
            scope: "TENANT",
            clustering_mode: "ENABLED",
            name: node.name,
            clazz: node.type_name,
            configuration_descriptor: json!({ "nodeDefinition": {
                "details": node.description,
                "description": node.description,
                "inEnabled": true,
                "outEnabled": true,
                "relationTypes": node.outputs,
                "customRelations": node.custom_outputs,
                "ruleChainNode": false,
                "defaultConfiguration": node.default_settings(),
                "settings": node.settings,
                "oldNames": node.old_names,
                "uiResources": [],
                "configDirective": "",
                "icon": "",
                "iconUrl": "",
                "docUrl": "",
            }}),
            configuration_version: node.version,
            actions: None,
            has_queue_name: false,
            has_secrets: node.settings.iter().any(|setting| setting.secret),
        }
    }
}

/// Kinds of nodes
#[utoipa::path(get, path = "/api/components", tag = "rule chain",
    params(("componentTypes" = Vec<String>, Query,
            description = "ENRICHMENT, FILTER, TRANSFORMATION, ACTION, EXTERNAL, FLOW"),
        ("ruleChainType" = Option<String>, Query)),
    responses((status = 200, body = Vec<Component>)))]
pub(crate) async fn of_types(caller: Caller, query: Query) -> Answer<Vec<Component>> {
    query.required("componentTypes")?;
    of(caller, &query.list("componentTypes"))
}

/// Kinds of nodes in one part of the palette
#[utoipa::path(get, path = "/api/components/{componentType}", tag = "rule chain",
    params(("componentType" = String, Path), ("ruleChainType" = Option<String>, Query)),
    responses((status = 200, body = Vec<Component>)))]
pub(crate) async fn of_type(
    caller: Caller,
    InPath(kind): InPath<String>,
) -> Answer<Vec<Component>> {
    of(caller, &[kind])
}

/// A kind of node by its full type name
#[utoipa::path(get, path = "/api/component/{componentDescriptorClazz}", tag = "rule chain",
    params(("componentDescriptorClazz" = String, Path)),
    responses((status = 200, body = Component)))]
pub(crate) async fn get(caller: Caller, InPath(clazz): InPath<String>) -> Answer<Component> {
    caller.require_admin()?;
    let node = descriptor(&clazz).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            ErrorCode::NotFound,
            format!("there is no kind of node named {clazz}"),
        )
    })?;
    Ok(Json(Component::of(node)))
}

fn of(caller: Caller, kinds: &[String]) -> Answer<Vec<Component>> {
    caller.require_admin()?;
    let wanted = |node: &NodeDescriptor| {
        let name = serde_json::to_value(node.kind).unwrap_or_default();
        kinds.iter().any(|kind| name == kind.as_str())
    };
    let found = descriptors().iter().filter(|node| wanted(node));
    Ok(Json(found.map(|node| Component::of(node)).collect()))
}
