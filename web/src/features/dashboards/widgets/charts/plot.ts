/** A chart as uPlot draws it: scales, axes, lines, and lines across. */
import uPlot from "uplot";
import { tick } from "../../../../format/time";
import { shownNumber } from "../../values/shown";
import type { Series } from "./ChartCanvas";
import type { AxisLook } from "./looks";
import type { Threshold } from "./useThresholds";

/** Everything of a line but its points. */
export type Line = Omit<Series, "points" | "tip">;

export interface Drawn {
  lines: Line[];
  axes: AxisLook[];
  thresholds: Threshold[];
  /** Width of bars in ms. */
  barMs: number | undefined;
  span: number;
  tickTexts: (axis: number, splits: number[]) => string[] | undefined;
  onCursor: (index: number | null) => void;
  onSelect: (from: number, to: number) => void;
}

/** `light-dark()` is resolved by the browser when it is the colour of an element. */
export function resolved(colour: string, parent: Element): string {
  const probe = document.createElement("span");
  probe.style.color = colour;
  parent.append(probe);
  const read = getComputedStyle(probe).color;
  probe.remove();
  return read;
}

const scaleOf = (axis: number) => `y${axis}`;

export function optionsOf(element: HTMLElement, drawn: Drawn): uPlot.Options {
  const { lines, axes, thresholds, barMs, span } = drawn;
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const soft = resolved("var(--soft)", element);
  const look = { stroke: soft, ticks: { show: false }, font };
  const across = thresholds.map((one) => ({
    one,
    stroke: resolved(one.look.colour ?? "var(--bad)", element),
  }));
  const grid = { stroke: resolved("var(--line)", element), width: 1 };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    padding: [8, axes.some((one) => one.right) ? 0 : 12, 0, 0],
    cursor: {
      y: false,
      sync: { key: "dashboard", setSeries: false },
      drag: { x: true, y: false, setScale: false },
    },
    scales: {
      x: { time: true },
      ...Object.fromEntries(
        axes.map((axis, index) => [scaleOf(index), { range: rangeOf(drawn, axis, index) }]),
      ),
    },
    axes: [
      {
        ...look,
        grid,
        size: 26,
        space: 80,
        values: (_, splits) => splits.map((one) => tick(one * 1000, span)),
      },
      ...axes.map((axis, index): uPlot.Axis => ({
        ...look,
        ...textsOf(drawn, axis, index),
        scale: scaleOf(index),
        side: axis.right ? 1 : 3,
        show: axis.shown && (index > 0 || lines.some((one) => one.look.axis === 0)),
        // The lines across of one axis are enough.
        grid: { ...grid, show: index === 0 },
        ...(axis.label ? { label: axis.label, labelSize: 20, labelFont: font, labelGap: 0 } : {}),
      })),
    ],
    series: [
      {},
      ...lines.map((one): uPlot.Series => {
        const stroke = resolved(one.colour, element);
        const { shape, width, dash, points, fill, axis } = one.look;
        return {
          label: one.label,
          scale: scaleOf(axis),
          stroke,
          width: shape === "bar" ? 0 : width,
          dash,
          fill: shape === "bar" ? stroke : fill > 0 ? faint(stroke, fill) : undefined,
          points: { show: shape === "point" || points, size: 6, fill: stroke },
          paths: pathsOf(one, barMs),
          spanGaps: true,
        };
      }),
    ],
    hooks: {
      setCursor: [(self) => drawn.onCursor(self.cursor.idx ?? null)],
      setSelect: [
        (self) => {
          if (self.select.width < 5) return;
          const [start, end] = [self.select.left, self.select.left + self.select.width];
          drawn.onSelect(self.posToVal(start, "x") * 1000, self.posToVal(end, "x") * 1000);
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [(self) => across.forEach(({ one, stroke }) => drawAcross(self, one, stroke, font))],
    },
  };
}

function rangeOf(drawn: Drawn, axis: AxisLook, index: number): uPlot.Scale.Range {
  const bars = drawn.lines.some((one) => one.look.shape === "bar" && one.look.axis === index);
  const across = drawn.thresholds.filter((one) => one.axis === index).map((one) => one.at);
  return (_, low, high) => {
    const known = [low, high].filter((one): one is number => Number.isFinite(one));
    const all = [...known, ...across, ...(bars ? [0] : [])];
    if (all.length === 0) return [axis.least ?? 0, axis.most ?? 1];
    const [bottom, top] = [Math.min(...all), Math.max(...all)];
    const auto = uPlot.rangeNum(bottom, top === bottom ? bottom + 1 : top, 0.1, true);
    // Bars stand on zero.
    const least = axis.least ?? (bars && bottom === 0 ? 0 : (auto[0] ?? bottom));
    const most = axis.most ?? auto[1] ?? top;
    return most > least ? [least, most] : [least, least + 1];
  };
}

/** Numbers along an axis, with a unit only when all lines share it. */
function textsOf(drawn: Drawn, axis: AxisLook, index: number): Pick<uPlot.Axis, "size" | "space" | "values"> {
  const here = drawn.lines.filter((one) => one.look.axis === index);
  const shared = new Set(here.map((one) => one.units));
  const units = axis.units ?? (shared.size === 1 ? (here[0]?.units ?? "") : "");
  const decimals = axis.decimals ?? (here.some((one) => one.decimals !== 0) ? undefined : 0);
  return {
    size: (_, values) => 16 + 7.5 * Math.max(2, ...(values ?? []).map((one) => String(one).length)),
    space: 34,
    values: (_, splits) =>
      drawn.tickTexts(index, splits) ??
      splits.map((one) => (one === null ? "" : shownNumber(one, exact(one, decimals), units))),
  };
}

/** Ticks between whole numbers show what they are, whatever the axis says. */
function exact(value: number, decimals: number | undefined): number | undefined {
  return decimals !== undefined && Number(value.toFixed(decimals)) !== value ? undefined : decimals;
}

function pathsOf({ look }: Line, barMs: number | undefined): uPlot.Series.PathBuilder | undefined {
  if (look.shape === "point") return () => null;
  if (look.shape === "bar") return bars(barMs);
  if (look.curve === "smooth") return uPlot.paths.spline?.();
  return look.curve === "step" ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.();
}

function bars(ms: number | undefined): uPlot.Series.PathBuilder | undefined {
  if (ms === undefined) return uPlot.paths.bars?.({ size: [0.7, 40] });
  return (self, ...rest) => {
    const { min, max } = self.scales.x ?? {};
    const pixels = (self.bbox.width / devicePixelRatio / (((max ?? 1) - (min ?? 0)) * 1000)) * ms;
    const wide = Math.min(Math.max(pixels, 1), 200);
    return uPlot.paths.bars?.({ size: [1, wide, wide] })(self, ...rest) ?? null;
  };
}

/** A threshold: a line over the whole width, with its value at the end. */
function drawAcross(self: uPlot, { at, axis, look }: Threshold, stroke: string, font: string): void {
  const { ctx, bbox } = self;
  const y = self.valToPos(at, scaleOf(axis), true);
  if (!Number.isFinite(y) || y < bbox.top || y > bbox.top + bbox.height) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = look.width * ratio;
  ctx.setLineDash((look.dash ?? []).map((one) => one * ratio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  if (look.label) {
    ctx.fillStyle = stroke;
    ctx.font = font.replace(/^\d+px/, `600 ${12 * ratio}px`);
    ctx.textAlign = "right";
    // Above the line, unless the chart ends there.
    const above = y - bbox.top > 18 * ratio;
    ctx.textBaseline = above ? "bottom" : "top";
    ctx.fillText(acrossText(at, look), bbox.left + bbox.width - 4 * ratio, y + (above ? -3 : 3) * ratio);
  }
  ctx.restore();
}

export function acrossText(at: number, look: Threshold["look"]): string {
  return `${look.name} ${shownNumber(at, look.decimals, look.units)}`.trim();
}

function faint(rgb: string, opacity: number): string {
  return rgb.replace(/^rgb\(/, "rgba(").replace(/\)$/, `, ${Math.min(Math.max(opacity, 0), 1)})`);
}

/** All series over one axis of time; with `stack` each stands on the ones after it that share its axis. */
export function tableOf(
  series: readonly Series[],
  stack: boolean,
): { drawn: uPlot.AlignedData; plain: uPlot.AlignedData } {
  const tables = series.map((one): uPlot.AlignedData => [
    one.points.map((point) => point.ts / 1000),
    one.points.map((point) => point.value),
  ]);
  const [first] = tables;
  if (!first) return { drawn: [[]], plain: [[]] };
  const plain = tables.length === 1 ? first : uPlot.join(tables);
  if (!stack || tables.length < 2) return { drawn: plain, plain };
  const [times, ...values] = plain;
  const sums = new Map<number, number[]>();
  // From the last to the first: what stands lower is drawn later, over what stands on it.
  const piled = values
    .map((list, index) => ({ list, axis: series[index]?.look.axis ?? 0 }))
    .toReversed()
    .map(({ list, axis }) => {
      const sum = sums.get(axis) ?? new Array<number>(times.length).fill(0);
      sums.set(axis, sum);
      return Array.from(times, (_, at) => {
        const value = list[at];
        if (value === null || value === undefined) return null;
        sum[at] = (sum[at] ?? 0) + value;
        return sum[at] ?? null;
      });
    })
    .toReversed();
  return { drawn: [times, ...piled], plain };
}
