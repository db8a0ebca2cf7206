/** Aliases of older dashboards in the form of today. */
import { type Members, isMembers, members, text } from "../../../api/shapes";

/** `deviceType` of one type became a list; the same for the other kinds. */
const LISTED: Record<string, string> = {
  deviceType: "deviceTypes",
  assetType: "assetTypes",
  edgeType: "edgeTypes",
  entityViewType: "entityViewTypes",
};

/** The oldest form: `deviceId`, or `deviceFilter` with a list or the beginning of a name. */
export function migratedDeviceAlias(id: string, raw: unknown): Members {
  const alias = members(raw);
  const filter = members(alias.deviceFilter);
  const listed = Array.isArray(filter.deviceList) ? filter.deviceList : alias.deviceId;
  const entityList = Array.isArray(listed) ? listed : [listed].filter(Boolean);
  return {
    id,
    alias: text(alias.alias),
    filter:
      filter.useFilter === true
        ? byName("DEVICE", text(filter.deviceNameFilter))
        : { type: "entityList", entityType: "DEVICE", entityList, resolveMultiple: entityList.length > 1 },
  };
}

export function migratedAlias(raw: unknown): unknown {
  if (!isMembers(raw)) return raw;
  if (isMembers(raw.entityFilter) && !isMembers(raw.filter)) return second(raw, raw.entityFilter);
  const filter = members(raw.filter);
  const kind = text(filter.type);
  const many = LISTED[kind];
  if (!many || typeof filter[kind] !== "string" || filter[many]) return raw;
  const { [kind]: one, ...rest } = filter;
  return { ...raw, filter: { ...rest, [many]: [one] } };
}

/** The second form: kind and filter beside each other. */
function second(alias: Members, old: Members): Members {
  const { entityType, entityFilter, ...rest } = alias;
  void entityFilter;
  const kind = text(entityType, "DEVICE");
  const entityList = Array.isArray(old.entityList) ? old.entityList : [];
  const filter =
    old.useFilter === true
      ? byName(kind, text(old.entityNameFilter))
      : old.stateEntity === true
        ? { type: "stateEntity", stateEntityParamName: null, resolveMultiple: false }
        : { type: "entityList", entityType: kind, entityList, resolveMultiple: entityList.length > 1 };
  return { ...rest, filter };
}

function byName(entityType: string, entityNameFilter: string): Members {
  return { type: "entityName", entityType, entityNameFilter, resolveMultiple: true };
}
