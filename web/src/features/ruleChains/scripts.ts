/** Scripts of nodes: what their result means, and messages to test them on. */
import { members, text } from "../../api/shapes";
import type { Event, RuleNode, ScriptType } from "../../api/types";
import type { ScriptUse } from "../../editor/ScriptEditor";
import { clock } from "../../format/time";
import { pretty } from "../../format/payload";
import { listEvents } from "../events/requests";
import { type Captured, type TestCase, captured } from "../scriptTest/testCase";

const TYPES: Record<string, ScriptType> = {
  TbJsFilterNode: "filter",
  TbJsSwitchNode: "switch",
  TbTransformMsgNode: "update",
  TbMsgGeneratorNode: "generate",
  TbLogNode: "string",
};

/** What the result of a node's script means; details of alarms are plain JSON. */
export function scriptTypeOf(node: RuleNode): ScriptType {
  return TYPES[node.type?.split(".").at(-1) ?? ""] ?? "json";
}

export function scriptUseOf(node: RuleNode): ScriptUse {
  return scriptTypeOf(node) === "generate" ? "GENERATOR" : "RULE";
}

/** A message as integrations make them, for a node that has seen none. */
export const USUAL_MESSAGE: TestCase = {
  content: pretty('{"temperature":25.1}'),
  form: "JSON",
  metadata: [
    ["deviceName", "SN-001"],
    ["deviceType", "sensor"],
  ],
  msgType: "POST_TELEMETRY_REQUEST",
  integrationMetadata: [],
};

/** The case of a message that was recorded at a node. */
export function caseOfMessage(event: Event): TestCase {
  const body = members(event.body);
  return captured(text(body.data), text(body.dataType, "JSON"), text(body.metadata), text(body.msgType));
}

const OFFERED = 40;

/** Messages that entered a node lately. */
export async function messagesInto(nodeId: string): Promise<Captured[]> {
  const entity = { entityType: "RULE_NODE" as const, id: nodeId };
  const page = await listEvents(entity, {
    type: "DEBUG_RULE_NODE",
    errorsOnly: false,
    page: 0,
    pageSize: OFFERED,
  });
  return page.data
    .filter((event) => members(event.body).type === "IN")
    .map((event) => ({
      id: event.uid,
      label: `${clock(event.createdTime, Date.now())} – ${text(members(event.body).msgType)}`,
      description: text(members(event.body).data).slice(0, 60),
      test: caseOfMessage(event),
    }));
}
