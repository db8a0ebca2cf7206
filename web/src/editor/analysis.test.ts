import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { analysisOf } from "./analysis";
import { cursorOf, offsetOf } from "./assistance";

describe("an analysis", () => {
  it("is read with what is missing left out", () => {
    const read = analysisOf({
      diagnostics: [
        {
          severity: "WARNING",
          code: "x",
          message: "m",
          hint: null,
          range: { line: 2, column: 3, endLine: 2, endColumn: 5 },
        },
        { severity: "ERROR", message: "e" },
      ],
      replaces: { line: 1, column: 1, endLine: 1, endColumn: 4 },
      completions: [{ label: "topic", kind: "FIELD", detail: "text", doc: null }],
      hover: null,
      signature: null,
    });
    expect(read.findings.map((one) => [one.severity, one.range.line])).toEqual([
      ["warning", 2],
      ["error", 1],
    ]);
    expect(read.completions[0]).toEqual({ label: "topic", kind: "FIELD", detail: "text", doc: "" });
    expect(read.hover).toBeUndefined();
    expect(analysisOf(null).findings).toEqual([]);
  });
});

describe("places in a text", () => {
  const doc = Text.of(["ab", "cde"]);
  it("go both ways", () => {
    expect(offsetOf(doc, 2, 2)).toBe(4);
    expect(cursorOf(doc, 4)).toEqual({ line: 2, column: 2 });
  });
  it("stay inside", () => {
    expect(offsetOf(doc, 9, 9)).toBe(6);
    expect(offsetOf(doc, 0, 0)).toBe(0);
  });
});
