/**
 * Runs functions of strangers in an interpreter of its own (QuickJS as WebAssembly). They see the values
 * they are called with and the language's own library: no page, no network, no clock to wait on, nothing
 * of each other and nothing of an earlier batch. Time, memory, stack and results are bounded; what
 * exceeds a bound fails alone.
 */
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from "quickjs-emscripten-core";
import { type Batch, type BatchCall, LIMITS, type Limits, type Outcome } from "./protocol";

/**
 * Runs inside of the interpreter, before the function does: it keeps its own hold of what it needs, so that
 * a function that changes the library changes nothing here.
 */
const HARNESS = `(function (most) {
  "use strict";
  const { parse, stringify } = JSON;
  const { apply } = Reflect;
  const Make = Function;
  const Later = Promise;
  const Fault = RangeError;
  const told = (out) => {
    if (out instanceof Later) throw new Fault("asynchronous functions are not waited for");
    const json = stringify(out);
    if (json === undefined) return "null";
    if (json.length > most) throw new Fault("its result is longer than " + most + " characters");
    return json;
  };
  const post = (fn, points) => {
    let prev = 0, time = 0, origin = 0;
    const list = parse(points);
    for (let at = 0; at < list.length; at++) {
      const point = list[at];
      const made = parse(told(apply(fn, undefined, [point[0], point[1], prev, time, origin])));
      time = point[0];
      origin = point[1];
      prev = point[1] = made;
    }
    return stringify(list);
  };
  const made = (fn, points) => {
    const list = parse(points);
    let prev = 0;
    for (let at = 0; at < list.length; at++) {
      const point = list[at];
      prev = point[1] = parse(told(apply(fn, undefined, [point[0], point[1] === null ? prev : point[1]])));
    }
    return stringify(list);
  };
  return (head, body) => {
    const fn = apply(Make, undefined, [head, body]);
    return (args, chain) =>
      chain === "post" ? post(fn, args) : chain === "made" ? made(fn, args) : told(apply(fn, undefined, parse(args)));
  };
})`;

/** The interpreter could not be taken apart; it cannot be used any more. */
class Broken extends Error {}

export class Machine {
  readonly #quickjs: QuickJSWASMModule;
  readonly #limits: Limits;

  constructor(quickjs: QuickJSWASMModule, limits: Limits = LIMITS) {
    this.#quickjs = quickjs;
    this.#limits = limits;
  }

  /** The outcomes of a batch in its order; `dead` when the machine broke at the last of them. */
  run(batch: Batch, begins: (of: number) => void = () => undefined): { outcomes: Outcome[]; dead: boolean } {
    const outcomes: Outcome[] = [];
    const end = performance.now() + this.#limits.batchMs;
    for (let at = 0; at < batch.calls.length;) {
      const of = batch.calls[at]?.of ?? 0;
      const next = batch.calls.findIndex((one, index) => index > at && one.of !== of);
      const calls = batch.calls.slice(at, next < 0 ? undefined : next);
      const given = batch.functions[of];
      begins(of);
      try {
        this.#runOne(given?.params ?? [], given?.body ?? "", calls, end, outcomes);
      } catch (error) {
        // What the host threw, mostly for its own stack, did not unwind the interpreter.
        if (!(error instanceof Broken))
          outcomes.push({ failed: "it calls itself too deeply", why: "exceeded" });
        return { outcomes, dead: true };
      }
      at += calls.length;
    }
    return { outcomes, dead: false };
  }

  /** All calls of one function, in a machine of its own that is gone afterwards. */
  #runOne(
    params: readonly string[],
    body: string,
    calls: readonly BatchCall[],
    end: number,
    outcomes: Outcome[],
  ): void {
    const { callMs, batchMs, memory, stack, result } = this.#limits;
    if (performance.now() >= end) {
      calls.forEach(() => outcomes.push({ failed: LATE, why: "late" }));
      return;
    }
    const runtime = this.#quickjs.newRuntime({ memoryLimitBytes: memory, maxStackSizeBytes: stack });
    const watch = { deadline: Infinity, over: false, ms: callMs };
    runtime.setInterruptHandler(() => {
      watch.over ||= performance.now() > watch.deadline;
      return watch.over;
    });
    const context = runtime.newContext();
    const begin = (ms: number) => {
      watch.over = false;
      watch.ms = ms;
      watch.deadline = Math.min(performance.now() + ms, end);
    };
    const reason = (error: QuickJSHandle): Outcome =>
      failureOf(context, error, watch.over ? watch.ms : undefined);
    const harness = context.unwrapResult(context.evalCode(HARNESS, "harness.js"));
    const most = context.newNumber(result);
    const make = context.unwrapResult(context.callFunction(harness, context.undefined, most));
    begin(callMs);
    const [head, text] = [context.newString(params.join(",")), context.newString(body)];
    const made = context.callFunction(make, context.undefined, head, text);
    [harness, most, make, head, text].forEach((one) => one.dispose());
    if (made.error) {
      const outcome = reason(made.error);
      made.error.dispose();
      const wrong =
        "failed" in outcome && outcome.why === "threw" ? { ...outcome, why: "wrong" as const } : outcome;
      calls.forEach(() => outcomes.push(wrong));
    } else {
      const fn = made.value;
      // A call that used up its memory leaves nothing for the next.
      let full: Outcome | undefined;
      for (const call of calls) {
        if (full) outcomes.push(full);
        else if (performance.now() >= end) outcomes.push({ failed: LATE, why: "late" });
        else {
          begin(call.chain ? batchMs : callMs);
          const outcome = called(context, fn, call, reason);
          if ("failed" in outcome && outcome.failed === MEMORY) full = outcome;
          outcomes.push(outcome);
        }
      }
      fn.dispose();
    }
    try {
      context.dispose();
      runtime.dispose();
    } catch {
      throw new Broken();
    }
  }
}

function called(
  context: QuickJSContext,
  fn: QuickJSHandle,
  { args, chain }: BatchCall,
  reason: (error: QuickJSHandle) => Outcome,
): Outcome {
  const given = [context.newString(args), context.newString(chain ?? "")] as const;
  const result = context.callFunction(fn, context.undefined, ...given);
  given.forEach((one) => one.dispose());
  if (result.error) {
    const outcome = reason(result.error);
    result.error.dispose();
    return outcome;
  }
  const json = context.getString(result.value);
  result.value.dispose();
  return { json };
}

const MEMORY = "it wants more memory than a function may have";
const LATE = "others used up the time before it";
const LONGEST_REASON = 200;

/** Why a call failed, in words. Nothing of the error is read but plain texts. */
function failureOf(context: QuickJSContext, error: QuickJSHandle, over: number | undefined): Outcome {
  if (over !== undefined) return { failed: `it ran longer than ${over} ms`, why: "exceeded" };
  const read = (name: string): string => {
    if (context.typeof(error) !== "object") return "";
    // An own getter would be the stranger's code again.
    const found = context.getProp(error, name);
    const text = context.typeof(found) === "string" ? context.getString(found) : "";
    found.dispose();
    return text;
  };
  const message = context.typeof(error) === "string" ? context.getString(error) : read("message");
  if (/out of memory/.test(message)) return { failed: MEMORY, why: "exceeded" };
  if (/stack overflow|call stack/i.test(message))
    return { failed: "it calls itself too deeply", why: "exceeded" };
  const text = (message || read("name") || "it threw something that is no error").slice(0, LONGEST_REASON);
  return { failed: text, why: "threw" };
}
