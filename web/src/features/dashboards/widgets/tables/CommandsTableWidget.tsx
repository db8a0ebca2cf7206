import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { members, number, text } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { IconButton } from "../../../../ui/Button";
import { Loading, Problem } from "../../../../ui/Notice";
import { Status, type StatusTone } from "../../../../ui/Status";
import { Ago } from "../../../../ui/Time";
import { failed } from "../../../../ui/Toast";
import { useBoard } from "../../board";
import type { Widget } from "../../stored/model";
import { deleteStored, storedCommands } from "../../../commands/requests";
import { OnDevice } from "../controls/OnDevice";

const REFRESH_MS = 3_000;

const TONES: Record<string, StatusTone> = {
  QUEUED: "busy",
  SENT: "busy",
  DELIVERED: "good",
  SUCCESSFUL: "good",
  TIMEOUT: "warn",
  EXPIRED: "bad",
  FAILED: "bad",
};

const SHOWN = 50;

/** The stored commands of a device and what became of each. */
export function CommandsTableWidget({ widget }: { widget: Widget }) {
  return <OnDevice widget={widget}>{(device) => <Commands widget={widget} device={device} />}</OnDevice>;
}

function Commands({ widget, device }: { widget: Widget; device: EntityId }) {
  const { editing } = useBoard();
  const list = useQuery({
    queryKey: ["commands", device.id],
    queryFn: () => storedCommands(device.id, SHOWN),
    refetchInterval: REFRESH_MS,
  });
  if (list.isPending) return <Loading what="commands" />;
  if (list.isError) return <Problem error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.data.length === 0) return <p className="widget-center soft">No stored commands.</p>;
  const label = widget.title || "Stored commands";
  const remove = (id: string) => {
    deleteStored(id)
      .then(() => list.refetch())
      .catch(failed);
  };
  return (
    <div className="table-frame table-fill" tabIndex={0} role="group" aria-label={label}>
      <table className="table table-plain" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">State</th>
            <th scope="col">Created</th>
            <th scope="col">Actions</th>
          </tr>
        </thead>
        <tbody>
          {list.data.data.map((raw) => {
            const one = members(raw);
            const id = text(members(one.id).id);
            const method = methodOf(one.request);
            const status = text(one.status);
            return (
              <tr key={id}>
                <th scope="row" className="row-name">
                  {method}
                </th>
                <td>
                  <Status tone={TONES[status] ?? "idle"}>{wordOf(status)}</Status>
                </td>
                <td>
                  <Ago ts={number(one.createdTime, 0)} />
                </td>
                <td>
                  <div className="table-actions">
                    <IconButton
                      label={`Delete ${method}`}
                      icon={<Trash2 aria-hidden />}
                      isDisabled={editing}
                      onPress={() => remove(id)}
                    />
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function methodOf(request: unknown): string {
  const read = members(request);
  return text(read.method) || text(members(read.body).method) || "command";
}

function wordOf(status: string): string {
  return status.charAt(0) + status.slice(1).toLowerCase();
}
