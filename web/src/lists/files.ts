/** Export to and import from files of JSON. */

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

/** The object in a file, without what belongs to the server it came from. */
export async function readFile(file: File): Promise<Record<string, unknown>> {
  return withoutOrigin(parse(await file.text(), file.name));
}

function parse(text: string, name: string): Record<string, unknown> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new WrongFile(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) {
    throw new WrongFile(`${name} does not hold one exported object`);
  }
  return read as Record<string, unknown>;
}

const ORIGIN = ["id", "tenantId", "createdTime", "version", "externalId", "ownerId", "routingKey", "secret"];

/** A copy that can be saved as something new. */
export function withoutOrigin(exported: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(exported).filter(([key]) => !ORIGIN.includes(key)));
}
