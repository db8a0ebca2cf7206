import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { members } from "../../../../api/shapes";
import { Loading, Problem } from "../../../../ui/Notice";
import { useBoard } from "../../board";
import { functionOf } from "../../functions/kinds";
import type { DataKey, Widget } from "../../stored/model";
import { boundsOf } from "../../timewindow/timewindow";
import { filled } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { colour } from "../gauges/level";
import { Nothing } from "../Nothing";
import type { Shape } from "./ChartCanvas";
import { numbersOf } from "./points";
import { type Wanted, useSeries } from "./useSeries";

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
  const series = useMemo(
    () =>
      lines.map((one, index) => ({
        label: one.label,
        colour: colour(one.of.color) ? one.of.color : `var(${COLOURS[index % COLOURS.length] ?? ""})`,
        units: one.of.units || widget.units,
        decimals: one.of.decimals ?? widget.decimals,
        shape: shapeOf(widget, one.of),
        fill: one.of.settings.fillLines === true || members(one.of.settings.lineSettings).fillArea === true,
        points: numbersOf(data.points[index] ?? []),
      })),
    [lines, widget, data.points],
  );
  const nothing = lines.length === 0;
  const yaxis = { ...members(members(widget.settings.yAxes).default), ...members(widget.settings.yaxis) };
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
            least={bound(yaxis.min)}
            most={bound(yaxis.max)}
            stack={widget.settings.stack === true}
            tickText={functionOf("ticksFormatter", yaxis.ticksFormatter)}
            onZoom={(from, to) =>
              board.onWindow({ ...window, live: false, range: { kind: "fixed", start: from, end: to } })
            }
          />
        </Suspense>
      )}
    </div>
  );
}

function bound(raw: unknown): number | undefined {
  const read = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

function linesOf(widget: Widget, found: ReturnType<typeof useSources>): Line[] {
  return widget.sources
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
    .slice(0, MOST);
}

function shapeOf(widget: Widget, key: DataKey): Shape {
  const own = key.settings.type;
  if (own === "bar" || own === "line" || own === "point") return own;
  if (widget.type.includes("bar")) return "bar";
  if (widget.type === "point_chart") return "point";
  const pointsOnly = key.settings.showLines === false && key.settings.showPoints === true;
  return pointsOnly ? "point" : "line";
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
