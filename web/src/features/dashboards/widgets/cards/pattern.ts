/** Texts with values in them: `${temperature:1}`, `${entityName}`, `${#0}` for the first key. */
import type { DataKey, Widget } from "../../stored/model";
import { type Row, slotOf } from "../../values/ask";
import { shownValue } from "../../values/shown";
import type { Found } from "../../values/useSources";

interface Known {
  key: DataKey;
  row: Row;
}

export function patternFilled(
  pattern: string,
  widget: Pick<Widget, "sources" | "units" | "decimals">,
  found: readonly Found[],
  clean: (text: string) => string,
): string {
  const known: Known[] = widget.sources.flatMap((source, index) => {
    const row = found[index]?.rows?.[0];
    return row ? source.keys.map((key) => ({ key, row })) : [];
  });
  const [first] = found.flatMap((one) => one.rows ?? []);
  return pattern.replace(/\$\{([^}:]+)(?::(\d+))?\}/g, (_, name: string, digits?: string) => {
    if (name === "entityName") return clean(first?.name ?? "");
    if (name === "entityLabel") return clean(first?.label ?? "");
    const numbered = /^#(\d+)$/.exec(name)?.[1];
    const one =
      numbered === undefined
        ? known.find(({ key }) => key.name === name || key.label === name)
        : known[Number(numbered)];
    if (!one) return "–";
    const latest = one.row.values.get(slotOf(one.key));
    const decimals = digits === undefined ? (one.key.decimals ?? widget.decimals) : Number(digits);
    return clean(shownValue(latest?.value, decimals, one.key.units || widget.units));
  });
}
