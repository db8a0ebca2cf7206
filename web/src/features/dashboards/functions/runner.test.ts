import { describe, expect, it, vi } from "vitest";
import { type Fn, functionOf } from "./kinds";
import type { Batch, Outcome, Reply } from "./protocol";
import { type Call, type Result, Runner, type WorkerLike } from "./runner";

/** A worker whose answers the test gives. */
class Bench implements WorkerLike {
  onmessage: ((event: MessageEvent<Reply>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly batches: Batch[] = [];
  ended = false;
  postMessage(batch: Batch): void {
    this.batches.push(batch);
  }
  terminate(): void {
    this.ended = true;
  }
  say(reply: Reply): void {
    this.onmessage?.({ data: reply } as MessageEvent<Reply>);
  }
  ready(): void {
    this.say({ type: "ready" });
  }
  answer(outcomes: Outcome[], dead = false): void {
    this.say({ type: "done", id: this.batches.at(-1)?.id ?? 0, outcomes, dead });
  }
}

function bench() {
  const workers: Bench[] = [];
  const runner = new Runner(
    () => {
      const one = new Bench();
      workers.push(one);
      return one;
    },
    { start: 1_000, beyond: 100, idle: 5_000 },
  );
  return { runner, workers, last: () => workers.at(-1) ?? new Bench() };
}

const fn = (body: string): Fn => functionOf("ticksFormatter", body) ?? { name: "", params: [], body };
const call = (body: string, ...args: unknown[]): Call => ({ fn: fn(body), args });

describe("the runner", () => {
  it("sends all calls of a widget in one message, each once, and keeps the results", () => {
    const { runner, workers, last } = bench();
    const done = vi.fn<(results: Result[]) => void>();
    const calls = [call("a", 1), call("b", 1), call("a", 2), call("a", 1)];
    runner.run({}, calls, done);
    expect(last().batches).toEqual([]);
    last().ready();
    expect(last().batches).toHaveLength(1);
    expect(last().batches[0]?.calls.map((one) => [one.of, one.args])).toEqual([
      [0, "[1]"],
      [0, "[2]"],
      [1, "[1]"],
    ]);
    last().answer([{ json: "10" }, { json: "20" }, { failed: "no", why: "threw" }]);
    expect(done).toHaveBeenCalledExactlyOnceWith([
      { value: 10 },
      { failed: "no" },
      { value: 20 },
      { value: 10 },
    ]);
    runner.run({}, [call("a", 2)], done);
    expect(done).toHaveBeenLastCalledWith([{ value: 20 }]);
    runner.run({}, [call("return Date.now()", 2)], done);
    last().answer([{ json: "1" }]);
    runner.run({}, [call("return Date.now()", 2)], done);
    expect(last().batches).toHaveLength(3);
    expect(workers).toHaveLength(1);
  });

  it("replaces what an owner still waits for, but never what is under way", () => {
    const { runner, last } = bench();
    const owner = {};
    const dones = [1, 2, 3].map((n) => {
      const done = vi.fn();
      runner.run(owner, [call("a", n)], done);
      if (n === 1) last().ready();
      return done;
    });
    last().answer([{ json: "1" }]);
    last().answer([{ json: "3" }]);
    expect(dones.map((one) => one.mock.calls.length)).toEqual([1, 0, 1]);
    expect(last().batches).toHaveLength(2);
  });

  it("ends a worker that hangs, blames the function it was at, and goes on with the others", () => {
    vi.useFakeTimers();
    const { runner, workers, last } = bench();
    const done = vi.fn<(results: Result[]) => void>();
    runner.run({}, [call("good", 1), call("hangs", 1), call("late", 1)], done);
    last().ready();
    last().say({ type: "begins", id: 1, of: 1 });
    vi.advanceTimersByTime(1_200);
    expect(workers[0]?.ended).toBe(true);
    expect(workers).toHaveLength(2);
    last().ready();
    expect(last().batches[0]?.functions.map((one) => one.body)).toEqual(["good", "late"]);
    last().answer([{ json: "1" }, { json: "2" }]);
    const results = done.mock.lastCall?.[0] ?? [];
    expect(results[0]).toEqual({ value: 1 });
    expect(results[1]).toMatchObject({ failed: expect.stringContaining("had to be stopped") as string });
    expect(results[2]).toEqual({ value: 2 });
    vi.advanceTimersByTime(6_000);
    expect(workers[1]?.ended).toBe(true);
    vi.useRealTimers();
  });

  it("starts another worker after one that broke, without the function that broke it", () => {
    const { runner, workers, last } = bench();
    const done = vi.fn<(results: Result[]) => void>();
    runner.run({}, [call("good", 1), call("deep", 1), call("next", 1)], done);
    last().ready();
    last().answer([{ json: "1" }, { failed: "it calls itself too deeply", why: "exceeded" }], true);
    expect(workers).toHaveLength(2);
    last().ready();
    last().answer([{ json: "3" }]);
    expect(done.mock.lastCall?.[0][2]).toEqual({ value: 3 });
    runner.run({}, [call("deep", 2)], done);
    expect(done.mock.lastCall?.[0][0]).toMatchObject({
      failed: expect.stringContaining("switched off") as string,
    });
  });

  it("switches a function off that exceeds its limits again and again, or is none", () => {
    const { runner, last } = bench();
    const done = vi.fn<(results: Result[]) => void>();
    const outcome: Outcome = { failed: "it ran longer than 100 ms", why: "exceeded" };
    runner.run({}, [call("slow", 1)], done);
    last().ready();
    last().answer([outcome]);
    for (const n of [2, 3]) {
      runner.run({}, [call("slow", n)], done);
      last().answer([outcome]);
    }
    runner.run({}, [call("slow", 4)], done);
    expect(last().batches).toHaveLength(3);
    expect(done.mock.lastCall?.[0]).toEqual([
      { failed: "it ran longer than 100 ms; switched off until the page is loaded again" },
    ]);
    runner.run({}, [call("return (", 1)], done);
    last().answer([{ failed: "unexpected token", why: "wrong" }]);
    runner.run({}, [call("return (", 2)], done);
    expect(last().batches).toHaveLength(4);
  });

  it("says so when there is no worker to be had", () => {
    const { runner, last } = bench();
    const done = vi.fn<(results: Result[]) => void>();
    runner.run({}, [call("a", 1)], done);
    last().onerror?.({} as ErrorEvent);
    expect(done.mock.lastCall?.[0][0]).toMatchObject({
      failed: expect.stringContaining("could not be started") as string,
    });
  });

  it("lets no result reach a prototype", () => {
    const { runner, last } = bench();
    const done = vi.fn<(results: Result[]) => void>();
    runner.run({}, [call("a", 1)], done);
    last().ready();
    last().answer([
      { json: '{"__proto__":{"hit":true},"color":"red","constructor":{"prototype":{"hit":true}}}' },
    ]);
    const [result] = done.mock.lastCall?.[0] ?? [];
    const value = result && "value" in result ? (result.value as Record<string, unknown>) : {};
    expect(Object.assign({}, value)).not.toHaveProperty("hit");
    expect(Object.hasOwn(value, "__proto__")).toBe(false);
    expect(({} as Record<string, unknown>).hit).toBeUndefined();
  });
});
