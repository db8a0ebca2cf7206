import { useEffect, useState } from "react";
import { type Members, members, number, text } from "../../../../api/shapes";
import { live } from "../../../../live/connection";
import { DataTable, type Sort } from "../../../../ui/DataTable";
import { Loading } from "../../../../ui/Notice";
import { failed } from "../../../../ui/Toast";
import { alarmColumns } from "../../../alarms/columns";
import { type Alarm, acknowledge, clear } from "../../../alarms/requests";
import { filterOf } from "../../aliases/filter";
import { keyFiltersOf } from "../../aliases/keyFilters";
import { useBoard } from "../../board";
import type { Widget } from "../../stored/model";
import { Cell } from "./Cell";
import { useCells } from "./cells";

const STATUSES = ["ACTIVE", "CLEARED", "ACK", "UNACK"];
const SEVERITIES = ["CRITICAL", "MAJOR", "MINOR", "WARNING", "INDETERMINATE"];

/** The columns that keys of an alarm stand for. */
const COLUMNS: Record<string, string> = {
  createdTime: "created",
  startTime: "created",
  status: "state",
  originatorName: "originator",
  originatorLabel: "originator",
};

/** The alarms of the entities of an alias, live; each can be acknowledged and cleared here. */
export function AlarmsTableWidget({ widget }: { widget: Widget }) {
  const board = useBoard();
  const alias = board.aliases.get(widget.alarms?.alias ?? "");
  const filter = alias && filterOf(alias.filter, board.entities);
  const conditions = keyFiltersOf(board.filters[widget.alarms?.filter ?? ""]);
  const [sort, setSort] = useState<Sort>({ property: "createdTime", descending: true });
  const question = JSON.stringify(filter ? commandOf(widget, filter, conditions, sort) : null);
  const [answer, setAnswer] = useState<{ question: string; alarms: Alarm[]; refused?: string }>();
  useEffect(() => {
    const command = JSON.parse(question) as ({ type: string } & Members) | null;
    if (!command) return;
    return live.subscribe(command, (update) => {
      const data = members(update.data).data;
      const refused = number(update.errorCode, 0) !== 0 ? text(update.errorMsg, "refused") : undefined;
      if (refused || Array.isArray(data))
        setAnswer({ question, alarms: Array.isArray(data) ? (data as Alarm[]) : [], refused });
    });
  }, [question]);
  const functions = useCells(
    widget,
    widget.alarms?.keys ?? [],
    (answer?.alarms ?? []).map((alarm) => ({
      id: alarm.id.id,
      row: { ...alarm },
      valueOf: (key) => (alarm as unknown as Members)[key.name] ?? "",
    })),
    "alarm",
  );
  const keys = new Map((widget.alarms?.keys ?? []).map((key) => [COLUMNS[key.name] ?? key.name, key]));
  const change = (call: Promise<unknown>) => void call.catch(failed);
  const columns = alarmColumns({
    onAcknowledge: (row) => change(acknowledge(row.id.id)),
    onClear: (row) => change(clear(row.id.id)),
  }).map((column) => {
    const key = keys.get(column.id);
    if (!key) return column;
    return {
      ...column,
      render: (row: Alarm) => (
        <span style={functions.style(row.id.id, key)}>
          <Cell html={functions.content(row.id.id, key)}>{column.render(row)}</Cell>
        </span>
      ),
    };
  });
  if (!filter)
    return (
      <p className="widget-center soft">{alias ? "This state has no entity." : "No data source yet."}</p>
    );
  if (!answer) return <Loading what="alarms" />;
  if (answer.refused) return <p className="widget-center soft">{answer.refused}</p>;
  if (answer.alarms.length === 0) return <p className="widget-center soft">No alarms.</p>;
  const label = widget.title || "Alarms";
  return (
    <div className="table-frame table-fill" tabIndex={0} role="group" aria-label={label}>
      <DataTable
        label={label}
        columns={columns}
        rows={answer.alarms}
        idOf={(row) => row.id.id}
        sort={sort}
        onSort={setSort}
      />
    </div>
  );
}

function commandOf(
  widget: Widget,
  filter: Members,
  keyFilters: Members[],
  sort: Sort,
): { type: string } & Members {
  const config = members(widget.config.alarmFilterConfig);
  const list = (raw: unknown, known: string[]) =>
    Array.isArray(raw) ? raw.filter((one): one is string => known.includes(String(one))) : [];
  const old = text(widget.config.alarmSearchStatus);
  const types = Array.isArray(config.typeList)
    ? config.typeList.filter((one) => typeof one === "string")
    : [];
  return {
    type: "ALARM_DATA",
    query: {
      entityFilter: filter,
      keyFilters,
      pageLink: {
        page: 0,
        pageSize: 100,
        statusList: list(config.statusList ?? (old && old !== "ANY" ? [old] : []), STATUSES),
        severityList: list(config.severityList ?? widget.config.alarmSeverityList, SEVERITIES),
        typeList: types,
        searchPropagatedAlarms: config.searchPropagatedAlarms !== false,
        sortOrder: {
          key: { type: "ALARM_FIELD", key: sort.property },
          direction: sort.descending ? "DESC" : "ASC",
        },
      },
      alarmFields: [],
      entityFields: [],
      latestValues: [],
    },
  };
}
