import { type Members, number, text } from "../../../../api/shapes";
import { full } from "../../../../format/time";
import type { Widget } from "../../stored/model";
import { slotOf } from "../../values/ask";
import { filled, partOf, shownNumber } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { numeric } from "../../../telemetry/requests";
import { arc } from "../controls/dial";
import { Nothing } from "../Nothing";
import { colour, fixedLevelOf, levelOf } from "./level";

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
  const part = partOf(latest?.value, least, most);
  const gauge: Gauge = {
    name: settings.showTitle === true && text(settings.title) ? text(settings.title) : filled(key.label, row),
    // A gauge has room for a short number only.
    shown: now === undefined ? (latest?.value ?? "–") : shownNumber(now, decimals, ""),
    units,
    least,
    most,
    part,
    colour: fixedLevelOf(settings, now) ?? levelOf(settings.levelColors, part) ?? defaultOf(settings),
    now,
    unitName: settings.showUnitTitle === true ? text(settings.unitTitle) : "",
    track:
      colour(text(settings.gaugeColor)) && !isPale(text(settings.gaugeColor))
        ? text(settings.gaugeColor)
        : undefined,
    ends: settings.showMinMax !== false,
    said: settings.showValue !== false,
    at: settings.showTimestamp === true ? latest?.ts : undefined,
  };
  if (!isBar(widget)) return <Radial gauge={gauge} />;
  return isUpright(widget) ? <Upright gauge={gauge} /> : <Bar gauge={gauge} />;
}

function isBar({ type, settings }: Widget): boolean {
  const shape = text(settings.gaugeType);
  if (shape) return shape === "horizontalBar" || shape === "verticalBar";
  return type.includes("bar") || type.includes("thermometer") || type === "battery_level";
}

function isUpright({ type, settings }: Widget): boolean {
  const shape = text(settings.gaugeType);
  return shape ? shape === "verticalBar" : type.includes("vertical") || type.includes("thermometer");
}

/** The track of a new gauge, which follows the theme. */
function isPale(track: string): boolean {
  return /^#(eee|f[0-9a-f]{2})/i.test(track);
}

function defaultOf(settings: Members): string | undefined {
  const said = text(settings.defaultColor);
  return colour(said) ? said : undefined;
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
  /** What is measured, beside its name. */
  unitName: string;
  track: string | undefined;
  ends: boolean;
  said: boolean;
  at: number | undefined;
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
      <Said gauge={gauge} />
      <div className="gauge-track" style={{ background: gauge.track }} {...meter(gauge)}>
        <div className="gauge-bar" style={{ width: `${(part ?? 0) * 100}%`, background: colour }} />
      </div>
      <div className="gauge-ends" aria-hidden>
        <span>{gauge.ends && gauge.least}</span>
        <span className="gauge-name">{gauge.unitName || gauge.name}</span>
        <span>{gauge.ends && gauge.most}</span>
      </div>
      <Told gauge={gauge} />
    </div>
  );
}

/** A bar that stands, as of a thermometer. */
function Upright({ gauge }: { gauge: Gauge }) {
  const { part, colour } = gauge;
  return (
    <div className="gauge-upright">
      <div className="gauge-tube" style={{ background: gauge.track }} {...meter(gauge)}>
        <div className="gauge-column" style={{ height: `${(part ?? 0) * 100}%`, background: colour }} />
      </div>
      <div className="gauge-scale" aria-hidden>
        <span>{gauge.ends && gauge.most}</span>
        <div>
          <Said gauge={gauge} />
          <p className="soft small gauge-name">{gauge.unitName || gauge.name}</p>
          <Told gauge={gauge} />
        </div>
        <span>{gauge.ends && gauge.least}</span>
      </div>
    </div>
  );
}

function Said({ gauge }: { gauge: Gauge }) {
  if (!gauge.said) return null;
  return (
    <p className="value-number">
      {gauge.shown}
      {gauge.units && <span className="value-unit">{gauge.units}</span>}
    </p>
  );
}

function Told({ gauge }: { gauge: Gauge }) {
  return gauge.at === undefined ? null : <p className="soft small">{full(gauge.at)}</p>;
}

function Radial({ gauge }: { gauge: Gauge }) {
  const { part, colour } = gauge;
  return (
    <div className="gauge-radial" {...meter(gauge)}>
      <svg viewBox="-100 -100 200 185" aria-hidden>
        <path className="dial-track" d={arc(80, 135, 405)} style={{ stroke: gauge.track }} />
        {part !== undefined && part > 0.002 && (
          <path className="dial-fill" d={arc(80, 135, 135 + part * 270)} style={{ stroke: colour }} />
        )}
        {gauge.said && (
          <text className="dial-number" x={0} y={gauge.units ? -4 : 4}>
            {gauge.shown}
          </text>
        )}
        {gauge.units && (
          <text className="dial-unit" x={0} y={26}>
            {gauge.units}
          </text>
        )}
        <text className="dial-end" x={-60} y={82}>
          {gauge.ends && gauge.least}
        </text>
        <text className="dial-end" x={60} y={82}>
          {gauge.ends && gauge.most}
        </text>
      </svg>
      <p className="soft small gauge-name">{gauge.unitName || gauge.name}</p>
      <Told gauge={gauge} />
    </div>
  );
}
