//! Relations between entities.

use axum::extract::State;
use millrace_model::{
    EntityId, EntityType,
    entity::{EntityRelation, RelationInfo},
    id::parse_uuid,
};

use millrace_platform::relations::RelationQuery;

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, EntityPath, EntityPathAnd, InPath, Query},
    state::Api,
};

/// Which end of a relation a list starts from.
#[derive(Debug, Clone, Copy)]
enum End {
    From,
    To,
}

/// A list of relations: where it starts and what it is narrowed to.
#[derive(Debug)]
struct Listing {
    end: End,
    entity: EntityId,
    group: Option<String>,
    relation_type: Option<String>,
}

impl Listing {
    fn of(query: &Query, end: End, entity: EntityId) -> Self {
        Self {
            end,
            entity,
            group: query.owned("relationTypeGroup"),
            relation_type: query.owned("relationType"),
        }
    }

    /// The older form, with everything in the query.
    fn of_query(query: &Query) -> Result<Self, ApiError> {
        let (end, kind, id) = if query.has("fromId") {
            (End::From, "fromType", "fromId")
        } else {
            (End::To, "toType", "toId")
        };
        Ok(Self::of(query, end, entity_of(query, kind, id)?))
    }

    fn wants(&self, relation: &EntityRelation) -> bool {
        self.relation_type
            .as_ref()
            .is_none_or(|wanted| *wanted == relation.relation_type)
    }

    async fn relations(self, api: Api, caller: Caller) -> Answer<Vec<EntityRelation>> {
        api.answer(move |platform| {
            let group = self.group.as_deref();
            let mut found = match self.end {
                End::From => platform.relations.from(&caller, self.entity, group)?,
                End::To => platform.relations.to(&caller, self.entity, group)?,
            };
            found.retain(|relation| self.wants(relation));
            Ok(found)
        })
        .await
    }

    async fn infos(self, api: Api, caller: Caller) -> Answer<Vec<RelationInfo>> {
        api.answer(move |platform| {
            let group = self.group.as_deref();
            let mut found = match self.end {
                End::From => platform.relations.info_from(&caller, self.entity, group)?,
                End::To => platform.relations.info_to(&caller, self.entity, group)?,
            };
            found.retain(|info| self.wants(&info.relation));
            Ok(found)
        })
        .await
    }
}

fn entity_of(query: &Query, kind: &str, id: &str) -> Result<EntityId, ApiError> {
    let kind: EntityType = query.required(kind)?.parse()?;
    Ok(EntityId::new(kind, parse_uuid(query.required(id)?)?))
}

/// Relations that leave an entity
#[utoipa::path(get, path = "/api/relations/from/{fromType}/{fromId}", tag = "relation",
    params(("fromType" = EntityType, Path), ("fromId" = Uuid, Path),
        ("relationTypeGroup" = Option<String>, Query, description = "COMMON when absent")),
    responses((status = 200, body = Vec<EntityRelation>)))]
pub(crate) async fn from(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<Vec<EntityRelation>> {
    let listing = Listing::of(&query, End::From, entity);
    listing.relations(api, caller).await
}

/// Relations of one type that leave an entity
#[utoipa::path(get, path = "/api/relations/from/{fromType}/{fromId}/{relationType}", tag = "relation",
    params(("fromType" = EntityType, Path), ("fromId" = Uuid, Path), ("relationType" = String, Path),
        ("relationTypeGroup" = Option<String>, Query, description = "COMMON when absent")),
    responses((status = 200, body = Vec<EntityRelation>)))]
pub(crate) async fn from_of_type(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, relation_type)): InPath<EntityPathAnd>,
    query: Query,
) -> Answer<Vec<EntityRelation>> {
    let mut listing = Listing::of(&query, End::From, entity);
    listing.relation_type = Some(relation_type);
    listing.relations(api, caller).await
}

/// Relations that enter an entity
#[utoipa::path(get, path = "/api/relations/to/{toType}/{toId}", tag = "relation",
    params(("toType" = EntityType, Path), ("toId" = Uuid, Path),
        ("relationTypeGroup" = Option<String>, Query, description = "COMMON when absent")),
    responses((status = 200, body = Vec<EntityRelation>)))]
pub(crate) async fn to(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<Vec<EntityRelation>> {
    let listing = Listing::of(&query, End::To, entity);
    listing.relations(api, caller).await
}

/// Relations of one type that enter an entity
#[utoipa::path(get, path = "/api/relations/to/{toType}/{toId}/{relationType}", tag = "relation",
    params(("toType" = EntityType, Path), ("toId" = Uuid, Path), ("relationType" = String, Path),
        ("relationTypeGroup" = Option<String>, Query, description = "COMMON when absent")),
    responses((status = 200, body = Vec<EntityRelation>)))]
pub(crate) async fn to_of_type(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPathAnd(entity, relation_type)): InPath<EntityPathAnd>,
    query: Query,
) -> Answer<Vec<EntityRelation>> {
    let mut listing = Listing::of(&query, End::To, entity);
    listing.relation_type = Some(relation_type);
    listing.relations(api, caller).await
}

/// Relations that leave an entity, with the names of both ends
#[utoipa::path(get, path = "/api/relations/info/from/{fromType}/{fromId}", tag = "relation",
    params(("fromType" = EntityType, Path), ("fromId" = Uuid, Path),
        ("relationTypeGroup" = Option<String>, Query, description = "COMMON when absent")),
    responses((status = 200, body = Vec<RelationInfo>)))]
pub(crate) async fn info_from(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<Vec<RelationInfo>> {
    let listing = Listing::of(&query, End::From, entity);
    listing.infos(api, caller).await
}

/// Relations that enter an entity, with the names of both ends
#[utoipa::path(get, path = "/api/relations/info/to/{toType}/{toId}", tag = "relation",
    params(("toType" = EntityType, Path), ("toId" = Uuid, Path),
        ("relationTypeGroup" = Option<String>, Query, description = "COMMON when absent")),
    responses((status = 200, body = Vec<RelationInfo>)))]
pub(crate) async fn info_to(
    State(api): State<Api>,
    caller: Caller,
    InPath(EntityPath(entity)): InPath<EntityPath>,
    query: Query,
) -> Answer<Vec<RelationInfo>> {
    let listing = Listing::of(&query, End::To, entity);
    listing.infos(api, caller).await
}

/// The older form of the lists.
pub(crate) async fn by_query(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<EntityRelation>> {
    Listing::of_query(&query)?.relations(api, caller).await
}

/// The older form of the lists with names.
pub(crate) async fn info_by_query(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<RelationInfo>> {
    Listing::of_query(&query)?.infos(api, caller).await
}

/// Relations that a query finds, over several levels
#[utoipa::path(post, path = "/api/relations", tag = "relation", request_body = RelationQuery,
    responses((status = 200, body = Vec<EntityRelation>)))]
pub(crate) async fn find(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(query): EntityBody<RelationQuery>,
) -> Answer<Vec<EntityRelation>> {
    api.answer(move |platform| platform.relations.find(&caller, &query))
        .await
}

/// Relations that a query finds, over several levels, with the names of both ends
#[utoipa::path(post, path = "/api/relations/info", tag = "relation", request_body = RelationQuery,
    responses((status = 200, body = Vec<RelationInfo>)))]
pub(crate) async fn find_infos(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(query): EntityBody<RelationQuery>,
) -> Answer<Vec<RelationInfo>> {
    api.answer(move |platform| platform.relations.find_infos(&caller, &query))
        .await
}

/// The five texts that name one relation.
struct Name {
    from: EntityId,
    to: EntityId,
    relation_type: String,
    group: Option<String>,
}

impl Name {
    fn of(query: &Query) -> Result<Self, ApiError> {
        Ok(Self {
            from: entity_of(query, "fromType", "fromId")?,
            to: entity_of(query, "toType", "toId")?,
            relation_type: query.required("relationType")?.to_owned(),
            group: query.owned("relationTypeGroup"),
        })
    }
}

/// One relation
#[utoipa::path(get, path = "/api/relation", tag = "relation",
    params(("fromId" = Uuid, Query), ("fromType" = EntityType, Query),
        ("relationType" = String, Query), ("relationTypeGroup" = Option<String>, Query),
        ("toId" = Uuid, Query), ("toType" = EntityType, Query)),
    responses((status = 200, body = EntityRelation)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<EntityRelation> {
    let Name {
        from,
        to,
        relation_type,
        group,
    } = Name::of(&query)?;
    api.answer(move |platform| {
        let group = group.as_deref();
        platform
            .relations
            .get(&caller, from, to, &relation_type, group)
    })
    .await
}

/// Create or update a relation
#[utoipa::path(post, path = "/api/v2/relation", tag = "relation", request_body = EntityRelation,
    responses((status = 200, body = EntityRelation)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(relation): EntityBody<EntityRelation>,
) -> Answer<EntityRelation> {
    api.answer(move |platform| platform.relations.save(&caller, relation))
        .await
}

/// The older form of the save, with an empty reply.
pub(crate) async fn save_quietly(
    state: State<Api>,
    caller: Caller,
    body: EntityBody<EntityRelation>,
) -> Done {
    save(state, caller, body).await.map(|_| ())
}

/// Delete a relation
#[utoipa::path(delete, path = "/api/v2/relation", tag = "relation",
    params(("fromId" = Uuid, Query), ("fromType" = EntityType, Query),
        ("relationType" = String, Query), ("relationTypeGroup" = Option<String>, Query),
        ("toId" = Uuid, Query), ("toType" = EntityType, Query)),
    responses((status = 200, body = EntityRelation)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<EntityRelation> {
    let Name {
        from,
        to,
        relation_type,
        group,
    } = Name::of(&query)?;
    api.answer(move |platform| {
        let group = group.as_deref();
        platform
            .relations
            .delete(&caller, from, to, &relation_type, group)
    })
    .await
}

/// The older form of the delete, with an empty reply.
pub(crate) async fn delete_quietly(state: State<Api>, caller: Caller, query: Query) -> Done {
    delete(state, caller, query).await.map(|_| ())
}

/// Delete every relation of an entity
#[utoipa::path(delete, path = "/api/relations", tag = "relation",
    params(("entityId" = Uuid, Query), ("entityType" = EntityType, Query)),
    responses((status = 200)))]
pub(crate) async fn delete_all(State(api): State<Api>, caller: Caller, query: Query) -> Done {
    let entity = entity_of(&query, "entityType", "entityId")?;
    api.run(move |platform| platform.relations.delete_all(&caller, entity))
        .await
}
