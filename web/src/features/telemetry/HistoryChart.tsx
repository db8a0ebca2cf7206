import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { EntityId } from "../../api/types";
import type { Latest } from "../../live/values";
import { Problem } from "../../ui/Notice";
import { Segments } from "../../ui/Segments";
import { Ago } from "../../ui/Time";
import { useFresh } from "./fresh";
import { Plot } from "./Plot";
import { history, joined } from "./requests";

const MINUTE = 60_000;
const SPANS = [
  { id: "1m", label: "1 min", ms: MINUTE },
  { id: "15m", label: "15 min", ms: 15 * MINUTE },
  { id: "1h", label: "1 h", ms: 60 * MINUTE },
  { id: "1d", label: "1 day", ms: 24 * 60 * MINUTE },
  { id: "7d", label: "7 days", ms: 7 * 24 * 60 * MINUTE },
] as const;

interface ChartProps {
  entity: EntityId;
  name: string;
  latest: Latest | undefined;
}

/** One key's history; new values are added as they arrive. */
export function HistoryChart({ entity, name, latest }: ChartProps) {
  const [spanId, setSpanId] = useState<(typeof SPANS)[number]["id"]>("15m");
  const span = SPANS.find((one) => one.id === spanId) ?? SPANS[1];
  const stored = useQuery({
    queryKey: ["history", entity.entityType, entity.id, name, span.ms],
    queryFn: () => history(entity, name, Date.now() - span.ms, Date.now()),
    // Live points fill the gap between; the store is asked again so that averages stay right.
    refetchInterval: Math.max(span.ms / 60, 15_000),
  });
  const fresh = useFresh([{ entity, key: name }]).get(`${entity.id}/${name}`);
  const series = useMemo(
    () => [{ label: name, points: joined(stored.data ?? [], fresh ?? []) }],
    [name, stored.data, fresh],
  );
  return (
    <>
      <div className="chart-head">
        <div>
          <h2>{name}</h2>
          <p className="chart-now">
            <span className="chart-value">{latest?.value}</span>
            <span className="soft small">
              <Ago ts={latest?.ts} />
            </span>
          </p>
        </div>
        <Segments label="Time span" choices={SPANS} value={spanId} onChange={setSpanId} />
      </div>
      {stored.isError ? (
        <div className="sheet-pad">
          <Problem error={stored.error} onRetry={() => void stored.refetch()} />
        </div>
      ) : (
        <Plot name={name} series={series} span={span.ms} />
      )}
    </>
  );
}
