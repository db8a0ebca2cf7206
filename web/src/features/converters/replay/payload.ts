/** A captured payload as people read it. */
import type { CapturedMessage } from "../../../api/types";
import { texts } from "../../../api/shapes";
import { type PayloadForm, pretty } from "../../../format/payload";
import type { TestCase } from "../../scriptTest/testCase";

export interface Payload {
  form: PayloadForm;
  text: string;
}

/** JSON in lines, text as it is, anything else in hexadecimal. */
export function readable(base64: string): Payload {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const text = utf8(bytes);
  if (text === undefined) return { form: "HEX", text: hexadecimal(bytes) };
  return isJson(text) ? { form: "JSON", text: pretty(text) } : { form: "TEXT", text };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // Control characters are a sign of bytes that happen to be text.
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hexadecimal(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const pairs = [...bytes.slice(at, at + 16)].map((byte) => byte.toString(16).padStart(2, "0"));
    lines.push(pairs.join(" "));
  }
  return lines.join("\n");
}

/** The message in the test dialog; a payload that was cut must be fetched whole before. */
export function caseOfMessage(message: CapturedMessage): TestCase {
  const { form, text } = readable(message.payload);
  return {
    content: text,
    form,
    metadata: Object.entries(texts(message.metadata)),
    msgType: "",
    integrationMetadata: [],
  };
}

/** `12 B`, `3.4 KiB`, `1.0 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
