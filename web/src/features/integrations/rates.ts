/** How many messages a second arrive, from counts that are read again and again. */
import { useEffect, useState } from "react";

interface Sample {
  at: number;
  counts: ReadonlyMap<string, number>;
}

/** Rates are those of this span, so that a message now and then does not jump between 0 and 1. */
const SPAN_MS = 10_000;

/** Messages a second by name; empty until two readings are there. */
export function ratesOf(samples: readonly Sample[]): Map<string, number> {
  const rates = new Map<string, number>();
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at <= first.at) return rates;
  for (const [name, count] of last.counts) {
    const before = first.counts.get(name);
    // A counter that began anew has no rate yet.
    if (before === undefined || count < before) continue;
    rates.set(name, ((count - before) * 1000) / (last.at - first.at));
  }
  return rates;
}

export function useRates(counts: ReadonlyMap<string, number>): Map<string, number> {
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    setSamples((before) => {
      const at = Date.now();
      return [...before.filter((one) => at - one.at <= SPAN_MS), { at, counts }];
    });
  }, [counts]);
  return ratesOf(samples);
}

/** `0`, `0.3 / s`, `120 / s`. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined) return "";
  if (rate === 0) return "0 / s";
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString("en")} / s`;
}
