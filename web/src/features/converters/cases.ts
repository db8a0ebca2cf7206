/** What a test of a converter runs on. */
import { clock } from "../../format/time";
import { pretty } from "../../format/payload";
import { members, text } from "../../api/shapes";
import type { ConverterType, Event } from "../../api/types";
import { listEvents } from "../events/requests";
import { type Captured, type TestCase, captured, pairsOf } from "../scriptTest/testCase";

export function usualCase(type: ConverterType): TestCase {
  if (type === "DOWNLINK") {
    return {
      content: pretty('{"method":"setValue","params":"33","additionalInfo":null}'),
      form: "JSON",
      metadata: [
        ["deviceName", "SN-001"],
        ["deviceType", "sensor"],
      ],
      msgType: "RPC_CALL_FROM_SERVER_TO_DEVICE",
      integrationMetadata: [["integrationName", "MQTT Integration"]],
    };
  }
  return {
    content: pretty('{"value":25.1}'),
    form: "JSON",
    metadata: [
      ["topic", "tb/mqtt-integration-tutorial/sensors/SN-001/temperature"],
      ["integrationName", "MQTT Integration"],
    ],
    msgType: "",
    integrationMetadata: [],
  };
}

/** The case of a captured debug event of a converter. */
export function caseOf(event: Event): TestCase {
  const body = members(event.body);
  const made = captured(
    text(body.in),
    text(body.inMessageType, "JSON"),
    text(body.metadata),
    text(body.inMsgType),
  );
  return { ...made, integrationMetadata: pairsOf(text(body.inIntegrationMetadata)) };
}

/** The case of the latest event, in the form of the API's own call for it. */
export function caseOfLatest(input: unknown): TestCase | undefined {
  const read = members(input);
  if (text(read.inContent) === "") return undefined;
  const made = captured(
    text(read.inContent),
    text(read.inContentType, "JSON"),
    text(read.inMetadata),
    text(read.inMsgType),
  );
  return { ...made, integrationMetadata: pairsOf(text(read.inIntegrationMetadata)) };
}

const OFFERED = 20;

/** What a converter was run on lately, failures marked. */
export async function capturedOf(converterId: string): Promise<Captured[]> {
  const entity = { entityType: "CONVERTER" as const, id: converterId };
  const page = await listEvents(entity, {
    type: "DEBUG_CONVERTER",
    errorsOnly: false,
    page: 0,
    pageSize: OFFERED,
  });
  return page.data.map((event) => {
    const body = members(event.body);
    const outcome = text(body.error) ? "failed" : "OK";
    return {
      id: event.uid,
      label: `${clock(event.createdTime, Date.now())} – ${outcome}`,
      description: text(body.in).slice(0, 60),
      test: caseOf(event),
    };
  });
}
