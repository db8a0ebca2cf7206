const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** The pause before attempt `n` (from 0): doubling, bounded, and spread so that browsers do not come back together. */
export function backoff(n: number, random: number = Math.random()): number {
  const pause = Math.min(FIRST_MS * 2 ** Math.min(n, 10), LONGEST_MS);
  return pause * (0.75 + random / 2);
}
