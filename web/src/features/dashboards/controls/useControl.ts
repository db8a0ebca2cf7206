import { useCallback, useEffect, useMemo, useState } from "react";
import type { EntityId } from "../../../api/types";
import { live } from "../../../live/connection";
import { useAttributeValues, type LatestValues } from "../../../live/values";
import { useBoard } from "../board";
import { parsedArgument } from "../functions/kinds";
import { useCalls } from "../functions/useCalls";
import type { Get, Send } from "./actions";
import { carryOut, command } from "./calls";
import { type Life, Sender } from "./life";

export interface Control {
  /** What the device reports; undefined until it is known. */
  reported: unknown;
  life: Life;
  /** Why the value could not be read. */
  unread: string | undefined;
  /** Sends a value; nothing while the dashboard is edited. */
  send: (send: Send, value: unknown) => void;
  /** Whether commands can be sent. */
  ready: boolean;
  /** A value that nobody confirms any better: what was last taken. */
  taken: unknown;
}

interface Wish {
  send: Send;
  value: unknown;
}

/** A control's two directions for one device. */
export function useControl(device: EntityId | undefined, get: Get): Control {
  const { editing } = useBoard();
  const [life, setLife] = useState<Life>({ kind: "idle" });
  const [taken, setTaken] = useState<{ value: unknown }>();
  const asked = useAnswer(editing ? undefined : device, get);
  const reported = useReported(device, get);
  const sender = useMemo(() => {
    if (!device) return undefined;
    return new Sender<Wish>(async ({ send, value }, tell) => {
      await carryOut(device, send, value, tell);
      setTaken({ value });
    }, setLife);
  }, [device]);
  useEffect(() => {
    setLife({ kind: "idle" });
    setTaken(undefined);
  }, [device]);
  const send = useCallback(
    (one: Send, value: unknown) => {
      if (!editing) sender?.put({ send: one, value });
    },
    [sender, editing],
  );
  const known = useParsed(get, get.kind === "rpc" ? asked.value : reported);
  return {
    reported: known,
    life,
    unread: asked.failed,
    send,
    ready: !editing && Boolean(device),
    taken: taken?.value,
  };
}

/** What is said, as the control's own function reads it; as it came when that fails. */
function useParsed(get: Get, said: unknown): unknown {
  const { parse } = get.convert;
  const results = useCalls(
    parse && said !== undefined ? [{ slot: "value", fn: parse, args: [parsedArgument(said)] }] : [],
  );
  const one = results.get("value");
  if (!parse || said === undefined) return said;
  if (one === undefined) return undefined;
  return "value" in one ? one.value : said;
}

interface Answer {
  value: unknown;
  failed: string | undefined;
}

/** Asks the device for its value, once. */
function useAnswer(device: EntityId | undefined, get: Get): Answer {
  const [answer, setAnswer] = useState<Answer>({ value: undefined, failed: undefined });
  const rpc = get.kind === "rpc" ? JSON.stringify(get.rpc) : undefined;
  const id = device?.id;
  useEffect(() => {
    if (!rpc || !id) return;
    let gone = false;
    const read = JSON.parse(rpc) as Parameters<typeof command>[1];
    command(id, read, true, null, () => undefined)
      .then((value) => !gone && setAnswer({ value, failed: undefined }))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (!gone) setAnswer({ value: undefined, failed: reason });
      });
    return () => {
      gone = true;
    };
  }, [rpc, id]);
  return answer;
}

/** The value of an attribute or time series, live; whether an alarm is active. */
function useReported(device: EntityId | undefined, get: Get): unknown {
  const key = get.kind === "attribute" || get.kind === "timeseries" ? get.key : "";
  const ofAttribute = get.kind === "attribute" ? device : undefined;
  const scopes = get.kind === "attribute" ? get.scope : undefined;
  const client = useAttributeValues(scoped(ofAttribute, scopes, "CLIENT_SCOPE"), "CLIENT_SCOPE", key);
  const shared = useAttributeValues(scoped(ofAttribute, scopes, "SHARED_SCOPE"), "SHARED_SCOPE", key);
  const server = useAttributeValues(scoped(ofAttribute, scopes, "SERVER_SCOPE"), "SERVER_SCOPE", key);
  const latest = useSeries(get.kind === "timeseries" ? device : undefined, key);
  const alarm = useAlarm(get.kind === "alarm" ? device : undefined, get);
  const { state, entities } = useBoard();
  if (get.kind === "alarm") return alarm;
  if (get.kind === "state") return get.whole ? { id: state, params: paramsOfState(entities) } : state;
  if (get.kind === "timeseries") return latest;
  return newest([client, shared, server], key);
}

/** The entities of a state as its address has them: the one without a name is the state's own. */
function paramsOfState(entities: ReadonlyMap<string, EntityId>): Record<string, unknown> {
  const own = entities.get("");
  const named = [...entities].filter(([name]) => name !== "").map(([name, id]) => [name, { entityId: id }]);
  return { ...(own ? { entityId: own } : {}), ...Object.fromEntries(named) };
}

function scoped(
  device: EntityId | undefined,
  wanted: string | undefined,
  scope: string,
): EntityId | undefined {
  return wanted === undefined || wanted === scope ? device : undefined;
}

function newest(sets: (LatestValues | undefined)[], key: string): string | undefined {
  return sets
    .flatMap((one) => one?.get(key) ?? [])
    .sort((a, b) => b.ts - a.ts)
    .at(0)?.value;
}

function useSeries(device: EntityId | undefined, key: string): string | undefined {
  const [value, setValue] = useState<string>();
  const id = device?.id;
  const entityType = device?.entityType;
  useEffect(() => {
    setValue(undefined);
    if (!id || !entityType || !key) return;
    const command = { type: "TIMESERIES", entityType, entityId: id, scope: "LATEST_TELEMETRY", keys: key };
    return live.subscribe(command, (update) => {
      const data = update.data as Record<string, [number, unknown][]> | undefined;
      const said = data?.[key]?.[0]?.[1];
      if (said !== undefined && said !== null)
        setValue(typeof said === "string" ? said : JSON.stringify(said));
    });
  }, [id, entityType, key]);
  return value;
}

function useAlarm(device: EntityId | undefined, get: Get): boolean | undefined {
  const [active, setActive] = useState<boolean>();
  const id = device?.id;
  const entityType = device?.entityType;
  const which = JSON.stringify(
    get.kind === "alarm" ? { typeList: get.types, severityList: get.severities } : {},
  );
  useEffect(() => {
    setActive(undefined);
    if (!id || !entityType) return;
    const command = {
      type: "ALARM_STATUS",
      originatorId: { id, entityType },
      ...(JSON.parse(which) as object),
    };
    return live.subscribe(command, (update) => setActive(update.active === true));
  }, [id, entityType, which]);
  return active;
}
