/** The geometry of a dial: 270 degrees, open at the bottom. */

const START = 135;
const SWEEP = 270;

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

/** An SVG path along the dial between two angles. */
export function arc(radius: number, from: number, to: number): string {
  const at = (degrees: number) => {
    const radians = (degrees * Math.PI) / 180;
    return `${(Math.cos(radians) * radius).toFixed(2)} ${(Math.sin(radians) * radius).toFixed(2)}`;
  };
  return `M ${at(from)} A ${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${at(to)}`;
}
