/** Keeps the rules of a dashboard's style sheet to its own elements. */

/** The parts of a selector list: split at commas that stand in no bracket and no text. */
export function parts(list: string): string[] {
  const out: string[] = [];
  let [depth, from, quote] = [0, 0, ""];
  for (let at = 0; at < list.length; at += 1) {
    const one = list.charAt(at);
    if (one === "\\") at += 1;
    else if (quote) quote = one === quote ? "" : quote;
    else if (one === '"' || one === "'") quote = one;
    else if (one === "(" || one === "[") depth += 1;
    else if (one === ")" || one === "]") depth -= 1;
    else if (one === "," && depth === 0) {
      out.push(list.slice(from, at));
      from = at + 1;
    }
  }
  return [...out, list.slice(from)].map((one) => one.trim()).filter(Boolean);
}

/** Names of the whole page, which mean the dashboard here. */
const WHOLE = /^(?:html\s+body|:root\s+body|html|body|:root|:host)(?![\w-])/i;

/** What follows a name of the whole page and would lead out of the dashboard, to its siblings. */
function leadsOut(rest: string): boolean {
  return /[+~]/.test(rest.replace(/\[[^\]]*\]/g, ""));
}

/** `.card, body` within `[data-board]`: `[data-board] .card, [data-board]`. */
export function within(scope: string, list: string): string {
  return parts(list)
    .map((one) => {
      const rest = one.replace(WHOLE, "");
      return rest !== one && !leadsOut(rest) ? scope + rest : `${scope} ${one}`;
    })
    .join(", ");
}
