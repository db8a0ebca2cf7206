/**
 * Runs functions of dashboards in a worker, which is started for the first call, ended when it hangs and
 * when nobody needs it. Results are kept by function and arguments. A function that fails too often, or
 * hangs once, is switched off until the page is loaded again.
 */
import type { Fn } from "./kinds";
import {
  type Batch,
  type BatchCall,
  type Chain,
  LIMITS,
  MOST_CALLS,
  type Outcome,
  type Reply,
} from "./protocol";

export interface Call {
  fn: Fn;
  /** With `chain` the points, otherwise the arguments. */
  args: readonly unknown[];
  chain?: Chain;
}

export type Result = { value: unknown } | { failed: string };

/** What the runner needs of a `Worker`. */
export interface WorkerLike {
  postMessage: (message: Batch) => void;
  terminate: () => void;
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Asked {
  key: string;
  call: Call;
  args: string;
}

interface Job {
  owner: object;
  wanted: Asked[];
  results: Map<string, Result>;
  done: (results: Result[]) => void;
  all: Asked[];
}

interface Running {
  job: Job;
  /** Functions of the batch by their index. */
  functions: Fn[];
  calls: Asked[];
  id: number;
  /** Index of the function whose calls the worker is at. */
  at: number;
}

/** Time for the worker to load, and for a batch beyond its own limit, before it counts as hanging (ms). */
export interface Patience {
  start: number;
  beyond: number;
  idle: number;
}

const PATIENCE: Patience = { start: 20_000, beyond: 1_500, idle: 60_000 };
/** Results kept, and characters of one that is. */
const KEPT = 20_000;
const KEPT_LENGTH = 2_000;
/** Failures after which a function is switched off: its own errors in a row, and limits. */
const MOST_THROWN = 200;
const MOST_EXCEEDED = 3;
const MOST_STARTS = 20;

const OFF = "switched off until the page is loaded again";
/** Bodies that may give another result for the same arguments. */
const RESTLESS = /\bDate\b|\bMath\s*[.[]\s*["']?random/;

export class Runner {
  readonly #make: () => WorkerLike;
  readonly #patience: Patience;
  readonly #known = new Map<string, unknown>();
  readonly #faults = new Map<string, { thrown: number; exceeded: number }>();
  readonly #off = new Map<string, string>();
  #queue: Job[] = [];
  #worker: WorkerLike | undefined;
  #ready = false;
  #running: Running | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ids = 0;
  #starts = 0;

  constructor(make: () => WorkerLike, patience: Patience = PATIENCE) {
    this.#make = make;
    this.#patience = patience;
  }

  /**
   * Runs calls; `done` is called once, at once when all results are known. Calls of the same owner that
   * still wait are replaced. Returns what takes them back, unless they are under way.
   */
  run(owner: object, calls: readonly Call[], done: (results: Result[]) => void): () => void {
    const all = calls.map((call): Asked => {
      const args = JSON.stringify(call.args);
      return { key: `${call.chain ?? ""}|${nameOf(call.fn)}|${args}`, call, args };
    });
    const results = new Map<string, Result>();
    const wanted = new Map<string, Asked>();
    for (const [index, one] of all.entries()) {
      const off = this.#off.get(nameOf(one.call.fn));
      if (off !== undefined) results.set(one.key, { failed: off });
      else if (this.#known.has(one.key)) results.set(one.key, { value: this.#known.get(one.key) });
      else if (index >= MOST_CALLS)
        results.set(one.key, { failed: `more than ${MOST_CALLS} values at once` });
      else wanted.set(one.key, one);
    }
    this.#queue = this.#queue.filter((one) => one.owner !== owner);
    const job: Job = { owner, wanted: [...wanted.values()], results, done, all };
    if (job.wanted.length === 0) {
      finish(job);
      return () => undefined;
    }
    this.#queue.push(job);
    this.#next();
    return () => {
      this.#queue = this.#queue.filter((one) => one !== job);
    };
  }

  /** The result of one call. */
  async one(call: Call): Promise<unknown> {
    const [result] = await new Promise<Result[]>((done) => this.run({}, [call], done));
    if (result && "value" in result) return result.value;
    throw new Error(`${call.fn.name}: ${result?.failed ?? "no result"}`);
  }

  #next(): void {
    if (this.#running) return;
    const job = this.#queue[0];
    if (!job) {
      this.#wait(this.#patience.idle, () => this.#end());
      return;
    }
    if (!this.#worker && !this.#start()) return;
    if (!this.#ready) return;
    this.#queue.shift();
    // What was switched off while it waited is not tried again.
    job.wanted = job.wanted.filter((one) => {
      const off = this.#off.get(nameOf(one.call.fn));
      if (off !== undefined) job.results.set(one.key, { failed: off });
      return off === undefined;
    });
    if (job.wanted.length === 0) {
      finish(job);
      this.#next();
      return;
    }
    this.#send(job);
  }

  #send(job: Job): void {
    const functions = [...new Map(job.wanted.map(({ call }) => [nameOf(call.fn), call.fn])).values()];
    const indexes = new Map(functions.map((fn, index) => [nameOf(fn), index]));
    const of = (one: Asked) => indexes.get(nameOf(one.call.fn)) ?? 0;
    const calls = job.wanted.toSorted((a, b) => of(a) - of(b));
    this.#ids += 1;
    this.#running = { job, functions, calls, id: this.#ids, at: 0 };
    this.#wait(LIMITS.batchMs + this.#patience.beyond, () => this.#hung());
    this.#worker?.postMessage({
      id: this.#ids,
      functions: functions.map(({ params, body }) => ({ params, body })),
      calls: calls.map((one): BatchCall => ({ of: of(one), args: one.args, chain: one.call.chain })),
    });
  }

  #start(): boolean {
    this.#starts += 1;
    if (this.#starts > MOST_STARTS) {
      this.#refuse("functions broke their worker too often: load the page again");
      return false;
    }
    const worker = this.#make();
    this.#worker = worker;
    this.#ready = false;
    worker.onmessage = (event) => {
      if (worker === this.#worker) this.#hear(event.data);
    };
    const lost = () => {
      if (worker !== this.#worker) return;
      this.#end();
      this.#refuse("the worker that runs functions could not be started");
    };
    worker.onerror = lost;
    this.#wait(this.#patience.start, lost);
    return true;
  }

  #hear(reply: Reply): void {
    const running = this.#running;
    if (reply.type === "ready") {
      this.#ready = true;
      this.#next();
    } else if (running && reply.id === running.id) {
      if (reply.type === "begins") running.at = reply.of;
      else this.#done(running, reply.outcomes, reply.dead);
    }
  }

  #done({ job, calls }: Running, outcomes: Outcome[], dead: boolean): void {
    this.#running = undefined;
    for (const [index, outcome] of outcomes.entries()) {
      const one = calls[index];
      // What came too late is asked again: the first call of a batch never does.
      const late = index > 0 && "failed" in outcome && outcome.why === "late";
      if (one && !late) job.results.set(one.key, this.#keep(one, outcome));
    }
    const culprit = calls[outcomes.length - 1];
    if (dead) {
      if (culprit) this.#switchOff(culprit.call.fn, "it calls itself too deeply");
      this.#end();
    }
    this.#again(job);
  }

  /** The worker does not answer: it is ended, and what it was at is to blame. */
  #hung(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    this.#end();
    const fn = running.functions[running.at];
    if (fn) this.#switchOff(fn, "it did not end and had to be stopped");
    this.#again(running.job);
  }

  /** Goes on with what a job still lacks. */
  #again(job: Job): void {
    job.wanted = job.wanted.filter((one) => !job.results.has(one.key));
    if (job.wanted.length > 0) this.#queue.unshift(job);
    else finish(job);
    this.#next();
  }

  #keep({ key, call }: Asked, outcome: Outcome): Result {
    const name = nameOf(call.fn);
    const faults = this.#faults.get(name) ?? { thrown: 0, exceeded: 0 };
    this.#faults.set(name, faults);
    if ("json" in outcome) {
      faults.thrown = 0;
      const value = plain(outcome.json);
      if (outcome.json.length <= KEPT_LENGTH && !RESTLESS.test(call.fn.body)) {
        this.#known.set(key, value);
        const [oldest] = this.#known.keys();
        if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
      }
      return { value };
    }
    if (outcome.why === "threw") faults.thrown += 1;
    if (outcome.why === "exceeded") faults.exceeded += 1;
    const over = faults.thrown >= MOST_THROWN || faults.exceeded >= MOST_EXCEEDED || outcome.why === "wrong";
    if (over) this.#switchOff(call.fn, outcome.failed);
    return { failed: over ? `${outcome.failed}; ${OFF}` : outcome.failed };
  }

  #switchOff(fn: Fn, reason: string): void {
    if (!this.#off.has(nameOf(fn))) this.#off.set(nameOf(fn), `${reason}; ${OFF}`);
  }

  #refuse(reason: string): void {
    const jobs = this.#queue;
    this.#queue = [];
    for (const job of jobs) {
      for (const one of job.wanted) job.results.set(one.key, { failed: reason });
      finish(job);
    }
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = false;
  }

  #wait(ms: number, over: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(over, ms);
  }
}

function finish(job: Job): void {
  job.done(job.all.map((one) => job.results.get(one.key) ?? { failed: "no result" }));
}

function nameOf({ params, body }: Fn): string {
  return `${params.join()}:${body}`;
}

/** A result as plain data; a member that would become a prototype somewhere is left out. */
function plain(json: string): unknown {
  if (!json.includes("__proto__")) return JSON.parse(json) as unknown;
  return JSON.parse(json, (name, value: unknown) => (name === "__proto__" ? undefined : value)) as unknown;
}
