import { api, ok } from "../../api/client";
import type { EntityId, RelationInfo } from "../../api/types";

export function relationsFrom(entity: EntityId): Promise<RelationInfo[]> {
  return ok(
    api.GET("/api/relations/info/from/{fromType}/{fromId}", {
      params: { path: { fromType: entity.entityType, fromId: entity.id } },
    }),
  );
}

export function relationsTo(entity: EntityId): Promise<RelationInfo[]> {
  return ok(
    api.GET("/api/relations/info/to/{toType}/{toId}", {
      params: { path: { toType: entity.entityType, toId: entity.id } },
    }),
  );
}

export function addRelation(from: EntityId, to: EntityId, type: string): Promise<unknown> {
  return ok(api.POST("/api/v2/relation", { body: { from, to, type, typeGroup: "COMMON" } }));
}

export function deleteRelation(relation: RelationInfo): Promise<unknown> {
  return ok(
    api.DELETE("/api/v2/relation", {
      params: {
        query: {
          fromId: relation.from.id,
          fromType: relation.from.entityType,
          relationType: relation.type,
          relationTypeGroup: relation.typeGroup,
          toId: relation.to.id,
          toType: relation.to.entityType,
        },
      },
    }),
  );
}
