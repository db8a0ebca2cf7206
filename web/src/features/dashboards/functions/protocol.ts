/** What the page and the worker with the functions say to each other. Values cross as JSON texts only. */

export interface Batch {
  id: number;
  functions: { params: readonly string[]; body: string }[];
  /** Calls in the order of their functions. */
  calls: BatchCall[];
}

export interface BatchCall {
  /** Index of the function. */
  of: number;
  /** A JSON list of arguments; with `chain` a list of `[time, value]`, each call getting the one before. */
  args: string;
  chain?: Chain;
}

/** `post` turns each value into another; `made` makes them, from times alone. */
export type Chain = "post" | "made";

export type Outcome =
  | { json: string }
  /**
   * Why there is no result. `wrong`: no function at all. `threw`: its own error. `exceeded`: a limit;
   * `late`: others used up the time of the batch before it.
   */
  | { failed: string; why: "wrong" | "threw" | "exceeded" | "late" };

export type Reply =
  | { type: "ready" }
  /** The worker begins with the calls of a function. */
  | { type: "begins"; id: number; of: number }
  /** All outcomes, or those up to one that broke the machine: the worker is of no use then. */
  | { type: "done"; id: number; outcomes: Outcome[]; dead: boolean };

export interface Limits {
  /** Milliseconds of one call, and of all calls of a batch. */
  callMs: number;
  batchMs: number;
  /** Bytes of everything a function holds, and of its stack. */
  memory: number;
  stack: number;
  /** Characters of a result as JSON. */
  result: number;
}

export const LIMITS: Limits = {
  callMs: 250,
  batchMs: 1_000,
  memory: 16 * 1024 * 1024,
  // More, and the host's own stack ends before the interpreter's.
  stack: 64 * 1024,
  result: 256 * 1024,
};

/** Calls of one batch. */
export const MOST_CALLS = 10_000;
