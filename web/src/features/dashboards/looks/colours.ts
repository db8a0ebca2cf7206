/** Whether text of a colour can be read on another. */

export interface Rgb {
  r: number;
  g: number;
  b: number;
  /** 0 to 1. */
  a: number;
}

/** `#abc`, `#aabbcc`, `#aabbccdd`, `rgb(…)` and `rgba(…)`; undefined for anything else. */
export function readColour(text: string): Rgb | undefined {
  const plain = text.trim().toLowerCase();
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(plain)?.[1];
  if (hex !== undefined) {
    const wide = hex.length < 6 ? [...hex].map((one) => one + one).join("") : hex;
    const part = (at: number) => parseInt(wide.slice(at, at + 2) || "ff", 16);
    return { r: part(0), g: part(2), b: part(4), a: part(6) / 255 };
  }
  const inside = /^rgba?\(([^)]*)\)$/.exec(plain)?.[1];
  const parts = (inside ?? "").split(/[\s,/]+/).filter(Boolean);
  const [r, g, b, a = 1] = parts.map((one) =>
    one.endsWith("%") ? (parseFloat(one) / 100) * 255 : Number(one),
  );
  if (r === undefined || g === undefined || b === undefined) return undefined;
  if (![r, g, b, a].every(Number.isFinite)) return undefined;
  return { r, g, b, a };
}

/** How far two colours are apart, from 1 to 21, as WCAG computes it. */
export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance({ r, g, b }: Rgb): number {
  const line = (part: number) => {
    const x = part / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * line(r) + 0.7152 * line(g) + 0.0722 * line(b);
}

const READABLE = 4.5;

/** Whether text in a colour can be read on a ground; unknown colours count as unreadable. */
export function readable(text: string, ground: string): boolean {
  const [one, other] = [readColour(text), readColour(ground)];
  return one !== undefined && other !== undefined && one.a >= 0.5 && contrast(one, other) >= READABLE;
}
