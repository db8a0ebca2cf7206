import { number, text } from "../../../../api/shapes";
import type { Widget } from "../../stored/model";
import { slotOf } from "../../values/ask";
import { filled, partOf, shownNumber } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { numeric } from "../../../telemetry/requests";
import { arc } from "../controls/dial";
import { Nothing } from "../Nothing";
import { levelOf } from "./level";

/** A value between two bounds: along a bar or around a dial. */
export function GaugeWidget({ widget }: { widget: Widget }) {
  const [found] = useSources(widget.sources.slice(0, 1));
  const key = widget.sources[0]?.keys[0];
  const row = found?.rows?.[0];
  if (!row || !key) return <Nothing found={found} />;
  const { settings } = widget;
  const least = number(settings.minValue, number(settings.tickMin, 0));
  const most = number(settings.maxValue, number(settings.tickMax, 100));
  const latest = row.values.get(slotOf(key));
  const stored = typeof settings.decimals === "number" ? settings.decimals : undefined;
  const decimals = key.decimals ?? widget.decimals ?? stored;
  const now = numeric(latest?.value);
  const units = key.units || widget.units;
  const gauge: Gauge = {
    name: filled(key.label, row),
    // A gauge has room for a short number only.
    shown: now === undefined ? (latest?.value ?? "–") : shownNumber(now, decimals, ""),
    units,
    least,
    most,
    part: partOf(latest?.value, least, most),
    colour: levelOf(settings.levelColors, partOf(latest?.value, least, most)),
    now,
  };
  return isBar(widget) ? <Bar gauge={gauge} /> : <Radial gauge={gauge} />;
}

function isBar({ type, settings }: Widget): boolean {
  const shape = text(settings.gaugeType);
  if (shape) return shape === "horizontalBar" || shape === "verticalBar";
  return type.includes("bar") || type.includes("thermometer") || type === "battery_level";
}

interface Gauge {
  name: string;
  shown: string;
  units: string;
  least: number;
  most: number;
  part: number | undefined;
  colour: string | undefined;
  now: number | undefined;
}

function meter({ name, shown, units, least, most, now }: Gauge) {
  return {
    role: "meter",
    "aria-label": name,
    "aria-valuemin": least,
    "aria-valuemax": most,
    "aria-valuenow": Math.min(Math.max(now ?? least, least), most),
    "aria-valuetext": now === undefined ? "no value" : `${shown} ${units}`.trim(),
  };
}

function Bar({ gauge }: { gauge: Gauge }) {
  const { part, colour } = gauge;
  return (
    <div className="gauge">
      <p className="value-number">
        {gauge.shown}
        {gauge.units && <span className="value-unit">{gauge.units}</span>}
      </p>
      <div className="gauge-track" {...meter(gauge)}>
        <div className="gauge-bar" style={{ width: `${(part ?? 0) * 100}%`, background: colour }} />
      </div>
      <div className="gauge-ends" aria-hidden>
        <span>{gauge.least}</span>
        <span className="gauge-name">{gauge.name}</span>
        <span>{gauge.most}</span>
      </div>
    </div>
  );
}

function Radial({ gauge }: { gauge: Gauge }) {
  const { part, colour } = gauge;
  return (
    <div className="gauge-radial" {...meter(gauge)}>
      <svg viewBox="-100 -100 200 185" aria-hidden>
        <path className="dial-track" d={arc(80, 135, 405)} />
        {part !== undefined && part > 0.002 && (
          <path className="dial-fill" d={arc(80, 135, 135 + part * 270)} style={{ stroke: colour }} />
        )}
        <text className="dial-number" x={0} y={gauge.units ? -4 : 4}>
          {gauge.shown}
        </text>
        {gauge.units && (
          <text className="dial-unit" x={0} y={26}>
            {gauge.units}
          </text>
        )}
        <text className="dial-end" x={-60} y={82}>
          {gauge.least}
        </text>
        <text className="dial-end" x={60} y={82}>
          {gauge.most}
        </text>
      </svg>
      <p className="soft small gauge-name">{gauge.name}</p>
    </div>
  );
}
