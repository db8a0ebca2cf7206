import { number } from "../../../api/shapes";
import { useLatestTelemetry } from "../../../live/values";
import { shownValue } from "../model";
import { NoEntity, type WidgetProps } from "./WidgetView";

/** A value between two bounds, as a bar. */
export function GaugeWidget({ widget, found }: WidgetProps) {
  const source = widget.sources[0];
  const key = source?.keys[0];
  const entity = found.get(source?.alias ?? "")?.[0];
  const latest = useLatestTelemetry(entity?.entity)?.get(key?.name ?? "");
  if (!entity || !key) return <NoEntity />;
  const least = number(widget.settings.minValue, 0);
  const most = number(widget.settings.maxValue, 100);
  const value = Number(latest?.value);
  const part =
    Number.isFinite(value) && most > least ? Math.min(Math.max((value - least) / (most - least), 0), 1) : 0;
  const shown = shownValue(latest?.value, key.decimals ?? widget.decimals, key.units || widget.units);
  return (
    <div className="gauge">
      <p className="gauge-value">{shown}</p>
      <div
        className="gauge-track"
        role="meter"
        aria-label={key.label}
        aria-valuemin={least}
        aria-valuemax={most}
        aria-valuenow={Number.isFinite(value) ? value : least}
        aria-valuetext={shown}
      >
        <div className="gauge-bar" style={{ width: `${part * 100}%` }} />
      </div>
      <div className="gauge-ends" aria-hidden>
        <span>{least}</span>
        <span>{key.label}</span>
        <span>{most}</span>
      </div>
    </div>
  );
}
