/** Alarms in files: what makes one anew, its originator by kind and name. */
import { ApiError } from "../../api/errors";
import { isMembers, members, text } from "../../api/shapes";
import type { AlarmInfo, EntityId } from "../../api/types";
import type { Made } from "../../lists/importing";
import { listAssets } from "../assets/requests";
import { listDevices } from "../devices/requests";
import { getAlarm, saveAlarm } from "./requests";

export async function exportAlarm(id: string): Promise<unknown> {
  const alarm = await getAlarm(id);
  const { type, severity, startTs, endTs, acknowledged, ackTs, cleared, clearTs, details } = alarm;
  const originator = { entityType: alarm.originator?.entityType, name: alarm.originatorName };
  return { type, severity, originator, startTs, endTs, acknowledged, ackTs, cleared, clearTs, details };
}

export async function importAlarm(row: Record<string, unknown>): Promise<Made> {
  const { originator, ...alarm } = row;
  const saved = await saveAlarm({ ...alarm, originator: await find(members(originator)) } as AlarmInfo);
  return { name: saved.type ?? "", href: "/alarms" };
}

/** The entity that is meant: an alarm belongs to one that is here. */
async function find(originator: Record<string, unknown>): Promise<EntityId> {
  const entityType = text(originator.entityType);
  const name = text(originator.name);
  const list = { DEVICE: listDevices, ASSET: listAssets }[entityType];
  if (!list) {
    if (isMembers(originator) && typeof originator.id === "string") return originator as EntityId;
    throw new ApiError(
      `its originator is of the kind ${entityType || "?"}: only devices and assets are found by name`,
      0,
      0,
    );
  }
  const found = await list({ page: 0, pageSize: 50, textSearch: name });
  const one = found.data.find((entity) => entity.name === name)?.id;
  if (!one) throw new ApiError(`there is no ${entityType.toLowerCase()} ${name} here: add it first`, 0, 0);
  return one;
}
