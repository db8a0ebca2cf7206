import { TriangleAlert } from "lucide-react";

/** Says that a script of a dashboard is left out: it would run in the browser of everybody who looks. */
export function ScriptNote({ what }: { what: string }) {
  return (
    <p className="script-note small soft">
      <TriangleAlert aria-hidden size={14} /> {what}; scripts of dashboards are not run here.
    </p>
  );
}
