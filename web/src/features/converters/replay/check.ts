import type { ReplaySummary, ScriptLang } from "../../../api/types";
import { replay } from "./requests";

/** Messages that a save is tried on, and how long it may take. */
const TRIED = 100;
const TRY_MS = 4_000;

/**
 * What saving this script would do to the messages that came last, when some that work now would fail. A check
 * that cannot be made keeps nobody from saving.
 */
export async function wouldFail(
  converterId: string,
  scriptLang: ScriptLang,
  script: string,
): Promise<ReplaySummary | undefined> {
  const body = { source: converterId, scriptLang, script, last: TRIED, timeoutMs: TRY_MS };
  const report = await replay(body).catch(() => undefined);
  return report && report.summary.nowFail > 0 ? report.summary : undefined;
}
