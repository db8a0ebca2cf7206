import { useMemo } from "react";
import { text } from "../../../../api/shapes";
import { type Fn, argumentOf, functionOf, resultText } from "../../functions/kinds";
import { useCalls, valueOf } from "../../functions/useCalls";
import type { Widget } from "../../stored/model";
import { slotOf } from "../../values/ask";
import { type Found, useSources } from "../../values/useSources";
import { markdownToHtml, escaped } from "./markdown";
import { patternFilled } from "./pattern";
import { sanitised } from "./sanitised";

/** A text with values in it, written as HTML or Markdown. */
export function HtmlWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources);
  const { settings, type } = widget;
  const marked = type === "markdown_card";
  const pattern = marked ? text(settings.markdownTextPattern) : text(settings.cardHtml);
  const made = useMadeText(widget, found);
  const filled = patternFilled(made ?? pattern, widget, found, escaped);
  const body = useMemo(() => sanitised(marked ? markdownToHtml(filled) : filled), [filled, marked]);
  return (
    <div className="prose" tabIndex={0} role="group" aria-label={widget.title || "Text"}>
      {body}
    </div>
  );
}

/** The text of a card whose text a function makes; nothing until it is there, and the pattern when it fails. */
function useMadeText(widget: Widget, found: readonly Found[]): string | undefined {
  const { settings } = widget;
  const fn: Fn | undefined =
    settings.useMarkdownTextFunction === true
      ? functionOf("markdownTextFunction", settings.markdownTextFunction)
      : undefined;
  const ready = found.every((one) => one.rows !== undefined);
  const results = useCalls(
    fn && ready ? [{ slot: "text", fn, args: [dataArgument(widget, found), {}] }] : [],
  );
  if (!fn) return undefined;
  const made = valueOf(results, "text");
  return made === undefined ? (results.has("text") ? undefined : "") : resultText(made);
}

/** The entities of a card as its function sees them: their values by label, and each value's time. */
function dataArgument(widget: Widget, found: readonly Found[]): Record<string, unknown>[] {
  return widget.sources.flatMap((source, index) =>
    (found[index]?.rows ?? []).map(({ entity, name, label, values }) => {
      const out: Record<string, unknown> = {};
      for (const key of source.keys) {
        const latest = values.get(slotOf(key));
        out[key.label] = argumentOf(latest?.value);
        out[`${key.label}|ts`] = latest?.ts ?? null;
      }
      return {
        ...out,
        entityName: name,
        deviceName: name,
        entityLabel: label,
        entityId: entity.id,
        entityType: entity.entityType,
        dsIndex: index,
      };
    }),
  );
}
