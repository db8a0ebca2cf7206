import { api, ok } from "../../api/client";
import type { Counters, EntityId, Event, EventType, Page } from "../../api/types";

export interface EventQuery {
  type: EventType;
  errorsOnly: boolean;
  page: number;
  pageSize: number;
}

/** Events of one kind, newest first. */
export function listEvents(entity: EntityId, query: EventQuery): Promise<Page<Event>> {
  return ok(
    api.POST("/api/events/{entityType}/{entityId}", {
      params: {
        path: { entityType: entity.entityType, entityId: entity.id },
        query: { page: query.page, pageSize: query.pageSize, sortProperty: "createdTime", sortOrder: "DESC" },
      },
      body: { eventType: query.type, ...(query.errorsOnly ? { isError: true } : {}) },
    }),
  );
}

export function clearEvents(entity: EntityId, type: EventType): Promise<unknown> {
  return ok(
    api.POST("/api/events/{entityType}/{entityId}/clear", {
      params: { path: { entityType: entity.entityType, entityId: entity.id } },
      body: { eventType: type },
    }),
  );
}

/** How many events were recorded, and how many were held back by the limit. */
export function eventCounters(entity: EntityId): Promise<Counters> {
  return ok(
    api.GET("/api/millrace/events/{entityType}/{entityId}/counters", {
      params: { path: { entityType: entity.entityType, entityId: entity.id } },
    }),
  );
}
