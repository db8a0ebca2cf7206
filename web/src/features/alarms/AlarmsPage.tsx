import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CheckCheck, Siren } from "lucide-react";
import { useState } from "react";
import { placeOf } from "../../app/navigation";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import { Select } from "../../ui/Field";
import { Empty } from "../../ui/Notice";
import { failed } from "../../ui/Toast";
import { alarmColumns } from "./columns";
import { exportAlarm, importAlarm } from "./transfer";
import { type AlarmFilter, acknowledge, clear, deleteAlarm, listAlarms } from "./requests";

const FILTERS: { id: AlarmFilter; label: string }[] = [
  { id: "ANY", label: "All alarms" },
  { id: "ACTIVE", label: "Active" },
  { id: "UNACK", label: "Unacknowledged" },
  { id: "CLEARED", label: "Cleared" },
];

const REFRESH_MS = 3_000;

export function AlarmsPage() {
  useNamedPage("Alarms");
  const [filter, setFilter] = useState<AlarmFilter>("ANY");
  const queries = useQueryClient();
  const key = `alarms-${filter}`;
  const list = useList({
    key,
    load: (query) => listAlarms(query, filter),
    sort: "createdTime",
    desc: true,
    refetchMs: REFRESH_MS,
  });
  const again = () => queries.invalidateQueries({ queryKey: [key] });
  const ack = useMutation({ mutationFn: acknowledge, onSuccess: again, onError: failed });
  const end = useMutation({ mutationFn: clear, onSuccess: again, onError: failed });
  return (
    <ListPage
      title="Alarms"
      nouns={["alarm", "alarms"]}
      list={list}
      columns={alarmColumns({
        onAcknowledge: (row) => ack.mutate(row.id.id),
        onClear: (row) => end.mutate(row.id.id),
      })}
      idOf={(row) => row.id.id}
      nameOf={(row) => row.type ?? ""}
      hrefOf={(row) => (row.originator && placeOf(row.originator.entityType, row.originator.id)) ?? "/alarms"}
      onDelete={deleteAlarm}
      onExport={exportAlarm}
      bulk={[
        { label: "Acknowledge", icon: <Check aria-hidden />, done: "acknowledged", act: acknowledge },
        { label: "Clear", icon: <CheckCheck aria-hidden />, done: "cleared", act: clear },
      ]}
      actions={
        <>
          <div className="scope">
            <Select bare label="Alarms shown" choices={FILTERS} value={filter} onChange={setFilter} />
          </div>
          <ListImport
            nouns={["alarm", "alarms"]}
            onImport={importAlarm}
            onDone={() => void list.result.refetch()}
          />
        </>
      }
      empty={
        <Empty icon={<Siren />} title={filter === "ANY" ? "No alarms" : "No alarms of this state"}>
          A rule chain raises them: add a node that creates an alarm where values go wrong.
        </Empty>
      }
    />
  );
}
