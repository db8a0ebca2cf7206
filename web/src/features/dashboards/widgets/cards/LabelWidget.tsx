import { members, number, text } from "../../../../api/shapes";
import type { Widget } from "../../stored/model";
import { useSources } from "../../values/useSources";
import { patternFilled } from "./pattern";
import { safeImage } from "./sanitised";

/** Values as labels on a picture, each at its place in percent. */
export function LabelWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources);
  const { settings } = widget;
  const labels = Array.isArray(settings.labels) ? settings.labels.map(members) : [];
  const picture = safeImage(text(settings.backgroundImageUrl) || null);
  return (
    <div className="labels">
      {picture && <img src={picture} alt="" className="labels-picture" />}
      {labels.map((label, index) => (
        <span
          key={index}
          className="labels-one"
          style={{ left: `${number(label.x, 0)}%`, top: `${number(label.y, 0)}%` }}
        >
          {patternFilled(text(label.pattern), widget, found, (plain) => plain)}
        </span>
      ))}
    </div>
  );
}
