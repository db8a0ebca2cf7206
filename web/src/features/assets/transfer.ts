/** Assets in files: what makes one anew anywhere, its profile by name. */
import { text } from "../../api/shapes";
import type { Made } from "../../lists/importing";
import { getAsset, saveAsset } from "./requests";

export async function exportAsset(id: string): Promise<unknown> {
  const { name, type, label, additionalInfo } = await getAsset(id);
  return { name, type, label, additionalInfo };
}

export async function importAsset(row: Record<string, unknown>): Promise<Made> {
  const saved = await saveAsset({
    name: text(row.name),
    type: text(row.type, "default"),
    label: text(row.label) || null,
    additionalInfo: row.additionalInfo as Record<string, unknown>,
  });
  return { name: saved.name ?? "", href: `/assets/${saved.id?.id ?? ""}` };
}
