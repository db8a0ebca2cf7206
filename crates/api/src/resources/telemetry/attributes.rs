//! Attributes of an entity.

use std::sync::Arc;

use axum::extract::State;
use millrace_model::{
    AttributeScope, EntityId, EntityType,
    id::{DeviceId, parse_uuid},
    telemetry::Attribute,
};
use millrace_platform::{clock::now_ms, telemetry::parse_attributes};
use millrace_store::journal::OutRecord;
use serde_json::Value;

use super::{attribute_scope, keys, readable, required_keys, writable};
use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityPath, EntityPathAnd, InPath, Query, TextBody},
    state::Api,
};

/// Attributes of every scope
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/values/attributes",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("keys" = Option<String>, Query, description = "joined by commas; absent means all"),
        ("key" = Option<Vec<String>>, Query, description = "for keys that contain commas")),
    responses((status = 200, body = Vec<Attribute>)))]
pub(crate) async fn all(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<Vec<Attribute>> {
    read(api, caller, entity, None, &query).await
}

/// Attributes of one scope
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/values/attributes/{scope}",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), ("scope" = AttributeScope, Path),
        ("keys" = Option<String>, Query, description = "joined by commas; absent means all"),
        ("key" = Option<Vec<String>>, Query, description = "for keys that contain commas")),
    responses((status = 200, body = Vec<Attribute>)))]
pub(crate) async fn of_scope(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, scope)): InPath<EntityPathAnd>,
    query: Query,
) -> Answer<Vec<Attribute>> {
    let scope = attribute_scope(&scope)?;
    read(api, caller, entity, Some(scope), &query).await
}

/// Keys of the attributes of every scope
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/keys/attributes",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path)),
    responses((status = 200, body = Vec<String>)))]
pub(crate) async fn all_keys(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
) -> Answer<Vec<Arc<str>>> {
    read_keys(api, caller, entity, None).await
}

/// Keys of the attributes of one scope
#[utoipa::path(get, path = "/api/plugins/telemetry/{entityType}/{entityId}/keys/attributes/{scope}",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), ("scope" = AttributeScope, Path)),
    responses((status = 200, body = Vec<String>)))]
pub(crate) async fn keys_of_scope(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, scope)): InPath<EntityPathAnd>,
) -> Answer<Vec<Arc<str>>> {
    let scope = attribute_scope(&scope)?;
    read_keys(api, caller, entity, Some(scope)).await
}

/// Save attributes
#[utoipa::path(post, path = "/api/plugins/telemetry/{entityType}/{entityId}/attributes/{scope}",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), ("scope" = AttributeScope, Path)),
    request_body(content = Object, description = "keys and values, whatever the content type"),
    responses((status = 200)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, scope)): InPath<EntityPathAnd>,
    TextBody(body): TextBody,
) -> Done {
    write(api, caller, entity, &scope, &body).await
}

/// The shortest form of the save, for devices.
pub(crate) async fn save_of_device(
    State(api): State<Api>,
    caller: Caller,
    InPath((device, scope)): InPath<(String, String)>,
    TextBody(body): TextBody,
) -> Done {
    write(api, caller, device_id(&device)?, &scope, &body).await
}

/// Delete attributes
#[utoipa::path(delete, path = "/api/plugins/telemetry/{entityType}/{entityId}/{scope}",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path), ("scope" = AttributeScope, Path),
        ("keys" = String, Query, description = "joined by commas"),
        ("key" = Option<Vec<String>>, Query, description = "for keys that contain commas")),
    responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, scope)): InPath<EntityPathAnd>,
    query: Query,
) -> Done {
    remove(api, caller, entity, &scope, &query).await
}

/// The shortest form of the delete, for devices.
pub(crate) async fn delete_of_device(
    State(api): State<Api>,
    caller: Caller,
    InPath((device, scope)): InPath<(String, String)>,
    query: Query,
) -> Done {
    remove(api, caller, device_id(&device)?, &scope, &query).await
}

fn device_id(text: &str) -> Result<EntityId, ApiError> {
    Ok(DeviceId(parse_uuid(text)?).into())
}

async fn read(
    api: Api,
    caller: Caller,
    entity: EntityId,
    scope: Option<AttributeScope>,
    query: &Query,
) -> Answer<Vec<Attribute>> {
    let keys = keys(query);
    api.answer(move |platform| {
        readable(platform, &caller, entity)?;
        platform
            .telemetry
            .attributes(&caller, entity, scope, keys.as_deref())
    })
    .await
}

async fn read_keys(
    api: Api,
    caller: Caller,
    entity: EntityId,
    scope: Option<AttributeScope>,
) -> Answer<Vec<Arc<str>>> {
    api.answer(move |platform| {
        readable(platform, &caller, entity)?;
        platform.telemetry.attribute_keys(&caller, entity, scope)
    })
    .await
}

async fn write(api: Api, caller: Caller, entity: EntityId, scope: &str, body: &Value) -> Done {
    let scope = attribute_scope(scope)?;
    let values = parse_attributes(body).map_err(|error| ApiError::from(error).plain())?;
    if values.is_empty() {
        return Err(ApiError::bad_request("the body is empty: send at least one key").plain());
    }
    api.run(move |platform| {
        writable(platform, &caller, entity)?;
        platform.telemetry.save(vec![OutRecord::Attributes {
            tenant: caller.tenant,
            entity,
            scope,
            at: now_ms(),
            values: values.clone(),
        }])?;
        let announce = &platform.announce;
        announce.attributes_updated(&caller, entity, scope, &values);
        Ok(())
    })
    .await
}

async fn remove(api: Api, caller: Caller, entity: EntityId, scope: &str, query: &Query) -> Done {
    let scope = attribute_scope(scope)?;
    let keys = required_keys(query)?;
    api.run(move |platform| {
        writable(platform, &caller, entity)?;
        platform
            .telemetry
            .delete_attributes(&caller, entity, scope, &keys)?;
        let announce = &platform.announce;
        announce.attributes_deleted(&caller, entity, scope, &keys);
        Ok(())
    })
    .await
}
