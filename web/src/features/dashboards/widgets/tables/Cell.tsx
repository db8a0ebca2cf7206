import type { ReactNode } from "react";
import { Html } from "../cards/sanitised";

/** What a function made of a cell's value, or the value itself. */
export function Cell({ html, children }: { html: string | undefined; children: ReactNode }) {
  return html === undefined ? children : <Html text={html} />;
}
