/** What the server finds in a script while it is written. A server without that call finds nothing. */
import { postIfKnown } from "../api/client";
import { members, number, text } from "../api/shapes";
import type { ScriptLang } from "../api/types";

export interface Finding {
  severity: "error" | "warning" | "info";
  message: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  endLine?: number;
  endColumn?: number;
}

let known = true;

export async function analyze(lang: ScriptLang, kind: string, script: string): Promise<Finding[]> {
  if (!known) return [];
  const reply = await postIfKnown("/api/millrace/script/analyze", { scriptLang: lang, kind, script });
  if (reply === undefined) known = false;
  return findingsOf(reply);
}

export function findingsOf(reply: unknown): Finding[] {
  const list = members(reply).diagnostics;
  if (!Array.isArray(list)) return [];
  return list.map((one: unknown) => {
    const read = members(one);
    const severity = text(read.severity).toLowerCase();
    return {
      severity: severity === "warning" || severity === "info" ? severity : "error",
      message: text(read.message),
      line: number(read.line, 1),
      column: number(read.column, 1),
      endLine: typeof read.endLine === "number" ? read.endLine : undefined,
      endColumn: typeof read.endColumn === "number" ? read.endColumn : undefined,
    };
  });
}
