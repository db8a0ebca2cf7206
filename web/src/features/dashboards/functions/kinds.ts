/** The functions that a stored dashboard may have, and what each is called with. */
import { members, text } from "../../../api/shapes";

/** The names of the arguments, as people wrote their functions for. */
export const PARAMETERS = {
  postFuncBody: ["time", "value", "prevValue", "timePrev", "prevOrigValue"],
  funcBody: ["time", "prevValue"],
  cellContentFunction: ["value", "entity", "ctx"],
  cellStyleFunction: ["value", "entity", "ctx"],
  rowStyleFunction: ["entity", "ctx"],
  ticksFormatter: ["value"],
  tooltipValueFormatter: ["value", "latestData"],
  markdownTextFunction: ["data", "ctx"],
  parseValueFunction: ["data"],
  convertValueFunction: ["value"],
  dataToValueFunction: ["data"],
  valueToDataFunction: ["value"],
  colorFunction: ["value"],
} as const satisfies Record<string, readonly string[]>;

export type FunctionKind = keyof typeof PARAMETERS;

export interface Fn {
  /** What it is called in a notice: `cellContentFunction of temperature`. */
  name: string;
  params: readonly string[];
  body: string;
}

/** A function of a setting; undefined when there is none. Tables of alarms and times have other names for `entity`. */
export function functionOf(kind: FunctionKind, raw: unknown, about = "", row = "entity"): Fn | undefined {
  // The newer form has the text beside the modules it wants.
  const body = text(raw) || text(members(raw).body);
  if (body.trim() === "") return undefined;
  const params = PARAMETERS[kind].map((one) => (one === "entity" ? row : one));
  return { name: about ? `${kind} of ${about}` : kind, params, body };
}

/** A value as functions get it: telemetry comes as text, and what reads as a number is one. */
export function argumentOf(value: string | undefined): unknown {
  if (value === undefined) return "";
  return value !== "" && String(Number(value)) === value ? Number(value) : value;
}

/** A value for the functions of controls, which get what JSON says. */
export function parsedArgument(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** A function's result as a text to show. */
export function resultText(result: unknown): string {
  if (result === null || result === undefined) return "";
  if (typeof result === "object") return JSON.stringify(result);
  return String(result as string | number | boolean);
}
