import { useMemo } from "react";
import { text } from "../../../../api/shapes";
import type { Widget } from "../../stored/model";
import { useSources } from "../../values/useSources";
import { ScriptNote } from "../ScriptNote";
import { markdownToHtml, escaped } from "./markdown";
import { patternFilled } from "./pattern";
import { sanitised } from "./sanitised";

/** A text with values in it, written as HTML or Markdown. */
export function HtmlWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources);
  const { settings, type } = widget;
  const marked = type === "markdown_card";
  const pattern = marked ? text(settings.markdownTextPattern) : text(settings.cardHtml);
  const scripted = settings.useMarkdownTextFunction === true;
  const filled = patternFilled(pattern, widget, found, escaped);
  const body = useMemo(() => sanitised(marked ? markdownToHtml(filled) : filled), [filled, marked]);
  if (scripted) return <ScriptNote what="Its text is made by a script" />;
  return (
    <div className="prose" tabIndex={0} role="group" aria-label={widget.title || "Text"}>
      {body}
    </div>
  );
}
