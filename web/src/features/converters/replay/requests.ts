import { api, ok } from "../../../api/client";
import type { CapturedMessage, ReplayReport, ScriptLang } from "../../../api/types";

export interface Replay {
  /** An integration, or a converter: all integrations that use it. */
  source: string;
  scriptLang: ScriptLang;
  script: string;
  last: number;
  timeoutMs?: number;
}

/** Runs a script over captured messages beside the deployed one; nothing is stored. */
export function replay(body: Replay, signal?: AbortSignal): Promise<ReplayReport> {
  return ok(api.POST("/api/millrace/converter/run", { body, signal }));
}

/** A captured message with its whole payload. */
export function wholeMessage(messageId: string): Promise<CapturedMessage> {
  return ok(api.GET("/api/millrace/messages/{messageId}", { params: { path: { messageId } } }));
}
