/**
 * How a control reads its value and sends it, from its settings: the newer form names an action for each
 * direction, the older one methods and a way to begin. Both become one form here.
 */
import { type Members, isMembers, members, number, text } from "../../../api/shapes";
import type { AttributeScope } from "../../../api/types";
import { type Fn, type FunctionKind, functionOf } from "../functions/kinds";
import type { Call } from "../functions/runner";

/** Timeouts below this come from old dashboards, where the server raised them. */
export const LEAST_TIMEOUT = 5_000;

export interface Rpc {
  method: string;
  timeout: number;
  persistent: boolean;
  /** How often a stored command is looked at (ms). */
  polling: number;
}

export type Get = { initial: unknown; convert: Convert } & (
  | { kind: "nothing" }
  | { kind: "rpc"; rpc: Rpc }
  | { kind: "attribute"; scope: AttributeScope | undefined; key: string }
  | { kind: "timeseries"; key: string }
  | { kind: "alarm"; types: string[]; severities: string[] }
  /** The open state of the dashboard, or it with the entities it was opened with. */
  | { kind: "state"; whole: boolean }
);

export interface Convert {
  /** For switches: what counts as on. */
  on: unknown;
  /** Makes the value of what is said. */
  parse: Fn | undefined;
}

export type Send = { data: Data } & (
  | { kind: "rpc"; rpc: Rpc; twoway: boolean }
  | { kind: "attribute"; scope: AttributeScope; key: string }
  | { kind: "timeseries"; key: string }
);

export type Data =
  { kind: "value" } | { kind: "constant"; value: unknown } | { kind: "none" } | { kind: "function"; fn: Fn };

const SCOPES: readonly AttributeScope[] = ["CLIENT_SCOPE", "SHARED_SCOPE", "SERVER_SCOPE"];

export function scopeOf(raw: unknown): AttributeScope | undefined {
  return SCOPES.find((one) => one === raw);
}

export function rpcOf(raw: Members, otherwise: string): Rpc {
  return {
    method: text(raw.method) || otherwise,
    timeout: Math.max(number(raw.requestTimeout, LEAST_TIMEOUT), LEAST_TIMEOUT),
    persistent: raw.requestPersistent === true,
    polling: Math.max(number(raw.persistentPollingInterval, LEAST_TIMEOUT), 1_000),
  };
}

/** The getting of a newer control, under the name of its setting; of an older one when that is missing. */
export function getOf(settings: Members, name = "initialState"): Get {
  const raw = settings[name];
  if (!isMembers(raw)) return oldGet(settings);
  const data = members(raw.dataToValue);
  const initial = raw.defaultValue ?? settings.initialValue;
  const on = data.compareToValue ?? true;
  const base = {
    initial,
    convert: {
      on,
      parse:
        data.type === "FUNCTION" ? ownFunction("dataToValueFunction", data.dataToValueFunction) : undefined,
    },
  };
  const attribute = members(raw.getAttribute);
  switch (text(raw.action, "EXECUTE_RPC")) {
    case "EXECUTE_RPC":
      return { ...base, kind: "rpc", rpc: rpcOf(members(raw.executeRpc), "getValue") };
    case "GET_ATTRIBUTE":
      return { ...base, kind: "attribute", scope: scopeOf(attribute.scope), key: text(attribute.key) };
    case "GET_TIME_SERIES":
      return { ...base, kind: "timeseries", key: text(members(raw.getTimeSeries).key) };
    case "GET_ALARM_STATUS":
      return {
        ...base,
        kind: "alarm",
        types: listOf(members(raw.getAlarmStatus).typeList),
        severities: listOf(members(raw.getAlarmStatus).severityList),
      };
    case "GET_DASHBOARD_STATE":
      return { ...base, kind: "state", whole: false };
    case "GET_DASHBOARD_STATE_OBJECT":
      return { ...base, kind: "state", whole: true };
    default:
      return { ...base, kind: "nothing" };
  }
}

function listOf(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.filter((one): one is string => typeof one === "string") : [];
}

/** Getting of a setting that most widgets leave out. */
export function getIfAny(settings: Members, name: string): Get {
  if (isMembers(settings[name])) return getOf(settings, name);
  return { kind: "nothing", initial: undefined, convert: { on: true, parse: undefined } };
}

function oldGet(settings: Members): Get {
  const initial = settings.initialValue;
  const convert = { on: true, parse: ownFunction("parseValueFunction", settings.parseValueFunction) };
  const key = text(settings.valueKey) || text(settings.valueAttribute) || "value";
  const base = { initial, convert };
  switch (text(settings.retrieveValueMethod, "rpc")) {
    case "none":
      return { ...base, kind: "nothing" };
    case "attribute":
      return { ...base, kind: "attribute", scope: undefined, key };
    case "timeseries":
      return { ...base, kind: "timeseries", key };
    default:
      return { ...base, kind: "rpc", rpc: rpcOf(settings, text(settings.getValueMethod) || "getValue") };
  }
}

/** The sending of a newer control, or of an older one. */
export function sendOf(settings: Members, name: string, otherwise: Data = { kind: "value" }): Send {
  const raw = settings[name];
  if (!isMembers(raw)) {
    const method = text(settings.setValueMethod) || "setValue";
    const fn = ownFunction("convertValueFunction", settings.convertValueFunction);
    const data: Data = fn ? { kind: "function", fn } : { kind: "value" };
    return { kind: "rpc", rpc: rpcOf(settings, method), twoway: false, data };
  }
  const data = dataOf(members(raw.valueToData), otherwise);
  const attribute = members(raw.setAttribute);
  switch (text(raw.action, "EXECUTE_RPC")) {
    case "SET_ATTRIBUTE":
      return {
        kind: "attribute",
        scope: scopeOf(attribute.scope) ?? "SHARED_SCOPE",
        key: text(attribute.key) || "state",
        data,
      };
    case "ADD_TIME_SERIES":
      return { kind: "timeseries", key: text(members(raw.putTimeSeries).key) || "state", data };
    default:
      return { kind: "rpc", rpc: rpcOf(members(raw.executeRpc), "setValue"), twoway: false, data };
  }
}

function dataOf(raw: Members, otherwise: Data): Data {
  switch (raw.type) {
    case "CONSTANT":
      return { kind: "constant", value: raw.constantValue };
    case "NONE":
      return { kind: "none" };
    case "VALUE":
      return { kind: "value" };
    case "FUNCTION": {
      const fn = ownFunction("valueToDataFunction", raw.valueToDataFunction);
      return fn ? { kind: "function", fn } : { kind: "value" };
    }
    default:
      return otherwise;
  }
}

/** What is sent for a value. A function that fails is told, and nothing is sent. */
export async function paramsOf(data: Data, value: unknown, run: Run): Promise<unknown> {
  switch (data.kind) {
    case "constant":
      return data.value;
    case "none":
      return null;
    case "value":
      return value;
    case "function":
      return run({ fn: data.fn, args: [value] });
  }
}

export type Run = (call: Call) => Promise<unknown>;

/** Functions that every widget is born with say nothing of their own. */
const USUAL = [
  "",
  "return data ? true : false;",
  "return data;",
  "return value;",
  "return value ? true : false;",
  "/* Should return boolean value */ return data;",
];

/** A function that says something of its own. */
function ownFunction(kind: FunctionKind, raw: unknown): Fn | undefined {
  const fn = functionOf(kind, raw);
  const body = (fn?.body ?? "")
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return USUAL.includes(body) ? undefined : fn;
}

/** Whether a value means on. Text is what telemetry and attributes come as. */
export function isOn(value: unknown, on: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (on !== true && on !== undefined) return String(value) === String(on);
  if (typeof value === "string") return !["", "0", "false", "off", "null"].includes(value.toLowerCase());
  return Boolean(value);
}
