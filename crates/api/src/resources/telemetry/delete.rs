//! Deleting points.

use axum::extract::State;
use millrace_model::{EntityType, Millis};
use millrace_platform::telemetry::DeleteLatest;

use super::{required_keys, writable};
use crate::{
    error::{ApiError, Done},
    extract::{Caller, EntityPath, InPath, Query},
    state::Api,
};

/// Delete points
#[utoipa::path(delete, path = "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/delete",
    tag = "telemetry",
    params(("entityType" = EntityType, Path), ("entityId" = Uuid, Path),
        ("keys" = String, Query, description = "joined by commas"),
        ("key" = Option<Vec<String>>, Query, description = "for keys that contain commas"),
        ("deleteAllDataForKeys" = Option<bool>, Query),
        ("startTs" = Option<i64>, Query, description = "inclusive; required unless all data goes"),
        ("endTs" = Option<i64>, Query, description = "exclusive; required unless all data goes"),
        ("deleteLatest" = Option<bool>, Query, description = "true when absent"),
        ("rewriteLatestIfDeleted" = Option<bool>, Query,
            description = "the newest point that is left becomes the latest value")),
    responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Done {
    let keys = required_keys(&query)?;
    let (start, end) = range(&query).map_err(ApiError::plain)?;
    let latest = match (
        query.flag("deleteLatest", true)?,
        query.flag("rewriteLatestIfDeleted", false)?,
    ) {
        (_, true) => DeleteLatest::Rewrite,
        (true, false) => DeleteLatest::Delete,
        (false, false) => DeleteLatest::Keep,
    };
    api.run(move |platform| {
        writable(platform, &caller, entity)?;
        platform
            .telemetry
            .delete_points(&caller, entity, &keys, start, end, latest)?;
        let announce = &platform.announce;
        announce.points_deleted(&caller, entity, &keys, (start, end));
        Ok(())
    })
    .await
}

fn range(query: &Query) -> Result<(Millis, Millis), ApiError> {
    if query.flag("deleteAllDataForKeys", false)? {
        return Ok((Millis::MIN, Millis::MAX));
    }
    Ok((
        query.required_number("startTs")?,
        query.required_number("endTs")?,
    ))
}
