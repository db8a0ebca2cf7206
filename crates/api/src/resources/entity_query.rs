//! Entity queries, as dashboards ask them.

use axum::extract::State;
use millrace_model::{AttributeScope, PageData};
use millrace_platform::queries::{AvailableKeys, EntityCountQuery, EntityData, EntityDataQuery};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{Answer, ApiError},
    extract::{Caller, JsonBody, Query},
    state::Api,
};

/// A page of entities with the values asked for
#[utoipa::path(post, path = "/api/entitiesQuery/find", tag = "entity query",
    request_body = EntityDataQuery, responses((status = 200, body = PageData<EntityData>)))]
pub(crate) async fn find(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(body): JsonBody<Value>,
) -> Answer<PageData<EntityData>> {
    let query = EntityDataQuery::parse(body)?;
    api.answer(move |platform| platform.queries.find(&caller, &query))
        .await
}

/// How many entities a query means
#[utoipa::path(post, path = "/api/entitiesQuery/count", tag = "entity query",
    request_body = EntityCountQuery, responses((status = 200, body = u64)))]
pub(crate) async fn count(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(body): JsonBody<Value>,
) -> Answer<u64> {
    let query = EntityCountQuery::parse(body)?;
    api.answer(move |platform| platform.queries.count(&caller, &query))
        .await
}

/// Keys that the entities of a query have values for
#[utoipa::path(post, path = "/api/entitiesQuery/find/keys", tag = "entity query",
    params(("timeseries" = bool, Query), ("attributes" = bool, Query),
        ("scope" = Option<AttributeScope>, Query)),
    request_body = EntityDataQuery, responses((status = 200, body = AvailableKeys)))]
pub(crate) async fn keys(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    JsonBody(body): JsonBody<Value>,
) -> Answer<AvailableKeys> {
    let asked = EntityDataQuery::parse(body)?;
    let series = query.flag("timeseries", false)?;
    let attributes = query.flag("attributes", false)?;
    let scope = query.text("scope").map(scope_of).transpose()?;
    api.answer(move |platform| {
        platform
            .queries
            .keys(&caller, &asked, series, attributes, scope)
    })
    .await
}

/// Keys with the scope of attributes they are in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeysInGroups {
    /// Kinds of the entities.
    #[schema(value_type = Vec<String>)]
    entity_types: Vec<millrace_model::EntityType>,
    /// Keys of telemetry.
    timeseries: Vec<KeyOf>,
    /// Keys of attributes by scope.
    #[schema(value_type = Object)]
    attributes: std::collections::BTreeMap<AttributeScope, Vec<KeyOf>>,
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyOf {
    key: String,
}

/// Keys that the entities of a query have values for, attributes by scope
#[utoipa::path(post, path = "/api/v2/entitiesQuery/find/keys", tag = "entity query",
    params(("includeTimeseries" = Option<bool>, Query, description = "true when absent"),
        ("includeAttributes" = Option<bool>, Query, description = "true when absent"),
        ("scopes" = Option<Vec<String>>, Query)),
    request_body = EntityDataQuery, responses((status = 200, body = KeysInGroups)))]
pub(crate) async fn keys_in_groups(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    JsonBody(body): JsonBody<Value>,
) -> Answer<KeysInGroups> {
    let asked = EntityDataQuery::parse(body)?;
    let series = query.flag("includeTimeseries", true)?;
    let attributes = query.flag("includeAttributes", true)?;
    let mut scopes = Vec::new();
    for text in query.list("scopes") {
        scopes.push(scope_of(&text)?);
    }
    if scopes.is_empty() {
        scopes = vec![
            AttributeScope::Client,
            AttributeScope::Shared,
            AttributeScope::Server,
        ];
    }
    api.answer(move |platform| {
        let queries = &platform.queries;
        let all = queries.keys(&caller, &asked, series, false, None)?;
        let mut found = KeysInGroups {
            entity_types: all.entity_types.into_iter().collect(),
            timeseries: all.timeseries.iter().map(|key| key_of(key)).collect(),
            attributes: std::collections::BTreeMap::new(),
        };
        if attributes {
            for scope in scopes {
                let of = queries.keys(&caller, &asked, false, true, Some(scope))?;
                let keys = of.attribute.iter().map(|key| key_of(key)).collect();
                found.attributes.insert(scope, keys);
            }
        }
        Ok(found)
    })
    .await
}

fn key_of(key: &str) -> KeyOf {
    KeyOf {
        key: key.to_owned(),
    }
}

fn scope_of(text: &str) -> Result<AttributeScope, ApiError> {
    text.parse()
        .map_err(|error: millrace_model::telemetry::UnknownScope| {
            ApiError::bad_request(error.to_string())
        })
}
