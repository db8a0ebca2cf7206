/** Messages among an integration's events that its decoder can be tested on. */
import { members, text, texts } from "../../api/shapes";
import type { Event, Integration } from "../../api/types";
import { formOf, pretty } from "../../format/payload";
import type { TestCase } from "../scriptTest/testCase";

export function isTestable(event: Event): boolean {
  return event.type === "DEBUG_INTEGRATION" && members(event.body).type === "Uplink";
}

/** The message of an event as the decoder was given it. */
export function caseOfUplink(event: Event, integration: Integration): TestCase {
  const message = members(parsed(text(members(event.body).message)));
  const payload = text(message.payload);
  const form = formOf(parsed(payload) === undefined ? "TEXT" : "JSON");
  const own = Object.entries(texts(members(integration.configuration).metadata));
  return {
    content: form === "JSON" ? pretty(payload) : payload,
    form,
    metadata: [...own, ["topic", text(message.topic)], ["integrationName", integration.name ?? ""]],
    msgType: "",
    integrationMetadata: [],
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
