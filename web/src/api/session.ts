/**
 * Who is signed in.
 *
 * The access token lives in memory only. The refresh token is kept for the tab, or for the browser
 * when the person asks for it; a page that is opened again gets a new access token with it.
 */
import { ApiError, refusal } from "./errors";
import { type Claims, claims, runsOutAt } from "./token";

const KEY = "millrace.refresh";
const AHEAD_MS = 30_000;

interface Tokens {
  token: string;
  refreshToken: string;
}

interface Held {
  token: string;
  claims: Claims;
  until: number;
}

export type SessionState =
  { kind: "starting" } | { kind: "out"; ended?: boolean } | { kind: "in"; claims: Claims };

let state: SessionState = { kind: "starting" };
let held: Held | undefined;
let running: Promise<boolean> | undefined;
const watchers = new Set<() => void>();

export function sessionState(): SessionState {
  return state;
}

export function watchSession(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function become(next: SessionState): void {
  state = next;
  for (const watcher of watchers) watcher();
}

function keptRefreshToken(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

function take(tokens: Tokens, keep: boolean): void {
  const read = claims(tokens.token);
  if (!read) throw new ApiError("the server's token cannot be read", 0, 0);
  held = { token: tokens.token, claims: read, until: runsOutAt(read, Date.now()) };
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  (keep ? localStorage : sessionStorage).setItem(KEY, tokens.refreshToken);
  if (state.kind !== "in" || state.claims.userId !== read.userId) become({ kind: "in", claims: read });
}

function forget(ended: boolean): void {
  held = undefined;
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  become({ kind: "out", ended });
}

async function post(path: string, body: unknown): Promise<Tokens> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError("the server cannot be reached", 0, 0);
  }
  const read: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw refusal(answer.status, read);
  return read as Tokens;
}

/** Signs in. `keep` leaves the session in this browser when the tab is closed. */
export async function signIn(username: string, password: string, keep: boolean): Promise<void> {
  take(await post("/api/auth/login", { username, password }), keep);
}

/** Signs out here and tells the server, which only notes it. */
export async function signOut(): Promise<void> {
  const token = held?.token;
  forget(false);
  if (token) {
    const headers = { "X-Authorization": `Bearer ${token}` };
    await fetch("/api/auth/logout", { method: "POST", headers }).catch(() => undefined);
  }
}

/** Gets a new access token; calls at the same time share one request. False when nobody is signed in. */
export function refresh(): Promise<boolean> {
  running ??= renew().finally(() => {
    running = undefined;
  });
  return running;
}

async function renew(): Promise<boolean> {
  const refreshToken = keptRefreshToken();
  if (!refreshToken) {
    if (state.kind !== "out") become({ kind: "out" });
    return false;
  }
  try {
    take(await post("/api/auth/token", { refreshToken }), localStorage.getItem(KEY) !== null);
    return true;
  } catch (error) {
    // A server that is away does not end a session; one that refuses does.
    if (error instanceof ApiError && error.status === 401) {
      forget(true);
      return false;
    }
    throw error;
  }
}

/** The access token to use now; refreshed when it is about to run out. */
export async function bearer(): Promise<string | undefined> {
  if (!held && state.kind === "out") return undefined;
  if (!held || held.until - AHEAD_MS < Date.now()) await refresh();
  return held?.token;
}
