import { api, ok } from "../../api/client";
import type { Attribute, AttributeScope, EntityId } from "../../api/types";

const path = (entity: EntityId, scope: AttributeScope) => ({
  entityType: entity.entityType,
  entityId: entity.id,
  scope,
});

export function listAttributes(entity: EntityId, scope: AttributeScope): Promise<Attribute[]> {
  return ok(
    api.GET("/api/plugins/telemetry/{entityType}/{entityId}/values/attributes/{scope}", {
      params: { path: path(entity, scope) },
    }),
  );
}

export function saveAttribute(
  entity: EntityId,
  scope: AttributeScope,
  key: string,
  value: unknown,
): Promise<unknown> {
  return ok(
    api.POST("/api/plugins/telemetry/{entityType}/{entityId}/attributes/{scope}", {
      params: { path: path(entity, scope) },
      body: { [key]: value },
    }),
  );
}

export function deleteAttribute(entity: EntityId, scope: AttributeScope, key: string): Promise<unknown> {
  return ok(
    api.DELETE("/api/plugins/telemetry/{entityType}/{entityId}/{scope}", {
      params: { path: path(entity, scope), query: { keys: "", key: [key] } },
    }),
  );
}
