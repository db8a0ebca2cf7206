import { describe, expect, it } from "vitest";
import { readWidget } from "../stored/model";
import { safeStyle } from "./cards/style";
import { fixedLevelOf } from "./gauges/level";
import { lookOf } from "./look";

const look = (config: object) => lookOf(readWidget("w", { typeFullFqn: "system.cards.value_card", config }));

describe("the look of a widget", () => {
  it("follows the theme where the settings are those of every new widget", () => {
    expect(
      look({
        backgroundColor: "#fff",
        color: "rgba(0, 0, 0, 0.87)",
        padding: "8px",
        borderRadius: "0px",
        titleStyle: { fontSize: "16px", fontWeight: 400, padding: "5px 10px 5px 10px" },
        titleFont: { size: 16, sizeUnit: "px", weight: "500", style: "normal" },
        titleColor: "rgba(0, 0, 0, 0.87)",
      }),
    ).toMatchObject({ ground: undefined, title: undefined, icon: undefined });
    expect(look({ backgroundColor: "rgba(0, 0, 0, 0)" }).ground).toBeUndefined();
  });

  it("is its own where they are not, with text that can be read on it", () => {
    const dark = look({
      backgroundColor: "#000000",
      color: "rgba(0, 0, 0, 0.87)",
      borderRadius: "12px",
      titleFont: { size: 22, sizeUnit: "px", weight: "bold" },
      titleColor: "#ffcc00",
      showTitleIcon: true,
      titleIcon: "thermostat",
    });
    expect(dark.ground).toEqual({ background: "#000000", borderRadius: "12px" });
    expect(dark.scheme).toBe("dark");
    expect(dark.title).toEqual({ fontSize: "22px", fontWeight: "bold", color: "#ffcc00" });
    expect(dark.icon).toBe("thermostat");
    const modern = look({
      backgroundColor: "rgba(0,0,0,0)",
      settings: { background: { type: "color", color: "#fee" } },
    });
    expect(modern).toMatchObject({ ground: { background: "#fee" }, scheme: "light" });
    // Yellow on white, and on the theme, which may be white.
    expect(look({ titleColor: "#ffff00" }).title).toBeUndefined();
    expect(look({ backgroundColor: "#ffff00", color: "#ffffff" }).ground).not.toHaveProperty("color");
  });

  it("keeps declarations that leave their place or load something out", () => {
    expect(
      safeStyle({
        position: "fixed",
        "background-color": "url(https://example.org/a.png)",
        marginTop: "-500px",
        zIndex: 9,
        width: "99999px",
        fontFamily: "Roboto, sans-serif",
        padding: 4,
        border: "1px solid rgb(1, 2, 3) !important",
      }),
    ).toEqual({ fontFamily: "Roboto, sans-serif", padding: "4px", border: "1px solid rgb(1, 2, 3)" });
  });
});

describe("the colour of a gauge", () => {
  it("is that of the range its value is in", () => {
    const settings = {
      useFixedLevelColor: true,
      fixedLevelColors: [
        { to: { valueSource: "predefinedValue", value: 10 }, color: "#0000ff" },
        { from: { value: 10 }, to: { value: 20 }, color: "#00ff00" },
        { from: { value: 20 }, color: "url(x)" },
      ],
    };
    expect([5, 10, 25].map((now) => fixedLevelOf(settings, now))).toEqual(["#0000ff", "#00ff00", undefined]);
    expect(fixedLevelOf({ ...settings, useFixedLevelColor: false }, 5)).toBeUndefined();
  });
});
