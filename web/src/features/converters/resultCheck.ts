/** What a real message with a script's result would be refused for: the test runs the script alone. */
import { type Members, isMembers } from "../../api/shapes";

/** Undefined for a result that the server would take. */
export function uplinkFault(output: string): string | undefined {
  const result = parsed(output);
  if (result === undefined || result === null) {
    return "The script returned nothing: a message like this is skipped.";
  }
  const entries = Array.isArray(result) ? result : [result];
  for (const entry of entries) {
    const fault = isMembers(entry) ? entryFault(entry) : "The result must be an object or a list of objects.";
    if (fault) return fault;
  }
  return undefined;
}

function entryFault(entry: Members): string | undefined {
  const device = named(entry.deviceName);
  const asset = named(entry.assetName);
  if (!device && !asset) return "The result has neither deviceName nor assetName: nothing would be stored.";
  if (device && asset) return "The result has both deviceName and assetName: it must have one of them.";
  const { attributes, telemetry } = entry;
  if (telemetry !== undefined && telemetry !== null && typeof telemetry !== "object")
    return "telemetry must be an object or a list: name the value, as in { temperature: value }.";
  if (attributes !== undefined && attributes !== null && !isMembers(attributes))
    return "attributes must be an object.";
  return undefined;
}

function named(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

/** The same for messages to devices. */
export function downlinkFault(output: string): string | undefined {
  const result = parsed(output);
  if (result === undefined || result === null)
    return "The script returned nothing: nothing would be published.";
  const entries = Array.isArray(result) ? result : [result];
  for (const entry of entries) {
    if (!isMembers(entry)) return "The result must be an object or a list of objects.";
    if (entry.data === undefined) return "The result has no data: nothing would be published.";
  }
  return undefined;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output) as unknown;
  } catch {
    return undefined;
  }
}
