import { describe, expect, it } from "vitest";
import type { ReplayRow, Verdict } from "../../../api/types";
import { caseOfMessage, readable, size } from "./payload";
import { filtered, filters, inWords, nextFailing } from "./verdicts";

const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));

function row(id: string, verdict: Verdict): ReplayRow {
  return {
    message: {
      id,
      integrationId: "i",
      integrationName: "I",
      arrival: 1,
      topic: "a/b",
      qos: 1,
      retain: false,
      size: 1,
      payload: btoa('{"t":25.0}'),
      cut: false,
      metadata: { topic: "a/b", qos: "1" },
      outcome: "CONVERTED",
    },
    verdict,
    deployed: { cut: false },
    edited: { cut: false },
    differences: [],
    moreDifferences: 0,
  };
}

describe("a captured payload", () => {
  it("is JSON in lines, text, or hexadecimal", () => {
    expect(readable(btoa('{"t":25.0}'))).toEqual({ form: "JSON", text: '{\n  "t": 25.0\n}' });
    expect(readable(btoa("hello world"))).toEqual({ form: "TEXT", text: "hello world" });
    expect(readable(base64(0xff, 0x00, 0x7f))).toEqual({ form: "HEX", text: "ff 00 7f" });
    expect(readable(base64(1, 2, 3)).form).toBe("HEX");
    expect(readable("")).toEqual({ form: "TEXT", text: "" });
    expect(readable(base64(...Array<number>(17).fill(0xfe))).text.split("\n")).toHaveLength(2);
  });
  it("opens in the test as it came", () => {
    const test = caseOfMessage(row("1", "SAME").message);
    expect(test.form).toBe("JSON");
    expect(test.metadata).toEqual([
      ["topic", "a/b"],
      ["qos", "1"],
    ]);
  });
  it("has a size that is read at a glance", () => {
    expect([size(12), size(2048), size(1 << 20)]).toEqual(["12 B", "2.0 KiB", "1.0 MiB"]);
  });
});

describe("the messages of a replay", () => {
  const rows = [
    row("1", "SAME"),
    row("2", "NOW_FAILS"),
    row("3", "CHANGED"),
    row("4", "STILL_FAILS"),
    row("5", "NOW_WORKS"),
  ];
  it("are filtered", () => {
    const ids = (filter: Parameters<typeof filtered>[1]) =>
      filtered(rows, filter)
        .map((one) => one.message.id)
        .join();
    expect([ids("ALL"), ids("CHANGED"), ids("FAILED"), ids("WORKING")]).toEqual([
      "1,2,3,4,5",
      "3",
      "2,4",
      "5",
    ]);
  });
  it("are gone through from failure to failure, round and round", () => {
    const after = (id: string | undefined) => nextFailing(rows, id)?.message.id;
    expect([after(undefined), after("2"), after("4"), after("gone")]).toEqual(["2", "4", "2", "2"]);
    expect(nextFailing([row("1", "SAME")], "1")).toBeUndefined();
  });
  it("are told in figures and words", () => {
    const summary = {
      messages: 6,
      ran: 5,
      same: 1,
      changed: 1,
      nowFail: 1,
      nowWork: 0,
      stillFail: 2,
      cpuMicros: 1,
      deployedCpuMicros: 1,
    };
    expect(inWords(summary)).toBe("1 fails now, 1 changed, 2 still fail, 1 same");
    expect(filters(summary).map((one) => one.label)).toContain("Failed 3");
  });
});
