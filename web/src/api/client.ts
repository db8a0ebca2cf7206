/** The one way to the REST API: typed by its description, signed in, with errors as exceptions. */
import createClient from "openapi-fetch";
import type { paths } from "../../.generated/api";
import { ApiError, TOKEN_EXPIRED, refusal } from "./errors";
import { bearer, refresh } from "./session";

export async function signedFetch(request: Request): Promise<Response> {
  const token = await bearer();
  if (token) request.headers.set("X-Authorization", `Bearer ${token}`);
  const again = request.clone();
  const answer = await fetch(request).catch((): never => {
    throw new ApiError("the server cannot be reached", 0, 0);
  });
  if (answer.status !== 401) return answer;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  const expired = refusal(401, body).code === TOKEN_EXPIRED;
  if (!(await refresh()) || !expired) return answer;
  const fresh = await bearer();
  if (fresh) again.headers.set("X-Authorization", `Bearer ${fresh}`);
  return fetch(again);
}

export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  fetch: signedFetch,
  // `ids=a,b`: one form for every list in a query.
  querySerializer: { array: { style: "form", explode: false } },
});

/** The reply of a call; a refusal is thrown, with the reason that a command's header gives. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw refusal(response.status, response.headers.get("X-Millrace-Reason") ?? error);
  return data as T;
}
