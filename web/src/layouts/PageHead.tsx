import type { ReactNode } from "react";
import "./page.css";

/** The head of a page: what it is, and what can be done here. */
export function PageHead({
  title,
  ink,
  intro,
  actions,
  state,
}: {
  title: string;
  /** A colour of the title's own. */
  ink?: string;
  intro?: ReactNode;
  actions?: ReactNode;
  state?: ReactNode;
}) {
  return (
    <header className="page-head">
      <div className="page-title">
        <div className="page-name">
          <h1 style={ink ? { color: ink } : undefined}>{title}</h1>
          {state}
        </div>
        {intro && <p className="soft">{intro}</p>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  );
}
