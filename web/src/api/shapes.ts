/** Reading of members that the API describes as free JSON. */

export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function members(value: unknown): Members {
  return isMembers(value) ? value : {};
}

export function text(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

export function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

export function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === "boolean" ? value : otherwise;
}

export function texts(value: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, one] of Object.entries(members(value)))
    out[key] = typeof one === "string" ? one : JSON.stringify(one);
  return out;
}
