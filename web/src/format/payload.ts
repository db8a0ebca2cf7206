/** Payloads between what people type and what the API takes. */

export type PayloadForm = "JSON" | "TEXT" | "HEX" | "BASE64";

/** A typed payload that is not of its form. */
export class WrongPayload extends Error {}

function toBase64(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  return btoa(out);
}

/** The payload as base64, which is what the test call takes. */
export function encodePayload(typed: string, form: PayloadForm): string {
  switch (form) {
    case "JSON":
      try {
        JSON.parse(typed);
      } catch (error) {
        throw new WrongPayload(
          `the payload is not JSON: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      return toBase64(new TextEncoder().encode(typed));
    case "TEXT":
      return toBase64(new TextEncoder().encode(typed));
    case "HEX": {
      const digits = typed.replace(/0x/gi, "").replace(/[\s:,-]/g, "");
      if (!/^([0-9a-f]{2})*$/i.test(digits)) {
        throw new WrongPayload("hexadecimal needs pairs of the digits 0-9 and a-f");
      }
      return toBase64(Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
    }
    case "BASE64": {
      const digits = typed.replace(/\s/g, "");
      try {
        atob(digits);
      } catch {
        throw new WrongPayload("the payload is not base64");
      }
      return digits;
    }
  }
}

/** The form to open a captured payload in: the API names JSON, TEXT or BINARY (base64). */
export function formOf(contentType: string): PayloadForm {
  if (contentType === "JSON" || contentType === "TEXT") return contentType;
  return "BASE64";
}

/** JSON set in lines, its numbers as they are written (`25.0` stays); other text as it is. */
export function pretty(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  // Strings, brackets, separators, and what is left: numbers and words.
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  tokens.forEach((token, at) => {
    const next = tokens[at + 1];
    if (token === "{" || token === "[") {
      const isEmpty = next === "}" || next === "]";
      if (!isEmpty) depth += 1;
      out += token + (isEmpty ? "" : line());
    } else if (token === "}" || token === "]") {
      const before = tokens[at - 1];
      const isEmpty = before === "{" || before === "[";
      if (!isEmpty) depth -= 1;
      out += (isEmpty ? "" : line()) + token;
    } else if (token === ",") out += token + line();
    else if (token === ":") out += ": ";
    else out += token;
  });
  return out;
}
