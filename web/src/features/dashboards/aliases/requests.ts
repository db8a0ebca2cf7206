import { api, ok } from "../../../api/client";
import { type Members, members, number, text } from "../../../api/shapes";
import type { EntityDataQuery, EntityId, EntityType } from "../../../api/types";

export interface Found {
  entity: EntityId;
  name: string;
}

export interface Resolved {
  total: number;
  first: Found[];
}

/** The description says that it is an object as well. */
const ASC = "ASC" as "ASC" & Record<string, unknown>;

function queryFor(filter: Members, pageSize: number): EntityDataQuery {
  return {
    // Filters are stored as they came: the server says what is wrong with one.
    entityFilter: filter as EntityDataQuery["entityFilter"],
    entityFields: [{ type: "ENTITY_FIELD", key: "name" }],
    pageLink: {
      page: 0,
      pageSize,
      sortOrder: { key: { type: "ENTITY_FIELD", key: "name" }, direction: ASC },
    },
  };
}

/** How many entities a filter means now, and the first of them by name. */
export async function resolve(filter: Members, size: number): Promise<Resolved> {
  const reply = members(await ok(api.POST("/api/entitiesQuery/find", { body: queryFor(filter, size) })));
  const rows = Array.isArray(reply.data) ? reply.data : [];
  const first = rows.map((raw: unknown) => {
    const row = members(raw);
    const fields = members(members(row.latest).ENTITY_FIELD);
    return { entity: row.entityId as EntityId, name: text(members(fields.name).value) };
  });
  return { total: number(reply.totalElements, first.length), first };
}

export interface Keys {
  timeseries: string[];
  attribute: string[];
}

/** The keys that the entities of a filter have values of. */
export async function keysOf(filter: Members): Promise<Keys> {
  const query = { timeseries: true, attributes: true };
  const reply = members(
    await ok(api.POST("/api/entitiesQuery/find/keys", { params: { query }, body: queryFor(filter, 100) })),
  );
  const list = (raw: unknown) => (Array.isArray(raw) ? raw.filter((one) => typeof one === "string") : []);
  return { timeseries: list(reply.timeseries), attribute: list(reply.attribute) };
}

/** The groups of a kind that the caller may see. */
export async function groupsOf(groupType: string): Promise<{ id: string; label: string }[]> {
  const reply = await ok(
    api.GET("/api/entityGroups/{groupType}/all", {
      params: { path: { groupType: groupType as EntityType } },
    }),
  );
  return (Array.isArray(reply) ? reply : []).map((raw: unknown) => {
    const group = members(raw);
    return { id: text(members(group.id).id), label: text(group.name) };
  });
}
