/** The geometry of a dial: 270 degrees, open at the bottom. */

const START = 135;
const SWEEP = 270;

export interface Dial {
  least: number;
  most: number;
  decimals: number;
}

/** Angle in degrees of a value, clockwise from the right. */
export function angleOf(value: number, least: number, most: number): number {
  const part = most > least ? (Math.min(Math.max(value, least), most) - least) / (most - least) : 0;
  return START + part * SWEEP;
}

/** The value at a point, relative to the centre. In the open part the nearer end counts. */
export function valueAt(x: number, y: number, least: number, most: number): number {
  const degrees = (Math.atan2(y, x) * 180) / Math.PI;
  const fromStart = (degrees - START + 720) % 360;
  const open = 360 - SWEEP;
  const part = fromStart <= SWEEP ? fromStart / SWEEP : fromStart < SWEEP + open / 2 ? 1 : 0;
  return least + part * (most - least);
}

/** Rounded to the decimals that are shown. */
export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** Where a key leads; undefined for keys that mean nothing here. */
export function steps(key: string, value: number, { least, most, decimals }: Dial): number | undefined {
  const fine = 10 ** -decimals;
  const coarse = Math.max((most - least) / 10, fine);
  const known: Record<string, number> = {
    ArrowUp: value + fine,
    ArrowRight: value + fine,
    ArrowDown: value - fine,
    ArrowLeft: value - fine,
    PageUp: value + coarse,
    PageDown: value - coarse,
    Home: least,
    End: most,
  };
  return known[key];
}

/** An SVG path along the dial between two angles. */
export function arc(radius: number, from: number, to: number): string {
  const at = (degrees: number) => {
    const radians = (degrees * Math.PI) / 180;
    return `${(Math.cos(radians) * radius).toFixed(2)} ${(Math.sin(radians) * radius).toFixed(2)}`;
  };
  return `M ${at(from)} A ${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${at(to)}`;
}
