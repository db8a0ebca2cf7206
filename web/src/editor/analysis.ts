/** What the server knows about a script while it is written: faults, completions, explanations. */
import { api, ok } from "../api/client";
import { members, number, text } from "../api/shapes";
import type { ScriptLang } from "../api/types";

/** Lines and columns from 1; the end is behind the last character. */
export interface Range {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface Finding {
  severity: "error" | "warning";
  message: string;
  /** What to write instead. */
  hint: string;
  range: Range;
}

export interface Completion {
  label: string;
  kind: string;
  detail: string;
  doc: string;
}

export interface Hover {
  range: Range;
  title: string;
  text: string;
  example: string;
}

export interface Analysis {
  findings: Finding[];
  completions: Completion[];
  replaces: Range;
  hover: Hover | undefined;
}

/** A script's language and the names of its arguments. */
export interface ScriptKind {
  lang: ScriptLang;
  arguments: readonly string[];
}

export interface Cursor {
  line: number;
  column: number;
}

export async function analyze(kind: ScriptKind, script: string, cursor?: Cursor): Promise<Analysis> {
  const body = {
    scriptLang: kind.lang,
    script,
    arguments: kind.arguments.map((name) => ({ name })),
    ...cursor,
  };
  return analysisOf(await ok(api.POST("/api/millrace/script/analyze", { body })));
}

function rangeOf(raw: unknown): Range {
  const read = members(raw);
  const line = number(read.line, 1);
  const column = number(read.column, 1);
  return { line, column, endLine: number(read.endLine, line), endColumn: number(read.endColumn, column) };
}

export function analysisOf(reply: unknown): Analysis {
  const read = members(reply);
  const list = (raw: unknown): unknown[] => (Array.isArray(raw) ? raw : []);
  const hover = members(read.hover);
  return {
    findings: list(read.diagnostics).map((one) => ({
      severity: text(members(one).severity).toUpperCase() === "WARNING" ? "warning" : "error",
      message: text(members(one).message),
      hint: text(members(one).hint),
      range: rangeOf(members(one).range),
    })),
    completions: list(read.completions).map((one) => ({
      label: text(members(one).label),
      kind: text(members(one).kind),
      detail: text(members(one).detail),
      doc: text(members(one).doc),
    })),
    replaces: rangeOf(read.replaces),
    hover: read.hover
      ? {
          range: rangeOf(hover.range),
          title: text(hover.title),
          text: text(hover.text),
          example: text(hover.example),
        }
      : undefined,
  };
}
