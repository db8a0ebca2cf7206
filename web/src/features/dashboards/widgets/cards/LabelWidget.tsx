import { useState } from "react";
import { members, number, text } from "../../../../api/shapes";
import type { Widget } from "../../stored/model";
import { useSources } from "../../values/useSources";
import { patternFilled } from "./pattern";
import { safeImage } from "./sanitised";

/** Values as labels on a picture, each at its place of the picture in percent. */
export function LabelWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources);
  const { settings } = widget;
  const labels = Array.isArray(settings.labels) ? settings.labels.map(members) : [];
  const [ratio, setRatio] = useState<number>();
  const picture = safeImage(text(settings.backgroundImageUrl).replace(/^tb-image;/, "") || null);
  return (
    <div className="labels">
      <div
        className="labels-place"
        style={picture && ratio ? { width: `min(100cqw, 100cqh * ${ratio})`, aspectRatio: ratio } : undefined}
      >
        {picture && (
          <img
            src={picture}
            alt=""
            className="labels-picture"
            onLoad={({ currentTarget }) =>
              setRatio(currentTarget.naturalWidth / currentTarget.naturalHeight || undefined)
            }
          />
        )}
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
    </div>
  );
}
