//! Saving points.

use axum::extract::State;
use millrace_model::{EntityId, EntityType, Millis, id::parse_uuid};
use millrace_platform::{clock::now_ms, telemetry::parse_telemetry};
use millrace_store::journal::OutRecord;
use serde_json::Value;

use super::writable;
use crate::{
    error::{ApiError, Done},
    extract::{Caller, EntityPathAnd, InPath, TextBody},
    state::Api,
};

/// Save points
///
/// `{"key":value}`, `{"ts":ms,"values":{…}}`, or an array of either. They are on disk when the call
/// is answered.
#[utoipa::path(post, path = "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/{scope}",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("scope" = String, Path, description = "any word, without a meaning")),
    request_body(content = Object, description = "points, whatever the content type"),
    responses((status = 200)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, _)): InPath<EntityPathAnd>,
    TextBody(body): TextBody,
) -> Done {
    write(api, caller, entity, 0, &body).await
}

/// Save points that are forgotten after a time
#[utoipa::path(post, path = "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/{scope}/{ttl}",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("scope" = String, Path, description = "any word, without a meaning"),
        ("ttl" = i64, Path, description = "seconds, 0 means for ever")),
    request_body(content = Object, description = "points, whatever the content type"),
    responses((status = 200)))]
pub(crate) async fn save_with_ttl(
    State(api): State<Api>,
    caller: Caller,
    InPath((kind, id, _any, ttl)): InPath<(String, String, String, String)>,
    TextBody(body): TextBody,
) -> Done {
    let entity = EntityId::new(kind.parse()?, parse_uuid(&id)?);
    let ttl = ttl.parse().map_err(|_| {
        ApiError::bad_request(format!("ttl must be a whole number of seconds: {ttl}")).plain()
    })?;
    write(api, caller, entity, ttl, &body).await
}

async fn write(api: Api, caller: Caller, entity: EntityId, ttl_s: i64, body: &Value) -> Done {
    let parts = parse_telemetry(body, now_ms()).map_err(|error| ApiError::from(error).plain())?;
    if parts.is_empty() {
        return Err(ApiError::bad_request("the body is empty: send at least one key").plain());
    }
    api.run(move |platform| {
        writable(platform, &caller, entity)?;
        let told = parts.clone();
        let records = parts
            .into_iter()
            .map(|part| OutRecord::Points {
                tenant: caller.tenant,
                entity,
                ts: part.ts,
                expires: expires(part.ts, ttl_s),
                latest: true,
                history: true,
                values: part.values,
            })
            .collect();
        platform.telemetry.save(records)?;
        platform.announce.points_updated(&caller, entity, &told);
        Ok(())
    })
    .await
}

fn expires(ts: Millis, ttl_s: i64) -> Option<Millis> {
    (ttl_s > 0).then(|| ts.saturating_add(ttl_s.saturating_mul(1_000)))
}
