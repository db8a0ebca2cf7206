/** What the server says when it refuses, in the form people are shown. */

/** A refusal by the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(message: string, status: number, code: number) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** The server's code for an access token that has run out. */
export const TOKEN_EXPIRED = 11;

/** Makes an error of an answer's body: usually `ErrorBody`, plain text from the telemetry calls. */
export function refusal(status: number, body: unknown): ApiError {
  if (typeof body === "object" && body !== null && "message" in body) {
    const code = "errorCode" in body && typeof body.errorCode === "number" ? body.errorCode : 0;
    return new ApiError(String(body.message), status, code);
  }
  const text = typeof body === "string" ? body.trim() : "";
  return new ApiError(text || standIn(status), status, 0);
}

function standIn(status: number): string {
  if (status === 404) return "not found on the server";
  if (status === 413) return "too large: the server refused the request";
  if (status === 504) return "nobody answered in time";
  return `the server answered ${status} without a reason`;
}

/** The text of any error; a sentence that begins with a capital and has no stack. */
export function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a person can do about it, when that is known from the kind of error alone. */
export function advice(error: unknown): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 0)
    return "Check that the server runs and that this computer can reach it, then try again.";
  if (error.status === 403) return "Ask an administrator for the permission.";
  if (error.status === 409)
    return "Somebody saved a newer version. Reload the page and make your change again.";
  if (error.status === 429) return "Wait a moment and try again.";
  if (error.status >= 500) return "Try again; when it stays, look at the server's log.";
  return undefined;
}
