/** Calls that the API's description does not have yet: the same way, without its types. */
import { signedFetch } from "./client";
import { refusal } from "./errors";

/** The reply of a call as it comes. A refusal is thrown, with the reason a command's header gives. */
export async function call(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<unknown> {
  const request = new Request(new URL(path, location.origin), {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await signedFetch(request);
  const text = await answer.text();
  const read = parsed(text);
  if (answer.ok) return read;
  const reason = answer.headers.get("X-Millrace-Reason");
  throw refusal(answer.status, reason ?? read);
}

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A list's query as text. */
export function queryOf(query: object): string {
  const known = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(known.map(([key, value]) => [key, String(value)])).toString();
}
