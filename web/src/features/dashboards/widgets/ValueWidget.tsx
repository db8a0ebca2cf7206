import { useLatestTelemetry } from "../../../live/values";
import { Ago } from "../../../ui/Time";
import { shownValue } from "../model";
import { NoEntity, type WidgetProps } from "./WidgetView";

/** One value, large. */
export function ValueWidget({ widget, found }: WidgetProps) {
  const source = widget.sources[0];
  const key = source?.keys[0];
  const entity = found.get(source?.alias ?? "")?.[0];
  const latest = useLatestTelemetry(entity?.entity)?.get(key?.name ?? "");
  if (!entity || !key) return <NoEntity />;
  return (
    <div className="widget-center">
      <p className="soft">{key.label}</p>
      <p className="gauge-value">
        {shownValue(latest?.value, key.decimals ?? widget.decimals, key.units || widget.units)}
      </p>
      <p className="soft small">
        <Ago ts={latest?.ts} none="no value yet" />
      </p>
    </div>
  );
}
