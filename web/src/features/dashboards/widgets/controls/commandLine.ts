/** A line of the terminal: a method, and JSON after it. */
export function readCommand(line: string): { method: string; params: unknown } | { wrong: string } {
  const [, method = "", rest = ""] = /^\s*(\S+)\s*([\s\S]*?)\s*$/.exec(line) ?? [];
  if (!method) return { wrong: "Type a method, then its parameters as JSON." };
  if (!rest) return { method, params: {} };
  try {
    return { method, params: JSON.parse(rest) as unknown };
  } catch {
    // A lone word needs no quotes.
    if (/^[\w.:+-]+$/.test(rest)) return { method, params: rest };
    return { wrong: "The parameters are no JSON: texts need double quotes." };
  }
}
