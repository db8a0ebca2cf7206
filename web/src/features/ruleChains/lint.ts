/** What the server finds doubtful in a chain while it is edited. */
import { useEffect, useState } from "react";
import type { ChainFinding } from "../../api/types";
import { type Draft, writeDraft } from "./draft";
import { lintChain } from "./requests";

const PAUSE_MS = 500;

export interface Found extends ChainFinding {
  /** Key of the node in the draft; undefined when it is about the whole chain. */
  key: string | undefined;
}

/** Findings of the draft, anew when editing pauses. Editing goes on without them when they cannot be had. */
export function useFindings(draft: Draft): Found[] {
  const [found, setFound] = useState<Found[]>([]);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      lintChain(writeDraft(draft))
        .then((findings) => {
          if (left) return;
          setFound(findings.map((one) => ({ ...one, key: draft.nodes[one.nodeIndex ?? -1]?.key })));
        })
        .catch(() => undefined);
    }, PAUSE_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [draft]);
  return found;
}

/** `1 error, 2 warnings`; empty when there is nothing. */
export function summary(findings: readonly ChainFinding[]): string {
  const errors = findings.filter((one) => one.severity === "ERROR").length;
  const warnings = findings.length - errors;
  const part = (count: number, noun: string) =>
    count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`];
  return [...part(errors, "error"), ...part(warnings, "warning")].join(", ");
}
