import { useQuery } from "@tanstack/react-query";
import { Siren } from "lucide-react";
import type { EntityId } from "../../api/types";
import { DataTable } from "../../ui/DataTable";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { failed } from "../../ui/Toast";
import { alarmColumns } from "./columns";
import { acknowledge, alarmsOf, clear } from "./requests";

const REFRESH_MS = 3_000;

/** The alarms of one entity. */
export function AlarmsPanel({ entity }: { entity: EntityId }) {
  const alarms = useQuery({
    queryKey: ["alarms", entity.entityType, entity.id],
    queryFn: () => alarmsOf(entity),
    refetchInterval: REFRESH_MS,
  });
  const change = (call: Promise<unknown>) => {
    call.then(() => alarms.refetch()).catch(failed);
  };
  const columns = alarmColumns({
    onAcknowledge: (row) => change(acknowledge(row.id.id)),
    onClear: (row) => change(clear(row.id.id)),
  }).filter((one) => one.id !== "originator");
  return (
    <section className="sheet" aria-label="Alarms">
      {alarms.isPending && <Loading what="alarms" />}
      {alarms.isError && (
        <div className="sheet-pad">
          <Problem error={alarms.error} onRetry={() => void alarms.refetch()} />
        </div>
      )}
      {alarms.data?.totalElements === 0 && (
        <Empty icon={<Siren />} title="No alarms">
          Rule chains raise them.
        </Empty>
      )}
      {alarms.data && alarms.data.data.length > 0 && (
        <DataTable label="Alarms" columns={columns} rows={alarms.data.data} idOf={(row) => row.id.id} />
      )}
    </section>
  );
}
