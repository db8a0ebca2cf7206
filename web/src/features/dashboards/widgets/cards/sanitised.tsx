/**
 * HTML of a dashboard as elements of this page. Nothing of it is trusted: the text is parsed apart,
 * where nothing runs or loads, and only what is listed here is built again.
 */
import { createElement, Fragment, memo, type ReactNode } from "react";
import { styleOf } from "./style";

const TAGS = new Set(
  `a abbr address article aside b blockquote br caption cite code col colgroup dd del details dfn div dl dt em
   figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section
   small span strong sub summary sup table tbody td tfoot th thead time tr u ul var`.split(/\s+/),
);
/** Left out with everything in them. */
const DROPPED = new Set(
  "script style template iframe object embed form input button select textarea link meta base svg math noscript".split(
    " ",
  ),
);
const VOID = new Set(["br", "hr", "img", "col"]);
const DEEPEST = 50;

/** Elements for a text of HTML. */
export function sanitised(html: string): ReactNode {
  // What is inside of a template neither runs nor loads.
  const parsed = document.createElement("template");
  parsed.innerHTML = renamed(html);
  return built(parsed.content, 0);
}

/** HTML that a function made, as elements. */
export const Html = memo(function Html({ text }: { text: string }) {
  return <>{sanitised(text)}</>;
});

/** The page's policy refuses inline handlers and styles, and reports them even here: renamed it stays quiet. */
function renamed(html: string): string {
  return html.replace(/<[a-z][^>]*>/gi, (tag) =>
    tag.replace(/([\s"'/])(on[a-z]+|style)\s*=/gi, "$1data-$2="),
  );
}

function built(parent: Node, depth: number): ReactNode {
  if (depth > DEEPEST) return null;
  const children = [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const tag = node.localName;
    if (DROPPED.has(tag)) return null;
    const inside = VOID.has(tag) ? undefined : built(node, depth + 1);
    if (!TAGS.has(tag)) return <Fragment key={index}>{inside}</Fragment>;
    // A card must not bring a second main heading or landmark into the page.
    const safe = tag === "h1" ? "h3" : ["main", "header", "footer"].includes(tag) ? "div" : tag;
    return createElement(safe, { key: index, ...attributesOf(node, tag) }, inside);
  });
  return <>{children}</>;
}

function attributesOf(element: Element, tag: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const take = (name: string, as = name) => {
    const value = element.getAttribute(name);
    if (value !== null) out[as] = value;
  };
  take("title");
  take("lang");
  if (tag === "td" || tag === "th") {
    take("colspan", "colSpan");
    take("rowspan", "rowSpan");
  }
  if (tag === "a") {
    const href = safeLink(element.getAttribute("href"));
    if (href) Object.assign(out, { href, target: "_blank", rel: "noopener noreferrer" });
  }
  if (tag === "img") {
    const src = safeImage(element.getAttribute("src"));
    if (src) out.src = src;
    out.alt = element.getAttribute("alt") ?? "";
  }
  const style = styleOf(element.getAttribute("data-style"));
  if (style) out.style = style;
  return out;
}

export function safeLink(href: string | null): string | undefined {
  if (href === null) return undefined;
  const plain = href.trim();
  if (/^(https?:|mailto:|tel:)/i.test(plain)) return plain;
  return /^[/#?]/.test(plain) && !plain.startsWith("//") ? plain : undefined;
}

/** Pictures come with the dashboard or from this server; no other host hears of a reader. */
export function safeImage(src: string | null): string | undefined {
  if (src === null) return undefined;
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(src)) return src;
  return src.startsWith("/") && !src.startsWith("//") ? src : undefined;
}
