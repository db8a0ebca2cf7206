/** What a test of a script runs on: a captured message, or an example when there is none. */
import { type PayloadForm, formOf, pretty } from "../../format/payload";
import { texts } from "../../api/shapes";
import type { Pairs } from "../../ui/KeyValues";

export interface TestCase {
  /** Uplink: the payload. Otherwise: the message as JSON. */
  content: string;
  form: PayloadForm;
  metadata: Pairs;
  msgType: string;
  integrationMetadata: Pairs;
}

/** A message that went through, to be picked in the dialog. */
export interface Captured {
  id: string;
  label: string;
  description: string;
  test: TestCase;
}

/** The rows of a map in JSON text. */
export function pairsOf(json: string): Pairs {
  try {
    return Object.entries(texts(JSON.parse(json)));
  } catch {
    return [];
  }
}

/** The case of a captured message; `contentType` is JSON, TEXT or BINARY (base64). */
export function captured(content: string, contentType: string, metadata: string, msgType: string): TestCase {
  const form = formOf(contentType);
  return {
    content: form === "JSON" ? pretty(content) : content,
    form,
    metadata: pairsOf(metadata),
    msgType,
    integrationMetadata: [],
  };
}
