//! Owners of entities.

use axum::extract::{Request, State};
use millrace_model::{EntityId, EntityType};
use uuid::Uuid;

use crate::{
    error::{ApiError, Done},
    extract::{Caller, InPath},
    state::Api,
};

/// Largest list of groups that may come along (bytes).
const MAX_GROUPS_BYTES: usize = 64 * 1024;

/// Give an entity to another owner
///
/// The body may list groups of the new owner that take it.
#[utoipa::path(post, path = "/api/owner/{ownerType}/{ownerId}/{entityType}/{entityId}",
    tag = "owner",
    params(("ownerType" = String, Path, description = "CUSTOMER or TENANT"),
        ("ownerId" = Uuid, Path), ("entityType" = EntityType, Path), ("entityId" = Uuid, Path)),
    request_body = Vec<String>, responses((status = 200)))]
pub(crate) async fn change(
    State(api): State<Api>,
    caller: Caller,
    InPath((owner_type, owner, kind, id)): InPath<(String, String, String, String)>,
    request: Request,
) -> Done {
    let owner = entity(&owner_type, &owner)?;
    let entity = entity(&kind, &id)?;
    let body = axum::body::to_bytes(request.into_body(), MAX_GROUPS_BYTES)
        .await
        .map_err(|_| ApiError::bad_request("the list of groups is too long"))?;
    // Clients send no body, an empty object, or the list.
    let groups: Vec<Uuid> = match body.first() {
        Some(b'[') => serde_json::from_slice(&body).map_err(|error| {
            ApiError::bad_request(format!("the list of groups is wrong: {error}"))
        })?,
        _ => Vec::new(),
    };
    api.run(move |platform| {
        let customers = &platform.customers;
        let Some(moved) = customers.set_owner(&caller, entity, owner, &groups)? else {
            return Ok(());
        };
        for (customer, to) in [(moved.from, false), (moved.to, true)] {
            if let Some((id, title)) = customer {
                platform.announce.assigned(&caller, entity, id, &title, to);
            }
        }
        Ok(())
    })
    .await
}

fn entity(kind: &str, id: &str) -> Result<EntityId, ApiError> {
    Ok(EntityId::new(
        kind.parse()?,
        millrace_model::id::parse_uuid(id)?,
    ))
}
