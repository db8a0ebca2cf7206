/** Carrying out what a control wants, and telling each step. */
import { type Members, members, text } from "../../../api/shapes";
import type { EntityId } from "../../../api/types";
import { saveAttribute } from "../../attributes/requests";
import { commandsOf, sendCommand, storedCommand } from "../../commands/requests";
import { saveValue } from "../../telemetry/requests";
import { runner } from "../functions/useCalls";
import { newId } from "../stored/newId";
import { type Rpc, type Send, paramsOf } from "./actions";
import type { Tell } from "./life";

/** Sends or writes a value; ends when the device or the server has it. */
export async function carryOut(device: EntityId, send: Send, value: unknown, tell: Tell): Promise<unknown> {
  const params = await paramsOf(send.data, value, (one) => runner.one(one));
  switch (send.kind) {
    case "rpc":
      return command(device.id, send.rpc, send.twoway, params, tell);
    case "attribute":
      await saveAttribute(device, send.scope, send.key, params);
      tell({ kind: "saved", at: Date.now() });
      return undefined;
    case "timeseries":
      await saveValue(device, send.key, params);
      tell({ kind: "saved", at: Date.now() });
      return undefined;
  }
}

/** Sends a command and follows it to its end; the device's answer when there is one. */
export async function command(
  device: string,
  rpc: Rpc,
  twoway: boolean,
  params: unknown,
  tell: Tell,
): Promise<unknown> {
  const requestUUID = newId();
  const body = { method: rpc.method, params, timeout: rpc.timeout, persistent: rpc.persistent, requestUUID };
  if (rpc.persistent) {
    const { rpcId } = members(await sendCommand(device, twoway, body));
    return followed(text(rpcId), rpc, twoway, tell);
  }
  const end = twoway ? watchTaking(device, requestUUID, tell) : () => undefined;
  try {
    const answer = await sendCommand(device, twoway, body);
    end();
    tell(
      twoway
        ? { kind: "answered", at: Date.now(), answer }
        : { kind: "taken", at: Date.now(), waiting: false },
    );
    return answer;
  } finally {
    end();
  }
}

const FIRST_LOOK_MS = 300;
const NEXT_LOOK_MS = 1_000;

/** While an answer is awaited: tells when the broker has the command. */
function watchTaking(device: string, requestUUID: string, tell: Tell): () => void {
  let over = false;
  let timer = 0;
  const look = async () => {
    const list = await commandsOf(device).catch(() => []);
    if (over) return;
    const found = list.find((one) => one.requestUUID === requestUUID);
    if (found?.state === "TAKEN") {
      tell({ kind: "taken", at: Date.now(), waiting: true });
      return;
    }
    timer = window.setTimeout(() => void look(), NEXT_LOOK_MS);
  };
  timer = window.setTimeout(() => void look(), FIRST_LOOK_MS);
  return () => {
    over = true;
    window.clearTimeout(timer);
  };
}

/** What the state of a stored command means to the one who sent it; undefined while nothing is new. */
export function storedLife(
  rpc: Members,
  twoway: boolean,
  now: number,
): { life: Parameters<Tell>[0]; over: boolean; answer?: unknown } | undefined {
  const failed = (reason: string) => ({ life: { kind: "failed" as const, reason }, over: true });
  switch (rpc.status) {
    case "QUEUED":
      return { life: { kind: "queued" }, over: false };
    case "SENT":
      return { life: { kind: "sending" }, over: false };
    case "DELIVERED":
      return { life: { kind: "taken", at: now, waiting: twoway }, over: !twoway };
    case "SUCCESSFUL":
      return { life: { kind: "answered", at: now, answer: rpc.response }, over: true, answer: rpc.response };
    case "TIMEOUT":
      return failed("the device did not answer in time");
    case "EXPIRED":
      return failed("it expired before the device had it");
    case "FAILED":
      return failed(text(members(rpc.response).error) || "the device never answered");
    case "DELETED":
      return failed("it was deleted");
    default:
      return undefined;
  }
}

async function followed(id: string, rpc: Rpc, twoway: boolean, tell: Tell): Promise<unknown> {
  // The first looks come soon: most commands are over in a moment.
  for (let pause = 250; ; pause = Math.min(pause * 2, rpc.polling)) {
    const found = storedLife(members(await storedCommand(id)), twoway, Date.now());
    if (found?.over && found.life.kind === "failed") throw new Error(found.life.reason);
    if (found) tell(found.life);
    if (found?.over) return found.answer;
    await new Promise((done) => window.setTimeout(done, pause));
  }
}
