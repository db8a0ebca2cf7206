/** What pressing a button sends, from its settings. */
import { number, text } from "../../../../api/shapes";
import { LEAST_TIMEOUT, type Send, scopeOf, sendOf } from "../../controls/actions";
import type { Widget } from "../../stored/model";

interface Sending {
  send: Send;
  value: unknown;
}

/** What a press sends; undefined when the settings cannot be read. */
export function sendsOf({ type, settings }: Pick<Widget, "type" | "settings">): Sending[] | undefined {
  if (type === "update_attributes") {
    const scope = scopeOf(settings.entityAttributeType) ?? "SERVER_SCOPE";
    const values = parsed(settings.entityParameters, {});
    if (typeof values !== "object" || values === null || Array.isArray(values)) return undefined;
    return Object.entries(values).map(([key, value]) => ({
      send: { kind: "attribute", scope, key, data: { kind: "value" } },
      value,
    }));
  }
  if (type === "command_button")
    return [{ send: sendOf(settings, "onClickState", { kind: "none" }), value: true }];
  const value = parsed(settings.methodParams, null);
  if (value === undefined) return undefined;
  const send: Send = {
    kind: "rpc",
    rpc: {
      method: text(settings.methodName) || "rpcCommand",
      timeout: Math.max(number(settings.requestTimeout, LEAST_TIMEOUT), LEAST_TIMEOUT),
      persistent: settings.requestPersistent === true,
      polling: Math.max(number(settings.persistentPollingInterval, LEAST_TIMEOUT), 1_000),
    },
    twoway: settings.oneWayElseTwoWay === false,
    data: { kind: "value" },
  };
  return [{ send, value }];
}

/** JSON of a setting, which may be empty; undefined when it is none. */
function parsed(raw: unknown, empty: unknown): unknown {
  if (typeof raw !== "string") return raw ?? empty;
  if (raw.trim() === "") return empty;
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return undefined;
  }
}
