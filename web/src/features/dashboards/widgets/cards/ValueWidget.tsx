import { Ago } from "../../../../ui/Time";
import type { Widget } from "../../stored/model";
import { slotOf } from "../../values/ask";
import { useColours } from "../../values/colours";
import { filled, shownBy } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { Nothing } from "../Nothing";

/** One value, large; beside its name in a card that is wide. */
export function ValueWidget({ widget }: { widget: Widget }) {
  const [found] = useSources(widget.sources.slice(0, 1));
  const key = widget.sources[0]?.keys[0];
  const row = found?.rows?.[0];
  const { labelColor, valueColor } = widget.settings;
  const colours = useColours({ labelColor, valueColor }, key && row?.values.get(slotOf(key))?.value);
  if (!row || !key) return <Nothing found={found} />;
  const latest = row.values.get(slotOf(key));
  const wide = widget.type === "horizontal_value_card";
  return (
    <div className={wide ? "value-card value-card-wide" : "value-card"}>
      <p className="soft" style={{ color: colours.labelColor }}>
        {filled(key.label, row)}
      </p>
      <p className="value-number" style={{ color: colours.valueColor }}>
        {shownBy(widget, key, latest)}
      </p>
      <p className="soft small">
        <Ago ts={latest?.ts} none="no value yet" />
      </p>
    </div>
  );
}
