import { describe, expect, it } from "vitest";
import { WrongPayload, encodePayload, pretty } from "./payload";
import { ago, clock, exact, tick } from "./time";

describe("payloads", () => {
  it("become base64 from every form", () => {
    expect(encodePayload('{"value":25.1}', "JSON")).toBe("eyJ2YWx1ZSI6MjUuMX0=");
    expect(atob(encodePayload("25,1 °C", "TEXT"))).toBe("25,1 \u00c2\u00b0C");
    expect(encodePayload("0xDE ad:BE-ef", "HEX")).toBe("3q2+7w==");
    expect(encodePayload(" 3q2+\n7w== ", "BASE64")).toBe("3q2+7w==");
    expect(encodePayload("", "HEX")).toBe("");
  });

  it("say what is wrong with them", () => {
    expect(() => encodePayload("{", "JSON")).toThrow(WrongPayload);
    expect(() => encodePayload("abc", "HEX")).toThrow("pairs of the digits");
    expect(() => encodePayload("*", "BASE64")).toThrow("not base64");
  });

  it("are set in lines without touching numbers and strings", () => {
    expect(pretty('{"a":25.0,"b":[],"c":{"d":"x{,}\\"y"},"e":[1,1e3]}')).toBe(
      '{\n  "a": 25.0,\n  "b": [],\n  "c": {\n    "d": "x{,}\\"y"\n  },\n  "e": [\n    1,\n    1e3\n  ]\n}',
    );
    expect(pretty("{}")).toBe("{}");
    expect(pretty("no json")).toBe("no json");
  });
});

describe("times", () => {
  const now = new Date(2026, 10, 22, 14, 3, 7, 42).getTime();

  it("are told by distance", () => {
    expect(ago(now - 500, now)).toBe("just now");
    expect(ago(now - 12_000, now)).toBe("12 s ago");
    expect(ago(now - 3 * 60_000, now)).toBe("3 min ago");
    expect(ago(now - 26 * 3_600_000, now)).toBe("yesterday");
    expect(ago(now - 50 * 3_600_000, now)).toBe("2 days ago");
  });

  it("are exact where it matters", () => {
    expect(exact(now)).toBe("2026-11-22 14:03:07.042");
    expect(clock(now, now)).toBe("14:03:07.042");
    expect(clock(now, now + 86_400_000)).toBe("2026-11-22 14:03:07.042");
    expect(tick(now, 60_000)).toBe("14:03:07");
    expect(tick(now, 7 * 86_400_000)).toBe("11-22 14:03");
  });
});
