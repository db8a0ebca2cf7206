import { describe, expect, it } from "vitest";
import { box, geometry, heightOf } from "../grid/layout";
import { breakpointAt, readBoardLook, readDivision, readGrid } from "../stored/look";
import { contrast, readColour, readable } from "./colours";
import { asCssUrl, pictureOf } from "./images";
import { parts, within } from "./selectors";

describe("the look of a layout", () => {
  it("is read with what holds where nothing is stored, and within bounds", () => {
    expect(readGrid(undefined)).toMatchObject({
      columns: 24,
      margin: 10,
      outerMargin: true,
      backgroundColor: "",
      narrowRow: 70,
      fill: false,
      list: false,
    });
    expect(readGrid({ columns: 0, margin: -5, mobileRowHeight: 9_999 })).toMatchObject({
      columns: 24,
      margin: 0,
      narrowRow: 200,
    });
    expect(readGrid({ backgroundColor: "#EEEEEE" }).backgroundColor).toBe("");
    expect(readGrid({ backgroundColor: " #123456 " }).backgroundColor).toBe("#123456");
    expect(readBoardLook({ titleColor: "rgba(0, 0, 0, 0.870588)" })).toMatchObject({
      titleColor: "",
      showTimewindow: true,
      hideToolbar: false,
      toolbarOpen: true,
    });
    expect(readBoardLook({ dashboardLogoUrl: "/x.png" }).logo).toBe("");
  });

  it("has margins between widgets, and around them where it draws its own ground", () => {
    const look = readGrid({ columns: 10, margin: 20, outerMargin: true });
    const edged = geometry(look, 1_020, true);
    expect(box({ x: 0, y: 0, w: 5, h: 2 }, edged)).toEqual({ left: 20, top: 20, width: 480, height: 180 });
    expect(box({ x: 5, y: 2, w: 5, h: 2 }, edged)).toMatchObject({ left: 520, top: 220 });
    expect(heightOf(4, edged)).toBe(420);
    const plain = geometry(look, 980, false);
    expect(box({ x: 5, y: 0, w: 5, h: 1 }, plain)).toEqual({ left: 500, top: 0, width: 480, height: 80 });
    const filled = geometry(look, 980, false, { height: 580, rows: 6 });
    expect(heightOf(6, filled)).toBeCloseTo(580);
    expect(filled.columnWidth).toBe(100);
  });

  it("may differ by the width of the window", () => {
    expect([320, 600, 959, 1_280, 5_000].map(breakpointAt)).toEqual(["xs", "sm", "sm", "lg", "xl"]);
    expect(readDivision({ layoutDimension: { type: "percentage", leftWidthPercentage: 70 } })).toEqual({
      kind: "percent",
      main: 70,
    });
    expect(readDivision({})).toEqual({ kind: "even" });
  });
});

describe("colours", () => {
  it("are read in the forms that dashboards store", () => {
    expect(readColour("#abc")).toEqual({ r: 170, g: 187, b: 204, a: 1 });
    expect(readColour("rgba(0, 0, 0, 0.5)")).toEqual({ r: 0, g: 0, b: 0, a: 0.5 });
    expect(readColour("var(--x)")).toBeUndefined();
  });
  it("are used for text only where it can be read", () => {
    expect(contrast({ r: 0, g: 0, b: 0, a: 1 }, { r: 255, g: 255, b: 255, a: 1 })).toBeCloseTo(21);
    expect([readable("#8e0000", "#f4f6f7"), readable("#8e0000", "rgb(15, 20, 22)")]).toEqual([true, false]);
    expect(readable("no", "#fff")).toBe(false);
  });
});

describe("pictures", () => {
  it("come with the dashboard or from this server", () => {
    expect(pictureOf("data:image/png;base64,AAAA")).toEqual({ url: "data:image/png;base64,AAAA" });
    expect(pictureOf("tb-image;/api/images/system/x.png")).toEqual({ url: "/api/images/system/x.png" });
    expect(pictureOf("")).toBeUndefined();
    for (const foreign of [
      "https://example.org/x.png",
      "//example.org/x",
      "/\\example.org",
      "data:text/html,x",
    ])
      expect(pictureOf(foreign)).toBe("foreign");
    expect(asCssUrl('/x")b')).toBe('url("/x%22)b")');
  });
});

describe("the rules of a dashboard's style sheet", () => {
  it("hold within the dashboard", () => {
    expect(parts('a:is(b, c), [x="1,2"] > d,e')).toEqual(["a:is(b, c)", '[x="1,2"] > d', "e"]);
    expect(within("#s", ".a, b > c")).toBe("#s .a, #s b > c");
    expect(within("#s", "body .a, :root, html body.dark")).toBe("#s .a, #s, #s.dark");
    expect(within("#s", "bodyguard, body-x")).toBe("#s bodyguard, #s body-x");
    // Siblings of the dashboard are not its own.
    expect(within("#s", "body ~ x, html + y, body.a ~ z")).toBe("#s body ~ x, #s html + y, #s body.a ~ z");
    expect(within("#s", 'body [a~="b"]')).toBe('#s [a~="b"]');
  });
});
