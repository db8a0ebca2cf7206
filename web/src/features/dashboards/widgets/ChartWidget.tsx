import { useQueries } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { number } from "../../../api/shapes";
import type { EntityId } from "../../../api/types";
import { Loading, Problem } from "../../../ui/Notice";
import { useFresh } from "../../telemetry/fresh";
import { history, joined } from "../../telemetry/requests";
import { members } from "../../../api/shapes";
import { NoEntity, type WidgetProps } from "./WidgetView";

const Plot = lazy(() => import("../../telemetry/Plot").then((module) => ({ default: module.Plot })));

interface Wanted {
  entity: EntityId;
  key: string;
  label: string;
}

/** Values over time; new ones are added as they arrive. */
export function ChartWidget({ widget, span, found }: WidgetProps) {
  const wanted = useMemo(() => {
    const out: Wanted[] = [];
    for (const source of widget.sources) {
      const entities = found.get(source.alias) ?? [];
      for (const { entity, name } of entities) {
        for (const key of source.keys) {
          if (key.kind !== "timeseries") continue;
          out.push({
            entity,
            key: key.name,
            label: entities.length > 1 ? `${name} ${key.label}` : key.label,
          });
        }
      }
    }
    return out;
  }, [widget.sources, found]);
  const stored = useQueries({
    queries: wanted.map(({ entity, key }) => ({
      queryKey: ["history", entity.entityType, entity.id, key, span],
      queryFn: () => history(entity, key, Date.now() - span, Date.now()),
      refetchInterval: Math.max(span / 60, 15_000),
    })),
  });
  const fresh = useFresh(wanted);
  if (wanted.length === 0) return <NoEntity />;
  const failed = stored.find((one) => one.isError);
  if (failed) return <Problem error={failed.error} />;
  const yaxis = members(widget.settings.yaxis);
  const bounds =
    typeof yaxis.min === "number" && typeof yaxis.max === "number"
      ? { least: number(yaxis.min, 0), most: number(yaxis.max, 100) }
      : undefined;
  return (
    <Suspense fallback={<Loading what="the chart" />}>
      <Plot
        name={widget.title || wanted.map((one) => one.label).join(", ")}
        series={wanted.map((one, index) => ({
          label: one.label,
          points: joined(stored[index]?.data ?? [], fresh.get(`${one.entity.id}/${one.key}`) ?? []),
        }))}
        span={span}
        bars={widget.fqn.includes("bar")}
        bounds={bounds}
      />
    </Suspense>
  );
}
