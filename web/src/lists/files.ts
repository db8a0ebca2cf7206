/** Export to and import from files of JSON. */
import { isMembers } from "../api/shapes";

/** Lets the browser save a value as a file. */
export function saveFile(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/[^\w.-]+/g, "_")}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

/** A file that is not what it should be. */
export class WrongFile extends Error {}

/** What a file of JSON holds. */
export async function parseFile(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongFile(`the file ${file.name} is not JSON: ${reason}`);
  }
}

/** The object in a file, without what belongs to the server it came from. */
export async function readFile(file: File): Promise<Record<string, unknown>> {
  const [first, ...more] = await readFiles(file);
  if (!first || more.length > 0)
    throw new WrongFile(`the file ${file.name} does not hold one exported object`);
  return first;
}

/** The objects in a file: one, or a list of them. */
export async function readFiles(file: File): Promise<Record<string, unknown>[]> {
  const read = await parseFile(file);
  const rows: unknown[] = Array.isArray(read) ? read : [read];
  if (!rows.every(isMembers)) throw new WrongFile(`the file ${file.name} does not hold exported objects`);
  return rows.map((one) => withoutOrigin(unwrapped(one)));
}

/** Exports of a version control hold the object in a frame. */
function unwrapped(read: Record<string, unknown>): Record<string, unknown> {
  return typeof read.entityType === "string" && isMembers(read.entity) ? read.entity : read;
}

const ORIGIN = ["id", "tenantId", "createdTime", "version", "externalId", "ownerId", "routingKey", "secret"];

/** A copy that can be saved as something new. */
export function withoutOrigin(exported: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(exported).filter(([key]) => !ORIGIN.includes(key)));
}
