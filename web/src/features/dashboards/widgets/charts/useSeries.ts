import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { call, queryOf } from "../../../../api/raw";
import { members } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { live } from "../../../../live/connection";
import { pointsOf as latestOf } from "../../../../live/values";
import { type Point, joined, numeric, pointsOf } from "../../../telemetry/requests";
import { type Timewindow, boundsOf, spanOf } from "../../timewindow/timewindow";
import { grouped, mostRaw, outlined, stepOf } from "./points";

export interface Wanted {
  entity: EntityId;
  key: string;
}

interface Asked {
  window: Timewindow;
  pixels: number;
  bars: boolean;
}

/** Points of several series for the pixels there are; those that arrive join in while the window moves. */
export function useSeries(wanted: readonly Wanted[], { window, pixels, bars }: Asked) {
  const span = spanOf(window.range, Date.now());
  const step = stepOf(span, pixels, bars, window.interval);
  const raw = window.aggregation === "NONE";
  const results = useQueries({
    queries: wanted.map(({ entity, key }) => ({
      queryKey: ["series", entity.id, key, window, raw ? mostRaw(pixels) : step],
      queryFn: () => stored(entity, key, window, step, mostRaw(pixels)),
      // A moving window keeps what it showed while it asks again.
      refetchInterval: window.live ? Math.min(Math.max(step / 4, 5_000), 60_000) : (false as const),
      enabled: pixels > 0,
      staleTime: 2_000,
    })),
  });
  const fresh = useArriving(wanted, window.live);
  const kept = results.map((one) => one.data);
  const depends = kept.map((one) => one?.at ?? 0).join();
  const points = useMemo(
    () =>
      wanted.map(({ entity, key }, index): Point[] => {
        const here = kept[index]?.points ?? [];
        const arrived = fresh.get(`${entity.id}/${key}`) ?? [];
        // A group that was open when the store was asked stays as it was until it is asked again.
        return joined(here, raw ? arrived : grouped(arrived, step, window.aggregation));
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `depends` stands for `kept`
    [wanted, depends, fresh, raw, step, window.aggregation],
  );
  return {
    points,
    span,
    step,
    failed: results.find((one) => one.isError)?.error,
    pending: results.some((one) => one.isPending),
  };
}

interface Stored {
  at: number;
  points: Point[];
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
  const ask = async (agg: string, limit: number) => {
    const from = agg === "NONE" ? start : Math.floor(start / step) * step;
    const query = queryOf({
      key,
      startTs: from,
      endTs: end + 1,
      agg,
      interval: agg === "NONE" ? 0 : step,
      limit,
      orderBy: agg === "NONE" ? "DESC" : "ASC",
    });
    const path = `/api/plugins/telemetry/${entity.entityType}/${entity.id}/values/timeseries/history`;
    return pointsOf(members(await call("GET", `${path}?${query}`))[key]);
  };
  if (window.aggregation !== "NONE") return { at: now, points: await ask(window.aggregation, most) };
  const all = await ask("NONE", most);
  if (all.length < most) return { at: now, points: all.reverse() };
  const [lows, highs] = await Promise.all([ask("MIN", most), ask("MAX", most)]);
  return { at: now, points: outlined(lows, highs, step) };
}

/** Points that are kept beside the stored ones, for each series. */
const KEPT = 2_000;
const SHOW_MS = 200;

/** What arrived since the chart was opened, by `entity/key`. */
function useArriving(wanted: readonly Wanted[], on: boolean): ReadonlyMap<string, Point[]> {
  const [fresh, setFresh] = useState<ReadonlyMap<string, Point[]>>(new Map());
  const byEntity = new Map<string, string[]>();
  for (const { entity, key } of wanted) {
    const name = `${entity.entityType}/${entity.id}`;
    byEntity.set(name, [...(byEntity.get(name) ?? []), key]);
  }
  const names = JSON.stringify(on ? [...byEntity] : []);
  useEffect(() => {
    const found = new Map<string, Point[]>();
    let timer = 0;
    const show = () => {
      timer ||= globalThis.setTimeout(() => {
        timer = 0;
        setFresh(new Map(found));
      }, SHOW_MS) as unknown as number;
    };
    setFresh(new Map());
    const ends = (JSON.parse(names) as [string, string[]][]).map(([name, keys]) => {
      const [entityType, entityId] = name.split("/");
      const command = {
        type: "TIMESERIES",
        entityType,
        entityId,
        scope: "LATEST_TELEMETRY",
        keys: [...new Set(keys)].join(","),
      };
      return live.subscribe(command, (update) => {
        for (const [key, { ts, value }] of latestOf(update)) {
          const read = numeric(value);
          if (read === undefined) continue;
          const id = `${entityId ?? ""}/${key}`;
          const before = found.get(id) ?? [];
          if ((before.at(-1)?.ts ?? 0) >= ts) continue;
          found.set(id, [...before.slice(-KEPT), { ts, value: read }]);
        }
        show();
      });
    });
    return () => {
      globalThis.clearTimeout(timer);
      ends.forEach((end) => end());
    };
  }, [names]);
  return fresh;
}
