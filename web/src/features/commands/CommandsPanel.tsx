import { useMutation, useQuery } from "@tanstack/react-query";
import { Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { members, text } from "../../api/shapes";
import type { CallView, Rpc } from "../../api/types";
import { full } from "../../format/time";
import { IconButton } from "../../ui/Button";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { failed } from "../../ui/Toast";
import { ValueDialog } from "../events/ValueDialog";
import { stageOf, storedStage } from "./life";
import { commandsOf, deleteStored, storedCommands } from "./requests";
import { SendCommand } from "./SendCommand";
import "../events/events.css";

const FOLLOW_MS = 1_000;

/** Commands to a device: send one, and see how far each came. */
export function CommandsPanel({ deviceId }: { deviceId: string }) {
  const recent = useQuery({
    queryKey: ["commands", deviceId],
    queryFn: () => commandsOf(deviceId),
    refetchInterval: FOLLOW_MS,
  });
  const stored = useQuery({
    queryKey: ["commands", deviceId, "stored"],
    queryFn: () => storedCommands(deviceId),
    refetchInterval: FOLLOW_MS,
  });
  const remove = useMutation({
    mutationFn: deleteStored,
    onSuccess: () => stored.refetch(),
    onError: failed,
  });
  const [opened, setOpened] = useState<{ label: string; text: string }>();
  const kept = stored.data?.data ?? [];
  return (
    <>
      <SendCommand deviceId={deviceId} />
      <section className="sheet" aria-label="Recent commands">
        <div className="sheet-head">
          <h2>Recent commands</h2>
        </div>
        {recent.isPending && <Loading what="commands" />}
        {recent.isError && (
          <div className="sheet-pad">
            <Problem error={recent.error} onRetry={() => void recent.refetch()} />
          </div>
        )}
        {recent.data?.length === 0 && (
          <Empty icon={<Send />} title="No command yet">
            Send one above, or turn a control on a dashboard.
          </Empty>
        )}
        {recent.data && recent.data.length > 0 && <Recent calls={recent.data} onOpen={setOpened} />}
      </section>
      {kept.length > 0 && (
        <section className="sheet" aria-label="Stored commands">
          <div className="sheet-head">
            <h2>Stored commands</h2>
          </div>
          <Stored rows={kept} onDelete={(id) => remove.mutate(id)} onOpen={setOpened} />
        </section>
      )}
      <ValueDialog title={opened?.label ?? ""} text={opened?.text} onClose={() => setOpened(undefined)} />
    </>
  );
}

type Open = (opened: { label: string; text: string }) => void;

function Recent({ calls, onOpen }: { calls: CallView[]; onOpen: Open }) {
  return (
    <div className="table-frame">
      <table className="table table-plain" aria-label="Recent commands">
        <thead>
          <tr>
            <th scope="col">Sent</th>
            <th scope="col">Method</th>
            <th scope="col">Parameters</th>
            <th scope="col">State</th>
            <th scope="col">Answer or reason</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => {
            const { tone, word } = stageOf(call);
            return (
              <tr key={call.requestUUID}>
                <td>
                  <Ago ts={call.createdTime} />
                </td>
                <td>{call.method}</td>
                <Value label="Parameters" content={call.params ?? ""} onOpen={onOpen} />
                <td>
                  <Status tone={tone}>{word}</Status>
                  <span className="soft small">
                    {" "}
                    {call.oneway ? "" : "waits for an answer"} {took(call)}
                  </span>
                </td>
                <Value label="Answer" content={call.answer ?? call.reason ?? ""} onOpen={onOpen} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** How long it took until the broker had it, or until it ended. */
function took(call: CallView): string {
  const end = call.endedTime ?? call.takenTime;
  return typeof end === "number" ? `after ${Math.max(0, end - call.createdTime)} ms` : "";
}

interface StoredProps {
  rows: Rpc[];
  onDelete: (id: string) => void;
  onOpen: Open;
}

function Stored({ rows, onDelete, onOpen }: StoredProps) {
  return (
    <div className="table-frame">
      <table className="table table-plain" aria-label="Stored commands">
        <thead>
          <tr>
            <th scope="col">Stored</th>
            <th scope="col">Method</th>
            <th scope="col">State</th>
            <th scope="col">Ends</th>
            <th scope="col">Answer</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((rpc) => {
            const { tone, word } = storedStage(rpc);
            const method = text(members(members(rpc.request).body).method);
            const answer =
              rpc.response === undefined || rpc.response === null ? "" : JSON.stringify(rpc.response);
            return (
              <tr key={rpc.id?.id}>
                <td>
                  <Ago ts={rpc.createdTime} />
                </td>
                <td>{method}</td>
                <td>
                  <Status tone={tone}>{word}</Status>
                </td>
                <td>{rpc.expirationTime ? full(rpc.expirationTime) : ""}</td>
                <Value label="Answer" content={answer} onOpen={onOpen} />
                <td>
                  <IconButton
                    label={`Delete the stored command ${method}`}
                    icon={<Trash2 aria-hidden />}
                    onPress={() => onDelete(rpc.id?.id ?? "")}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Value({ label, content, onOpen }: { label: string; content: string; onOpen: Open }) {
  if (!content) return <td />;
  return (
    <td>
      <button type="button" className="event-value" onClick={() => onOpen({ label, text: content })}>
        {content.slice(0, 200)}
      </button>
    </td>
  );
}
