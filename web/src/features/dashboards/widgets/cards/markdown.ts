/** Markdown as HTML, for a card: what people write in one. The result still has to be sanitised. */

export function markdownToHtml(text: string): string {
  const out: string[] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const fence = /^\s*(```|~~~)/.exec(line)?.[1];
    if (fence) {
      const end = lines.findIndex((one, index) => index > at && one.trim().startsWith(fence));
      const stop = end < 0 ? lines.length : end;
      out.push(`<pre><code>${escaped(lines.slice(at + 1, stop).join("\n"))}</code></pre>`);
      at = stop + 1;
      continue;
    }
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (heading) {
      const level = Math.min((heading[1] ?? "").length + 2, 6);
      out.push(`<h${level}>${inline(heading[2] ?? "")}</h${level}>`);
      at += 1;
      continue;
    }
    if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      out.push("<hr>");
      at += 1;
      continue;
    }
    const block = [listOf, tableOf, quoteOf].map((read) => read(lines, at)).find((one) => one !== undefined);
    const { html, next } = block ?? paragraphOf(lines, at);
    out.push(html);
    at = next;
  }
  return out.join("\n");
}

interface Block {
  html: string;
  next: number;
}

const ITEM = /^\s*([-*+]|\d+[.)])\s+(.*)$/;

function listOf(lines: string[], at: number): Block | undefined {
  const first = ITEM.exec(lines[at] ?? "");
  if (!first) return undefined;
  const tag = /\d/.test(first[1] ?? "") ? "ol" : "ul";
  const items: string[] = [];
  let next = at;
  for (; next < lines.length; next += 1) {
    const item = ITEM.exec(lines[next] ?? "");
    if (!item) break;
    items.push(`<li>${inline(item[2] ?? "")}</li>`);
  }
  return { html: `<${tag}>${items.join("")}</${tag}>`, next };
}

function tableOf(lines: string[], at: number): Block | undefined {
  const rule = lines[at + 1] ?? "";
  if (!(lines[at] ?? "").includes("|") || !/^\s*\|?(\s*:?-+:?\s*\|)+\s*(:?-+:?\s*)?$/.test(rule))
    return undefined;
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|");
  const row = (line: string, tag: string) =>
    `<tr>${cells(line)
      .map((one) => `<${tag}>${inline(one.trim())}</${tag}>`)
      .join("")}</tr>`;
  let next = at + 2;
  const body: string[] = [];
  for (; next < lines.length && (lines[next] ?? "").includes("|"); next += 1)
    body.push(row(lines[next] ?? "", "td"));
  const head = row(lines[at] ?? "", "th");
  return { html: `<table><thead>${head}</thead><tbody>${body.join("")}</tbody></table>`, next };
}

function quoteOf(lines: string[], at: number): Block | undefined {
  if (!/^\s*>/.test(lines[at] ?? "")) return undefined;
  let next = at;
  const inside: string[] = [];
  for (; next < lines.length && /^\s*>/.test(lines[next] ?? ""); next += 1)
    inside.push((lines[next] ?? "").replace(/^\s*>\s?/, ""));
  return { html: `<blockquote>${inside.map(inline).join("<br>")}</blockquote>`, next };
}

function paragraphOf(lines: string[], at: number): Block {
  let next = at + 1;
  const starts = (line: string) =>
    line.trim() === "" || /^(\s*(```|~~~|>)|#{1,6}\s)/.test(line) || ITEM.test(line);
  while (next < lines.length && !starts(lines[next] ?? "")) next += 1;
  const part = lines.slice(at, next);
  // HTML among the Markdown stays HTML; it is sanitised like the rest.
  if (/^\s*<\/?[a-z]/i.test(part[0] ?? "")) return { html: part.join("\n"), next };
  return { html: `<p>${part.map(inline).join("\n")}</p>`, next };
}

function inline(text: string): string {
  const codes: string[] = [];
  const kept = text.replace(/`([^`]+)`/g, (_, code: string) => {
    codes.push(`<code>${escaped(code)}</code>`);
    return `\uE000${codes.length - 1}\uE000`;
  });
  return kept
    .replace(
      /!\[([^\]]*)\]\(([^)\s]+)\)/g,
      (_, alt: string, src: string) => `<img alt="${quoted(alt)}" src="${quoted(src)}">`,
    )
    .replace(
      /\[([^\]]+)\]\(([^)\s]+)\)/g,
      (_, label: string, href: string) => `<a href="${quoted(href)}">${label}</a>`,
    )
    .replace(/\*\*(.+?)\*\*|__(.+?)__/g, (_, a?: string, b?: string) => `<strong>${a ?? b ?? ""}</strong>`)
    .replace(
      /(?<![\w*])\*(?!\s)(.+?)\*(?!\w)|(?<!\w)_(?!\s)(.+?)_(?!\w)/g,
      (_, a?: string, b?: string) => `<em>${a ?? b ?? ""}</em>`,
    )
    .replace(/~~(.+?)~~/g, "<del>$1</del>")
    .replace(/\uE000(\d+)\uE000/g, (_, index: string) => codes[Number(index)] ?? "");
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function quoted(text: string): string {
  return escaped(text).replaceAll('"', "&quot;");
}
