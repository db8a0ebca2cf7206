/** Devices in files: what makes one anew anywhere, its profile by name. */
import { text } from "../../api/shapes";
import type { Made } from "../../lists/importing";
import { getDevice, saveDevice } from "./requests";

export async function exportDevice(id: string): Promise<unknown> {
  const { name, type, label, additionalInfo } = await getDevice(id);
  return { name, type, label, additionalInfo };
}

export async function importDevice(row: Record<string, unknown>): Promise<Made> {
  const saved = await saveDevice({
    name: text(row.name),
    type: text(row.type, "default"),
    label: text(row.label) || null,
    additionalInfo: row.additionalInfo as Record<string, unknown>,
  });
  return { name: saved.name ?? "", href: `/devices/${saved.id?.id ?? ""}` };
}
