/** Attribute values between the API and a field people type in. */

export type ValueKind = "STRING" | "NUMBER" | "BOOLEAN" | "JSON";

export function kindOf(value: unknown): ValueKind {
  if (typeof value === "string") return "STRING";
  if (typeof value === "number") return "NUMBER";
  if (typeof value === "boolean") return "BOOLEAN";
  return "JSON";
}

export function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A typed value that is not of the kind that was chosen. */
export class WrongValue extends Error {}

export function parseValue(typed: string, kind: ValueKind): unknown {
  switch (kind) {
    case "STRING":
      return typed;
    case "NUMBER": {
      const read = Number(typed.trim());
      if (typed.trim() === "" || !Number.isFinite(read)) throw new WrongValue("the value is not a number");
      return read;
    }
    case "BOOLEAN":
      if (typed !== "true" && typed !== "false") throw new WrongValue("the value is neither true nor false");
      return typed === "true";
    case "JSON":
      try {
        return JSON.parse(typed) as unknown;
      } catch (error) {
        throw new WrongValue(
          `the value is not JSON: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
  }
}
