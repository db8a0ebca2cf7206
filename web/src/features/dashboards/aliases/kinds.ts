/** The kinds of aliases that the server resolves, and what each begins with. */
import { type Members, isMembers, members, text } from "../../../api/shapes";
import { filterOf } from "./filter";

export const KINDS: readonly { id: string; label: string }[] = [
  { id: "singleEntity", label: "Single entity" },
  { id: "entityList", label: "Entity list" },
  { id: "entityName", label: "Entity name" },
  { id: "entityType", label: "Entity type" },
  { id: "deviceType", label: "Device type" },
  { id: "assetType", label: "Asset type" },
  { id: "stateEntity", label: "Entity of the dashboard's state" },
  { id: "stateEntityOwner", label: "Owner of the state's entity" },
  { id: "relationsQuery", label: "Relations" },
  { id: "deviceSearchQuery", label: "Devices by relation" },
  { id: "assetSearchQuery", label: "Assets by relation" },
  { id: "entityGroup", label: "Members of a group" },
  { id: "entitiesByGroupName", label: "Members of a group, by its name" },
  { id: "entityGroupList", label: "Group list" },
  { id: "entityGroupName", label: "Group name" },
];

/** Kinds that may find several entities. */
export const MANY = KINDS.map((one) => one.id).filter(
  (id) => !["singleEntity", "stateEntity", "stateEntityOwner"].includes(id),
);

/** Why a kind of filter has no form. */
export function whyUnknown(kind: string): string {
  if (/^(edge|entityView)/.test(kind))
    return `There are no ${kind.startsWith("edge") ? "edges" : "entity views"} here, so this filter finds nothing.`;
  if (kind === "apiUsageState") return "The API usage is no entity here, so this filter finds nothing.";
  if (kind === "schedulerEvent") return "There are no scheduled events here, so this filter finds nothing.";
  return "This kind of filter is not known here; the server refuses it.";
}

const ROOT = {
  rootStateEntity: false,
  stateEntityParamName: null,
  defaultStateEntity: null,
  rootEntity: null,
  direction: "FROM",
  maxLevel: 1,
  fetchLastLevelOnly: false,
};

/** What a filter of a kind has before anybody fills it in. */
export function beginning(type: string): Members {
  switch (type) {
    case "entityList":
      return { entityType: "DEVICE", entityList: [] };
    case "entityName":
      return { entityType: "DEVICE", entityNameFilter: "" };
    case "entityType":
      return { entityType: "DEVICE" };
    case "deviceType":
      return { deviceTypes: [], deviceNameFilter: "" };
    case "assetType":
      return { assetTypes: [], assetNameFilter: "" };
    case "stateEntity":
    case "stateEntityOwner":
      return { stateEntityParamName: null, defaultStateEntity: null };
    case "relationsQuery":
      return { ...ROOT, filters: [{ relationType: "Contains", entityTypes: [] }] };
    case "deviceSearchQuery":
      return { ...ROOT, relationType: "Contains", deviceTypes: [] };
    case "assetSearchQuery":
      return { ...ROOT, relationType: "Contains", assetTypes: [] };
    case "entityGroup":
      return {
        groupStateEntity: false,
        stateEntityParamName: null,
        defaultStateGroupType: null,
        defaultStateEntityGroup: null,
        groupType: "DEVICE",
        entityGroup: null,
      };
    case "entityGroupList":
      return { groupType: "DEVICE", entityGroupList: [] };
    case "entityGroupName":
    case "entitiesByGroupName":
      return { groupType: "DEVICE", entityGroupNameFilter: "" };
    default:
      return {};
  }
}

/** Whether a filter says enough to be stored. */
export function complete(filter: Members): boolean {
  switch (filter.type) {
    case "singleEntity":
      return isMembers(filter.singleEntity);
    case "entityList":
      return Array.isArray(filter.entityList) && filter.entityList.length > 0;
    case "entityGroupList":
      return Array.isArray(filter.entityGroupList) && filter.entityGroupList.length > 0;
    case "entitiesByGroupName":
      return text(filter.entityGroupNameFilter).trim() !== "";
    case "entityGroup":
      return filter.groupStateEntity === true || text(filter.entityGroup) !== "";
    case "relationsQuery":
    case "deviceSearchQuery":
    case "assetSearchQuery":
      return filter.rootStateEntity === true || isMembers(filter.rootEntity);
    default:
      return text(filter.type) !== "";
  }
}

/** Whether a filter is only known once a state is opened with an entity. */
export function awaitsState(filter: Members): boolean {
  const kinds = ["stateEntity", "stateEntityOwner"];
  const asks = filter.rootStateEntity === true || filter.groupStateEntity === true;
  return (asks || kinds.includes(text(filter.type))) && filterOf(members(filter), new Map()) === undefined;
}
