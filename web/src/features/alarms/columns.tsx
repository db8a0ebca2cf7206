import { Check, CheckCheck } from "lucide-react";
import { Link } from "react-aria-components";
import { placeOf } from "../../app/navigation";
import { IconButton } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Status, type StatusTone } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import type { Alarm } from "./requests";
import type { AlarmSeverity } from "../../api/types";

const TONES: Record<AlarmSeverity, StatusTone> = {
  CRITICAL: "bad",
  MAJOR: "bad",
  MINOR: "warn",
  WARNING: "warn",
  INDETERMINATE: "idle",
};

const word = (severity: AlarmSeverity) => severity.charAt(0) + severity.slice(1).toLowerCase();

/** The state of an alarm in two words. */
export function stateOf(alarm: Alarm): string {
  return `${alarm.cleared ? "Cleared" : "Active"}, ${alarm.acknowledged ? "acknowledged" : "unacknowledged"}`;
}

export interface AlarmActions {
  onAcknowledge: (alarm: Alarm) => void;
  onClear: (alarm: Alarm) => void;
}

export function alarmColumns({ onAcknowledge, onClear }: AlarmActions): ColumnOf<Alarm>[] {
  return [
    {
      id: "type",
      label: "Alarm",
      sort: "type",
      render: (row) => <span className="table-name">{row.type}</span>,
    },
    {
      id: "severity",
      label: "Severity",
      sort: "severity",
      render: (row) => {
        const severity = row.severity ?? "INDETERMINATE";
        return <Status tone={TONES[severity]}>{word(severity)}</Status>;
      },
    },
    {
      id: "originator",
      label: "Originator",
      render: (row) => {
        if (!row.originator) return "";
        const { entityType, id } = row.originator;
        const href = placeOf(entityType, id);
        const name = row.originatorDisplayName ?? row.originatorName ?? id;
        return href ? <Link href={href}>{name}</Link> : name;
      },
    },
    { id: "state", label: "State", minor: true, render: stateOf },
    {
      id: "created",
      label: "Since",
      sort: "createdTime",
      minor: true,
      render: (row) => <Ago ts={row.startTs || row.createdTime} />,
    },
    {
      id: "actions",
      label: "Actions",
      render: (row) => (
        <div className="table-actions">
          {!row.acknowledged && (
            <IconButton
              label={`Acknowledge ${row.type}`}
              icon={<Check aria-hidden />}
              onPress={() => onAcknowledge(row)}
            />
          )}
          {!row.cleared && (
            <IconButton
              label={`Clear ${row.type}`}
              icon={<CheckCheck aria-hidden />}
              onPress={() => onClear(row)}
            />
          )}
        </div>
      ),
    },
  ];
}
