/** What an alias asks the server, once the entities of the current state are filled in. */
import { type Members, isMembers, members, text } from "../../../api/shapes";
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
    const group = stateEntity(filter, entities);
    return group && { ...filter, entityGroup: group.id };
  }
  if (kind === "singleEntity" && !entityOf(filter.singleEntity)) return undefined;
  return kind ? filter : undefined;
}

function stateEntity(filter: Members, entities: ReadonlyMap<string, EntityId>): EntityId | undefined {
  return entities.get(text(filter.stateEntityParamName)) ?? entityOf(filter.defaultStateEntity);
}

function entityOf(raw: unknown): EntityId | undefined {
  const { id, entityType } = members(raw);
  return isMembers(raw) && typeof id === "string" && typeof entityType === "string"
    ? ({ id, entityType } as EntityId)
    : undefined;
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
    default:
      return kind || "nothing yet";
  }
}

function kindName(raw: unknown): string {
  return (text(raw) || "entity").toLowerCase().replaceAll("_", " ");
}
