/** What an alias asks the server, once the entities of the current state are filled in. */
import { type Members, isMembers, members, text } from "../../../api/shapes";
import { sessionState } from "../../../api/session";
import type { EntityId } from "../../../api/types";

/** Filters whose root may be the state's entity. */
const ROOTED = [
  "relationsQuery",
  "deviceSearchQuery",
  "assetSearchQuery",
  "edgeSearchQuery",
  "entityViewSearchQuery",
];

/** The filter to ask; undefined when it needs an entity that the state does not have. */
export function filterOf(filter: Members, entities: ReadonlyMap<string, EntityId>): Members | undefined {
  const kind = text(filter.type);
  if (kind === "stateEntity" || kind === "stateEntityOwner") {
    const entity = stateEntity(filter, entities);
    return entity && { type: kind === "stateEntity" ? "singleEntity" : kind, singleEntity: entity };
  }
  if (ROOTED.includes(kind)) {
    const root =
      filter.rootStateEntity === true ? stateEntity(filter, entities) : entityOf(filter.rootEntity);
    return root && { ...filter, rootEntity: root };
  }
  if (kind === "entityGroup" && filter.groupStateEntity === true) {
    const group = entities.get(text(filter.stateEntityParamName))?.id ?? text(filter.defaultStateEntityGroup);
    const groupType = text(filter.groupType) || text(filter.defaultStateGroupType);
    return group && groupType ? { ...filter, groupType, entityGroup: group } : undefined;
  }
  if (kind === "entityGroup" && !text(filter.entityGroup)) return undefined;
  if (kind === "singleEntity") {
    const entity = entityOf(filter.singleEntity);
    if (!entity) return undefined;
    return entity === filter.singleEntity ? filter : { ...filter, singleEntity: entity };
  }
  return kind ? filter : undefined;
}

function stateEntity(filter: Members, entities: ReadonlyMap<string, EntityId>): EntityId | undefined {
  return entities.get(text(filter.stateEntityParamName)) ?? entityOf(filter.defaultStateEntity);
}

/** The id that means nobody. */
export const NOBODY = "13814000-1dd2-11b2-8080-808080808080";

/** Who is signed in, under the names that stored filters use. */
function current(kind: string): EntityId | undefined {
  const session = sessionState();
  if (session.kind !== "in") return undefined;
  const { userId, tenantId, customerId } = session.claims;
  if (kind === "CURRENT_USER") return { entityType: "USER", id: userId };
  if (kind === "CURRENT_TENANT") return { entityType: "TENANT", id: tenantId };
  if (kind === "CURRENT_CUSTOMER" && customerId && customerId !== NOBODY)
    return { entityType: "CUSTOMER", id: customerId };
  return undefined;
}

function entityOf(raw: unknown): EntityId | undefined {
  const { id, entityType } = members(raw);
  if (!isMembers(raw) || typeof entityType !== "string") return undefined;
  if (entityType.startsWith("CURRENT_")) return current(entityType);
  return typeof id === "string" && id !== "" ? (raw as unknown as EntityId) : undefined;
}

/** The filter in words, for lists. */
export function described(filter: Members): string {
  const kind = text(filter.type);
  const types = (raw: unknown) => (Array.isArray(raw) && raw.length > 0 ? raw.join(", ") : "any type");
  const begins = (raw: unknown) => (text(raw) ? `, name begins with “${text(raw)}”` : "");
  switch (kind) {
    case "singleEntity":
      return `One ${kindName(members(filter.singleEntity).entityType)}`;
    case "entityList": {
      const count = Array.isArray(filter.entityList) ? filter.entityList.length : 0;
      return `A list of ${count} (${kindName(filter.entityType)})`;
    }
    case "entityName":
      return `Every ${kindName(filter.entityType)}${begins(filter.entityNameFilter)}`;
    case "entityType":
      return `Every ${kindName(filter.entityType)}`;
    case "deviceType":
      return `Devices of ${types(filter.deviceTypes)}${begins(filter.deviceNameFilter)}`;
    case "assetType":
      return `Assets of ${types(filter.assetTypes)}${begins(filter.assetNameFilter)}`;
    case "stateEntity":
      return "The entity of the state";
    case "stateEntityOwner":
      return "The owner of the state's entity";
    case "relationsQuery":
      return `What ${relationsName(filter)} lead ${way(filter)}`;
    case "deviceSearchQuery":
      return `Devices of ${types(filter.deviceTypes)} that ${relationName(filter)} lead ${way(filter)}`;
    case "assetSearchQuery":
      return `Assets of ${types(filter.assetTypes)} that ${relationName(filter)} lead ${way(filter)}`;
    case "entityGroup":
      return filter.groupStateEntity === true ? "Members of the state's group" : "Members of a group";
    case "entityGroupList":
      return `A list of ${Array.isArray(filter.entityGroupList) ? filter.entityGroupList.length : 0} groups`;
    case "entityGroupName":
      return `Groups of ${kindName(filter.groupType)}s${begins(filter.entityGroupNameFilter)}`;
    case "entitiesByGroupName":
      return `Members of the group “${text(filter.entityGroupNameFilter)}”`;
    default:
      return kind || "nothing yet";
  }
}

function relationsName(filter: Members): string {
  const list = Array.isArray(filter.filters) ? filter.filters.map(members) : [];
  const names = list.map((one) => text(one.relationType)).filter(Boolean);
  return names.length > 0 ? `the relations ${names.join(", ")}` : "relations";
}

function relationName(filter: Members): string {
  return text(filter.relationType) ? `the relation ${text(filter.relationType)}` : "relations";
}

function way(filter: Members): string {
  const to = filter.direction === "TO";
  const root = filter.rootStateEntity === true ? "the state's entity" : "an entity";
  return to ? `to ${root}` : `to from ${root}`;
}

function kindName(raw: unknown): string {
  return (text(raw) || "entity").toLowerCase().replaceAll("_", " ");
}

/** What the server says of a filter that it cannot read, in fewer words where they are known. */
export function refusalOf(said: string): string {
  const kind = /unknown variant `([A-Z_]+)`/.exec(said)?.[1];
  return kind ? `Nothing here is of the kind ${kind}.` : said;
}
