/** What became of captured messages, in words, and which of them are looked at. */
import type { Difference, ReplayRow, ReplaySummary, Verdict } from "../../../api/types";
import type { StatusTone } from "../../../ui/Status";

export const VERDICTS: Record<Verdict, { tone: StatusTone; label: string }> = {
  SAME: { tone: "idle", label: "Same" },
  CHANGED: { tone: "warn", label: "Changed" },
  NOW_FAILS: { tone: "bad", label: "Fails now" },
  NOW_WORKS: { tone: "good", label: "Works now" },
  STILL_FAILS: { tone: "bad", label: "Still fails" },
};

export type Filter = "ALL" | "CHANGED" | "FAILED" | "WORKING";

const TAKES: Record<Filter, (row: ReplayRow) => boolean> = {
  ALL: () => true,
  CHANGED: (row) => row.verdict === "CHANGED",
  FAILED: fails,
  WORKING: (row) => row.verdict === "NOW_WORKS",
};

/** Whether the edited script fails on it. */
export function fails(row: ReplayRow): boolean {
  return row.verdict === "NOW_FAILS" || row.verdict === "STILL_FAILS";
}

export function filtered(rows: readonly ReplayRow[], filter: Filter): ReplayRow[] {
  return rows.filter(TAKES[filter]);
}

/** The filters with what each would show. */
export function filters(summary: ReplaySummary): { id: Filter; label: string }[] {
  return [
    { id: "ALL", label: `All ${summary.ran}` },
    { id: "CHANGED", label: `Changed ${summary.changed}` },
    { id: "FAILED", label: `Failed ${summary.nowFail + summary.stillFail}` },
    { id: "WORKING", label: `Now working ${summary.nowWork}` },
  ];
}

/** The next message after `from` that the edited script fails on; from the top again at the end. */
export function nextFailing(rows: readonly ReplayRow[], from: string | undefined): ReplayRow | undefined {
  const at = rows.findIndex((row) => row.message.id === from);
  return [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find(fails);
}

/** `+` only the edited script gives it, `−` only the deployed one, `~` both, differently. */
export const SIGNS: Record<Difference["change"], { sign: string; label: string }> = {
  ADDED: { sign: "+", label: "Added" },
  REMOVED: { sign: "−", label: "Removed" },
  CHANGED: { sign: "~", label: "Changed" },
};

/** `3 changed, 1 fails now, 96 same`. */
export function inWords(summary: ReplaySummary): string {
  const counts: [number, string][] = [
    [summary.nowFail, summary.nowFail === 1 ? "fails now" : "fail now"],
    [summary.nowWork, summary.nowWork === 1 ? "works now" : "work now"],
    [summary.changed, "changed"],
    [summary.stillFail, summary.stillFail === 1 ? "still fails" : "still fail"],
    [summary.same, "same"],
  ];
  const told = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return told.join(", ");
}

/** Processor time: `0.4 ms`, `1.2 s`. */
export function spent(micros: number): string {
  const ms = micros / 1000;
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
