import { describe, expect, it } from "vitest";
import { readWidget } from "../../stored/model";
import { axesOf, barWidthOf, legendOf, lineOf, thresholdsOf } from "./looks";

const chart = (settings: object, keys: object[], config: object = {}) =>
  readWidget("w", {
    typeFullFqn: "system.time_series_chart",
    config: { ...config, settings, datasources: [{ type: "entity", dataKeys: keys }] },
  });
const key = (name: string, settings: object = {}) => ({ name, type: "timeseries", label: name, settings });

describe("the axes of a chart", () => {
  it("are those that keys name, in the newer form", () => {
    const widget = chart(
      {
        yAxes: {
          default: { min: 0, max: "50", decimals: 0, position: "left" },
          right: { position: "right", units: "%", label: "Humidity", ticksFormatter: "return value;" },
          unused: {},
        },
      },
      [key("a", { yAxisId: "default" }), key("b", { yAxisId: "right" }), key("c", { yAxisId: "gone" })],
    );
    const keys = widget.sources[0]?.keys ?? [];
    const axes = axesOf(widget, keys);
    expect(axes.map((one) => [one.id, one.right, one.least, one.most, one.units])).toEqual([
      ["default", false, 0, 50, undefined],
      ["right", true, undefined, undefined, "%"],
      ["gone", false, undefined, undefined, undefined],
    ]);
    expect(axes[1]?.ticks?.name).toBe("ticksFormatter of Humidity");
    expect(keys.map((one) => lineOf(widget, one, axes).axis)).toEqual([0, 1, 2]);
  });

  it("are one for all and one for each that wants its own, in the older form", () => {
    const widget = chart({ yaxis: { min: 5 }, smoothLines: true, stack: true }, [
      key("a"),
      key("b", { showSeparateAxis: true, axisPosition: "right", axisMin: 1, axisMax: 9, axisTitle: "B" }),
      key("c"),
    ]);
    const keys = widget.sources[0]?.keys ?? [];
    const axes = axesOf(widget, keys);
    expect(axes.map((one) => [one.label, one.right, one.least, one.most])).toEqual([
      ["", false, 5, undefined],
      ["B", true, 1, 9],
    ]);
    expect(keys.map((one) => lineOf(widget, one, axes).axis)).toEqual([0, 1, 0]);
    expect(keys[0] && lineOf(widget, keys[0], axes).curve).toBe("smooth");
  });
});

describe("thresholds", () => {
  it("are fixed, a latest value, or another entity's", () => {
    const widget = chart(
      {
        thresholds: [
          { type: "constant", value: 40, yAxisId: "default", lineColor: "#ff0000", lineType: "dashed" },
          { type: "latestKey", latestKey: "limit", units: "°C", decimals: 1 },
          { type: "entity", entityAlias: "Plant", entityKey: "max", entityKeyType: "attribute" },
          { type: "constant", value: null },
        ],
      },
      [
        key("a", {
          thresholds: [{ thresholdValueSource: "predefinedValue", thresholdValue: 7, color: "blue" }],
        }),
      ],
    );
    const found = thresholdsOf(widget, widget.sources[0]?.keys ?? []);
    expect(found.map((one) => one.value)).toEqual([
      { kind: "fixed", at: 40 },
      { kind: "latest", key: "limit" },
      { kind: "entity", alias: "Plant", key: { name: "max", type: "attribute" } },
      { kind: "fixed", at: 7 },
    ]);
    expect(found[0]).toMatchObject({ colour: "#ff0000", dash: [8, 5], label: true });
  });
});

describe("the rest of a chart", () => {
  it("is read from both forms", () => {
    expect(legendOf(chart({}, []))).toEqual({ shown: true, position: "bottom", columns: [] });
    expect(
      legendOf(
        chart({ showLegend: true, legendConfig: { position: "right", showMin: true, showTotal: true } }, []),
      ),
    ).toEqual({ shown: true, position: "right", columns: ["min", "total"] });
    expect(
      legendOf(chart({}, [], { showLegend: false, legendConfig: { position: "top", showAvg: true } })),
    ).toEqual({ shown: false, position: "top", columns: ["avg"] });
    expect(barWidthOf(chart({ defaultBarWidth: 600 }, []), 60_000)).toBe(600);
    const modern = { strategy: "separate", barWidth: { relative: true, relativeWidth: 5 } };
    expect(barWidthOf(chart({ noAggregationBarWidthSettings: modern }, []), 60_000)).toBe(3_000);
  });
});
