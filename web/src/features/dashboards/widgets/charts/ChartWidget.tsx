import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Loading, Problem } from "../../../../ui/Notice";
import { useBoard } from "../../board";
import { functionOf } from "../../functions/kinds";
import type { DataKey, Widget } from "../../stored/model";
import { boundsOf } from "../../timewindow/timewindow";
import { slotOf } from "../../values/ask";
import { filled, shownBy } from "../../values/shown";
import { type Found, useSources } from "../../values/useSources";
import { colour } from "../gauges/level";
import { Nothing } from "../Nothing";
import type { Beside } from "./Legend";
import { axesOf, barWidthOf, legendOf, lineOf, shapeOf, thresholdsOf } from "./looks";
import { numbersOf } from "./points";
import { type Wanted, useSeries } from "./useSeries";
import { useThresholds } from "./useThresholds";

const ChartCanvas = lazy(() => import("./ChartCanvas").then((module) => ({ default: module.ChartCanvas })));

/** Most lines of one chart. */
const MOST = 50;
const COLOURS = ["--series-1", "--series-2", "--series-3", "--series-4"];

interface Line extends Wanted {
  label: string;
  of: DataKey;
}

/** Values over time, as lines, bars or points. */
export function ChartWidget({ widget }: { widget: Widget }) {
  const board = useBoard();
  const host = useRef<HTMLDivElement>(null);
  const pixels = useWidth(host);
  const found = useSources(widget.sources);
  const names = found
    .map((one) =>
      (one.rows ?? []).map((row) => `${row.entity.entityType}/${row.entity.id}/${row.name}`).join(),
    )
    .join(";");
  const lines = useMemo(
    () => linesOf(widget, found),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `names` stands for `found`, which is new with each value
    [widget, names],
  );
  const window = widget.timewindow ?? board.window;
  const bars = lines.some((one) => shapeOf(widget, one.of) === "bar");
  const data = useSeries(lines, { window, pixels, bars });
  const now = useClock(window.live, data.span);
  const { start, end } = boundsOf(window.range, now);
  const axes = useMemo(
    () =>
      axesOf(
        widget,
        lines.map((one) => one.of),
      ),
    [widget, lines],
  );
  const thresholds = useThresholds(widget, found, axes);
  const series = useMemo(
    () =>
      lines.map((one, index) => ({
        label: one.label,
        colour: colour(one.of.color) ? one.of.color : `var(${COLOURS[index % COLOURS.length] ?? ""})`,
        units: one.of.units || widget.units,
        decimals: one.of.decimals ?? widget.decimals,
        look: lineOf(widget, one.of, axes),
        tip: functionOf("tooltipValueFormatter", one.of.settings.tooltipValueFormatter, one.label),
        points: numbersOf(data.points[index] ?? []),
      })),
    [lines, axes, widget, data.points],
  );
  const nothing = lines.length === 0;
  // With groups a bar is as wide as one of them.
  const width = window.aggregation === "NONE" ? barWidthOf(widget, end - start) : data.step * 0.7;
  return (
    <div ref={host} className="plot-frame">
      {nothing ? (
        <Nothing found={found.find((one) => one.missing) ?? found[0]} />
      ) : data.failed ? (
        <Problem error={data.failed} />
      ) : (
        <Suspense fallback={<Loading what="the chart" />}>
          <ChartCanvas
            name={widget.title || lines.map((one) => one.label).join(", ")}
            series={series}
            from={start}
            to={end}
            axes={axes}
            thresholds={thresholds}
            legend={legendOf(widget)}
            beside={besideOf(widget, found)}
            barMs={bars ? width : undefined}
            tooltip={widget.settings.showTooltip !== false}
            stack={widget.settings.stack === true}
            onZoom={(from, to) =>
              board.onWindow({ ...window, live: false, range: { kind: "fixed", start: from, end: to } })
            }
          />
        </Suspense>
      )}
    </div>
  );
}

function linesOf(widget: Widget, found: ReturnType<typeof useSources>): Line[] {
  return (
    widget.sources
      .flatMap((source, index) => {
        const rows = found[index]?.rows ?? [];
        return rows.flatMap((row) =>
          source.keys
            .filter((key) => key.kind === "timeseries" || key.make)
            .map((key) => ({
              entity: row.entity,
              key: key.name,
              post: key.post,
              make: key.make,
              of: key,
              label:
                rows.length > 1 && !key.label.includes("${")
                  ? `${row.name} ${key.label}`
                  : filled(key.label, row) || key.name,
            })),
        );
      })
      .slice(0, MOST)
      // What is drawn later stands before the rest: bars would hide lines.
      .toSorted((a, b) => Number(shapeOf(widget, b.of) === "bar") - Number(shapeOf(widget, a.of) === "bar"))
  );
}

/** Keys of which only the latest value is wanted, for the legend; those that are there for a line across are not. */
function besideOf(widget: Widget, found: readonly Found[]): Beside[] {
  const across = thresholdsOf(widget, []).flatMap(({ value }) =>
    value.kind === "latest" ? [value.key] : [],
  );
  return widget.sources.flatMap((source, index) =>
    (found[index]?.rows ?? []).slice(0, 3).flatMap((row) =>
      source.latest
        .filter(
          (key) =>
            row.values.has(slotOf(key)) &&
            key.settings.showInLegend !== false &&
            !across.includes(key.label) &&
            !across.includes(key.name),
        )
        .map((key) => ({
          label: filled(key.label, row),
          latest: row.values.get(slotOf(key)),
          shown: shownBy(widget, key, row.values.get(slotOf(key))),
        })),
    ),
  );
}

/** The width in steps, so that a small change of the window does not ask for everything again. */
const WIDTH_STEP = 200;

function useWidth(host: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const watcher = new ResizeObserver(() =>
      setWidth(Math.max(Math.ceil(element.clientWidth / WIDTH_STEP) * WIDTH_STEP, WIDTH_STEP)),
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [host]);
  return width;
}

/** The time of now while the axis moves; as often as a pixel's worth of it passes, but at most each second. */
function useClock(on: boolean, span: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now()), Math.min(Math.max(span / 500, 1_000), 60_000));
    return () => clearInterval(timer);
  }, [on, span]);
  return now;
}
