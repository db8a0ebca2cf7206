import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import { describe, expect, it } from "vitest";
import { Machine } from "./machine";
import type { BatchCall, Outcome } from "./protocol";

const quickjs = await newQuickJSWASMModuleFromVariant(variant);

function run(body: string, params: string[] = ["value"], ...calls: Partial<BatchCall>[]): Outcome[] {
  const machine = new Machine(quickjs);
  const given = calls.length > 0 ? calls : [{ args: "[20]" }];
  const { outcomes, dead } = machine.run({
    id: 1,
    functions: [{ params, body }],
    calls: given.map((one) => ({ of: 0, args: "[]", ...one })),
  });
  expect(dead).toBe(false);
  return outcomes;
}

const failed = (body: string) => {
  const [outcome] = run(body);
  return outcome && "failed" in outcome ? outcome : undefined;
};

describe("a function", () => {
  it("gets its arguments and gives its result", () => {
    expect(run("return value * 2;")).toEqual([{ json: "40" }]);
    expect(run("return value.a + ctx.b;", ["value", "ctx"], { args: '[{"a":"x"},{"b":"y"}]' })).toEqual([
      { json: '"xy"' },
    ]);
    expect(run("if (value > 50) return 1;")).toEqual([{ json: "null" }]);
    expect(run("return { color: 'red', n: NaN };")).toEqual([{ json: '{"color":"red","n":null}' }]);
    expect(run("return Math.random() < 1 && Date.now() > 1e12 && new Date(0).getTime() === 0;")).toEqual([
      { json: "true" },
    ]);
  });

  it("is told with its own error, or its own place in the text", () => {
    expect(failed("return nothing.here;")).toMatchObject({
      why: "threw",
      failed: "'nothing' is not defined",
    });
    expect(failed("throw new Error('no such unit');")).toMatchObject({ failed: "no such unit" });
    expect(failed("throw 'plain';")).toMatchObject({ failed: "plain" });
    expect(failed("return (;")).toMatchObject({ why: "wrong" });
    expect(failed("} ; (function () {")).toMatchObject({ why: "wrong" });
  });

  it("fails for one value without the others", () => {
    const outcomes = run(
      "return JSON.parse(value).a;",
      ["value"],
      { args: '["x"]' },
      { args: '["{\\"a\\":1}"]' },
    );
    expect(outcomes.map((one) => ("json" in one ? one.json : "failed"))).toEqual(["failed", "1"]);
  });

  it("of a series gets what came before", () => {
    const body = "return value - prevOrigValue + (timePrev === 0 ? 100 : 0) + prevValue * 0;";
    const params = ["time", "value", "prevValue", "timePrev", "prevOrigValue"];
    expect(run(body, params, { args: "[[1,10],[2,13],[3,11]]", chain: "post" })).toEqual([
      { json: "[[1,110],[2,3],[3,-2]]" },
    ]);
    expect(
      run("return prevValue + 1;", ["time", "prevValue"], { args: "[[1,5],[2,null]]", chain: "made" }),
    ).toEqual([{ json: "[[1,6],[2,7]]" }]);
  });
});

describe("a hostile function", () => {
  const exceeded = (body: string) => expect(failed(body), body).toMatchObject({ why: "exceeded" });

  it("cannot run for ever, grow without end or fall through the floor", () => {
    exceeded("for (;;) {}");
    exceeded("try { for (;;) {} } catch (e) { return 1; } finally { for (;;) {} }");
    exceeded("return 'x'.repeat(1e9);");
    exceeded("const all = []; for (;;) all.push(new Array(1000).fill('x'));");
    exceeded("return new Array(1e9).fill(0);");
    exceeded("return new ArrayBuffer(1e9);");
    exceeded("const f = () => f() + 1; return f();");
    exceeded("let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a;");
    exceeded("return { toJSON() { for (;;) {} } };");
    exceeded("return /^(a+)+$/.test('a'.repeat(40) + 'b');");
  });

  it("cannot keep the others of its batch from running", () => {
    const machine = new Machine(quickjs);
    const { outcomes, dead } = machine.run({
      id: 1,
      functions: [
        { params: [], body: "for (;;) {}" },
        { params: [], body: "const f = () => f(); f();" },
        { params: [], body: "return 'x'.repeat(1e9);" },
        { params: [], body: "return 7;" },
      ],
      calls: [0, 1, 2, 3].map((of) => ({ of, args: "[]" })),
    });
    expect(dead).toBe(false);
    expect(outcomes.map((one) => ("json" in one ? one.json : one.why))).toEqual([
      "exceeded",
      "exceeded",
      "exceeded",
      "7",
    ]);
  });

  it("that breaks the interpreter is told, and the machine as no longer of use", async () => {
    const machine = new Machine(await newQuickJSWASMModuleFromVariant(variant));
    const { outcomes, dead } = machine.run({
      id: 1,
      functions: [
        { params: [], body: "return 1;" },
        { params: [], body: "return eval('('.repeat(1e5));" },
      ],
      calls: [0, 1, 1].map((of) => ({ of, args: "[]" })),
    });
    expect(dead).toBe(true);
    expect(outcomes).toEqual([{ json: "1" }, { failed: "it calls itself too deeply", why: "exceeded" }]);
  });

  it("cannot use more than the time of its batch with many calls", () => {
    const begun = performance.now();
    const outcomes = run("for (;;) {}", [], ...Array.from({ length: 1_000 }, () => ({})));
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(outcomes).toHaveLength(1_000);
    expect(outcomes.at(-1)).toMatchObject({ why: "late" });
  });

  it("cannot give back what is no plain value, or too much of it", () => {
    expect(failed("const a = {}; a.a = a; return a;")).toMatchObject({ failed: "circular reference" });
    expect(failed("return 'x'.repeat(300000);")?.failed).toContain("longer than");
    expect(failed("return Promise.resolve(1);")?.failed).toContain("asynchronous");
    expect(failed("throw { get message() { for (;;) {} } };")).toBeDefined();
    expect(run("return () => 1;")).toEqual([{ json: "null" }]);
    expect(failed("return 1n;")).toBeDefined();
  });

  it("finds no page, no network, no process and no way out", () => {
    for (const name of [
      "fetch",
      "XMLHttpRequest",
      "WebSocket",
      "importScripts",
      "postMessage",
      "self",
      "window",
      "document",
    ])
      expect(run(`return typeof ${name};`)).toEqual([{ json: '"undefined"' }]);
    for (const name of [
      "process",
      "require",
      "setTimeout",
      "WebAssembly",
      "localStorage",
      "std",
      "os",
      "console",
    ])
      expect(run(`return typeof ${name};`)).toEqual([{ json: '"undefined"' }]);
    const escape = "return typeof [].constructor.constructor('return this')().postMessage;";
    expect(run(escape)).toEqual([{ json: '"undefined"' }]);
    expect(failed("return import('https://example.org/a.js');")?.failed).toContain("asynchronous");
    expect(failed("return fetch('/api/user');")).toMatchObject({ why: "threw" });
  });

  it("changes nothing for the ones after it", () => {
    const machine = new Machine(quickjs);
    const evil = `JSON.stringify = () => '"stolen"'; JSON.parse = () => [1]; Object.prototype.a = 1;
      Array.prototype[Symbol.iterator] = null; Function.prototype.call = null; Reflect.apply = null;
      globalThis.kept = 1; return value;`;
    const calls = [
      { of: 0, args: "[5]" },
      { of: 0, args: "[6]" },
      { of: 1, args: "[7]" },
    ];
    const functions = [
      { params: ["value"], body: evil },
      { params: ["value"], body: "return [value, typeof kept, ({}).a === undefined];" },
    ];
    expect(machine.run({ id: 1, functions, calls }).outcomes).toEqual([
      { json: "5" },
      { json: "6" },
      { json: '[7,"undefined",true]' },
    ]);
  });
});
