import { Loading } from "../../../ui/Notice";
import type { Found } from "../values/useSources";

/** What a widget shows in place of values it does not have, and why. */
export function Nothing({ found }: { found: Found | undefined }) {
  if (found && found.rows === undefined) return <Loading what="values" />;
  return (
    <div className="widget-center soft">
      <p>{found ? (found.missing ?? "No entity fits the alias of this widget.") : "No data source yet."}</p>
    </div>
  );
}
