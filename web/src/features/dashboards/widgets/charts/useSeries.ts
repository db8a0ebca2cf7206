import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, ok } from "../../../../api/client";
import { members } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { type Fn, argumentOf } from "../../functions/kinds";
import { useCalls, valueOf } from "../../functions/useCalls";
import { type Aggregation, type Timewindow, boundsOf, spanOf } from "../../timewindow/timewindow";
import { type Sample, grouped, mostRaw, numbersOf, outlined, sampleOf, samplesOf, stepOf } from "./points";
import { useArriving } from "./useArriving";
import { useMadeSeries } from "./useMadeSeries";

export interface Wanted {
  entity: EntityId;
  key: string;
  /** Turns each value into another, knowing the one before. */
  post?: Fn;
  /** Makes the values, which no entity has. */
  make?: Fn;
}

interface Asked {
  window: Timewindow;
  pixels: number;
  bars: boolean;
}

/** Samples of several series for the pixels there are; those that arrive join in while the window moves. */
export function useSeries(wanted: readonly Wanted[], { window, pixels, bars }: Asked) {
  const span = spanOf(window.range, Date.now());
  const step = stepOf(span, pixels, bars, window.interval);
  const raw = window.aggregation === "NONE";
  const results = useQueries({
    queries: wanted.map(({ entity, key, make }) => ({
      queryKey: ["series", entity.id, key, window, raw ? mostRaw(pixels) : step],
      queryFn: () => stored(entity, key, window, step, mostRaw(pixels)),
      // A moving window keeps what it showed while it asks again.
      refetchInterval: window.live ? Math.min(Math.max(step / 4, 5_000), 60_000) : (false as const),
      enabled: pixels > 0 && !make,
      staleTime: 2_000,
    })),
  });
  const fresh = useArriving(wanted, window.live);
  const made = useMadeSeries(wanted, { window, step });
  const kept = results.map((one) => one.data);
  const depends = kept.map((one) => one?.at ?? 0).join();
  const plain = useMemo(
    () =>
      wanted.map(({ entity, key, make }, index): Sample[] => {
        if (make) return made.get(String(index)) ?? [];
        const here = kept[index]?.points ?? [];
        // What the window has left behind is no part of the chart any more, also when nothing newer comes.
        const start = window.live ? boundsOf(window.range, Date.now()).start : -Infinity;
        const arrived = (fresh.get(`${entity.id}/${key}`) ?? []).filter((one) => one.ts >= start);
        // A group that was open when the store was asked stays as it was until it is asked again.
        const after = raw ? arrived : grouped(numbersOf(arrived), step, window.aggregation);
        const last = here.at(-1)?.ts ?? 0;
        return [...here, ...after.filter((one) => one.ts > last)];
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `depends` stands for `kept`
    [wanted, depends, fresh, made, raw, step, window],
  );
  return {
    points: usePosted(wanted, plain),
    span,
    step,
    failed: results.find((one) => one.isError)?.error,
    pending: results.some((one, index) => one.isPending && !wanted[index]?.make),
  };
}

/** Series with a function of their own as what it makes of them. */
function usePosted(wanted: readonly Wanted[], plain: Sample[][]): Sample[][] {
  const calls = wanted.flatMap(({ post }, index) => {
    const points = plain[index] ?? [];
    if (!post || points.length === 0) return [];
    const args = points.map(({ ts, value }) => [ts, argumentOf(String(value))]);
    return [{ slot: String(index), fn: post, args, chain: "post" as const }];
  });
  const results = useCalls(calls);
  return useMemo(
    () =>
      plain.map((points, index) => {
        const made = wanted[index]?.post && valueOf(results, String(index));
        if (!Array.isArray(made)) return points;
        return made.flatMap((one: unknown) => (Array.isArray(one) ? sampleOf(one[0], one[1]) : []));
      }),
    [wanted, plain, results],
  );
}

interface Stored {
  at: number;
  points: Sample[];
}

async function stored(
  entity: EntityId,
  key: string,
  window: Timewindow,
  step: number,
  most: number,
): Promise<Stored> {
  const now = Date.now();
  const { start, end } = boundsOf(window.range, now);
  const ask = async (agg: Aggregation, limit: number) => {
    const from = agg === "NONE" ? start : Math.floor(start / step) * step;
    const query = {
      key: [key],
      startTs: from,
      endTs: end + 1,
      agg,
      interval: agg === "NONE" ? 0 : step,
      limit,
      orderBy: agg === "NONE" ? ("DESC" as const) : ("ASC" as const),
    };
    const params = { path: { entityType: entity.entityType, entityId: entity.id }, query };
    const found = await ok(
      api.GET("/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries/history", { params }),
    );
    return samplesOf(members(found)[key]);
  };
  if (window.aggregation !== "NONE") return { at: now, points: await ask(window.aggregation, most) };
  const all = await ask("NONE", most);
  // Texts have no outline.
  if (all.length < most || numbersOf(all).length < all.length) return { at: now, points: all.reverse() };
  const [lows, highs] = await Promise.all([ask("MIN", most), ask("MAX", most)]);
  return { at: now, points: outlined(numbersOf(lows), numbersOf(highs), step) };
}
