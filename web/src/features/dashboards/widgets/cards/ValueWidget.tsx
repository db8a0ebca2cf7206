import { type Members, members, number, text } from "../../../../api/shapes";
import { full } from "../../../../format/time";
import type { Latest } from "../../../../live/values";
import { Ago } from "../../../../ui/Time";
import type { DataKey, Widget } from "../../stored/model";
import { type Row, slotOf } from "../../values/ask";
import { useColours } from "../../values/colours";
import { filled, shownBy } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { iconOf } from "../icons";
import { fontOf, inkOf } from "../look";
import { Nothing } from "../Nothing";

/** One value, large; beside its name in a card that is wide. */
export function ValueWidget({ widget }: { widget: Widget }) {
  const [found] = useSources(widget.sources.slice(0, 1));
  const key = widget.sources[0]?.keys[0];
  const row = found?.rows?.[0];
  if (!row || !key) return <Nothing found={found} />;
  return <Card widget={widget} dataKey={key} row={row} />;
}

function Card({ widget, dataKey, row }: { widget: Widget; dataKey: DataKey; row: Row }) {
  const { settings } = widget;
  const { labelColor, valueColor, iconColor, dateColor } = settings;
  const latest = row.values.get(slotOf(dataKey));
  const colours = useColours({ labelColor, valueColor, iconColor, dateColor }, latest?.value);
  const ground = text(members(settings.background).color) || text(widget.config.backgroundColor) || undefined;
  const ink = (name: string) => inkOn(colours[name], members(settings[name]), ground);
  const Icon = settings.showIcon === true ? iconOf(text(settings.icon)) : undefined;
  const layout = text(settings.layout);
  const wide = widget.type === "horizontal_value_card" || layout.startsWith("horizontal") || isBeside(widget);
  const iconSize = Math.min(Math.max(number(settings.iconSize, 24), 12), 96);
  return (
    <div className={wide ? "value-card value-card-wide" : "value-card"} data-layout={layout || undefined}>
      {settings.showLabel !== false && (
        <p
          className="soft value-label"
          style={{ ...fontOf(members(settings.labelFont), 16), ...ink("labelColor") }}
        >
          {Icon && <Icon aria-hidden size={iconSize} className="widget-icon" style={ink("iconColor")} />}
          {text(settings.label) || filled(dataKey.label, row)}
        </p>
      )}
      <p className="value-number" style={{ ...ownSize(settings), ...ink("valueColor") }}>
        {shownBy(widget, dataKey, latest)}
      </p>
      {settings.showDate !== false && (
        <p className="soft small" style={ink("dateColor")}>
          <When latest={latest} settings={settings} />
        </p>
      )}
    </div>
  );
}

/** The older card has its label beside the value unless it says otherwise. */
function isBeside({ type, settings }: Widget): boolean {
  return type === "simple_card" && settings.labelPosition === "left";
}

/** Cards that scale have no size of their own. */
function ownSize(settings: Members) {
  const font = fontOf(members(settings.valueFont));
  if (settings.autoScale !== false) delete font.fontSize;
  return font;
}

/** A function's or a range's colour says something of the value: it is kept even where it reads badly. */
function inkOn(colour: string | undefined, setting: Members, ground: string | undefined) {
  if (colour === undefined) return undefined;
  return setting.type === "range" || setting.type === "function" ? { color: colour } : inkOf(colour, ground);
}

function When({ latest, settings }: { latest: Latest | undefined; settings: Members }) {
  const format = members(settings.dateFormat);
  if (latest && typeof format.format === "string" && format.lastUpdateAgo === false) return full(latest.ts);
  return <Ago ts={latest?.ts} none="no value yet" />;
}
