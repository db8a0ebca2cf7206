/** What a test runs on: a captured message, or an example when there is none. */
import { formOf, type PayloadForm, pretty } from "../../format/payload";
import { members, text, texts } from "../../api/shapes";
import type { ConverterType, Event } from "../../api/types";
import type { Pairs } from "../../ui/KeyValues";

export interface TestCase {
  /** Uplink: the payload. Downlink: the message as JSON. */
  content: string;
  form: PayloadForm;
  metadata: Pairs;
  msgType: string;
  integrationMetadata: Pairs;
}

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

function pairsOf(json: string): Pairs {
  try {
    return Object.entries(texts(JSON.parse(json)));
  } catch {
    return [];
  }
}

/** The case of a captured debug event of a converter. */
export function caseOf(event: Event): TestCase {
  const body = members(event.body);
  return captured(text(body.in), text(body.inMessageType, "JSON"), text(body.metadata), text(body.msgType));
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

function captured(content: string, contentType: string, metadata: string, msgType: string): TestCase {
  const form = formOf(contentType);
  return {
    content: form === "JSON" ? pretty(content) : content,
    form,
    metadata: pairsOf(metadata),
    msgType,
    integrationMetadata: [],
  };
}
