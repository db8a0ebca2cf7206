import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { text } from "../../../../api/shapes";
import { Button, IconButton } from "../../../../ui/Button";
import { SearchField } from "../../../../ui/Field";
import { Ago } from "../../../../ui/Time";
import { numeric } from "../../../telemetry/requests";
import { argumentOf } from "../../functions/kinds";
import { useBoard } from "../../board";
import type { DataKey, Widget } from "../../stored/model";
import { MOST_ROWS, type Row, slotOf } from "../../values/ask";
import { filled, shownBy } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { Nothing } from "../Nothing";
import { Cell } from "./Cell";
import { entityArgument, useCells } from "./cells";
import { type Order, sorted } from "./order";

/** A row for each entity, with its latest values. */
export function EntitiesTableWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources.slice(0, 1));
  const keys = useMemo(() => (widget.sources[0]?.keys ?? []).filter(isColumn), [widget.sources]);
  const [wanted, setWanted] = useState("");
  const [order, setOrder] = useState<Order>({ column: "name", descending: false });
  const [page, setPage] = useState(0);
  const all = found[0]?.rows;
  const rows = useMemo(() => {
    const looked = wanted.trim().toLowerCase();
    const fitting = (all ?? []).filter((row) => row.name.toLowerCase().includes(looked));
    return sorted(fitting, order, valueOf);
  }, [all, wanted, order]);
  if (!all || all.length === 0) return <Nothing found={found[0]} />;
  const size = pageSize(widget);
  const pages = Math.max(Math.ceil(rows.length / size), 1);
  const at = Math.min(page, pages - 1);
  const label = widget.title || "Entities";
  return (
    <div className="table-widget">
      {widget.settings.enableSearch !== false && all.length > 5 && (
        <div className="table-tools">
          <SearchField
            label={`Search ${label}`}
            value={wanted}
            onChange={(next) => {
              setWanted(next);
              setPage(0);
            }}
          />
        </div>
      )}
      <Table
        widget={widget}
        label={label}
        keys={keys}
        rows={rows.slice(at * size, (at + 1) * size)}
        order={order}
        onOrder={setOrder}
      />
      {(pages > 1 || all.length >= MOST_ROWS) && (
        <div className="table-pager small">
          <span className="soft">
            {at * size + 1}–{Math.min((at + 1) * size, rows.length)} of {rows.length}
            {all.length >= MOST_ROWS && " (the first)"}
          </span>
          <IconButton
            label="Previous page"
            icon={<ChevronLeft aria-hidden />}
            isDisabled={at === 0}
            onPress={() => setPage(at - 1)}
          />
          <IconButton
            label="Next page"
            icon={<ChevronRight aria-hidden />}
            isDisabled={at >= pages - 1}
            onPress={() => setPage(at + 1)}
          />
        </div>
      )}
    </div>
  );
}

/** Some keys are only there for scripts and filters. */
function isColumn({ settings }: DataKey): boolean {
  return settings.defaultColumnVisibility !== "hidden" && settings.show !== false;
}

const NAME_SLOT = "name";

function valueOf(row: Row, column: string): string | number {
  if (column === NAME_SLOT) return row.name.toLowerCase();
  const said = row.values.get(column)?.value;
  return numeric(said) ?? (said ?? "").toLowerCase();
}

function pageSize(widget: Widget): number {
  const wanted = widget.settings.defaultPageSize;
  return typeof wanted === "number" && wanted >= 1 ? Math.min(Math.floor(wanted), 200) : 10;
}

interface TableProps {
  widget: Widget;
  label: string;
  keys: DataKey[];
  rows: Row[];
  order: Order;
  onOrder: (order: Order) => void;
}

function Table({ widget, label, keys, rows, order, onOrder }: TableProps) {
  const board = useBoard();
  const opening = widget.actions.find((one) => one.source === "rowClick");
  const open = opening && board.actionOf(opening);
  const cells = widget.actions.flatMap((one) => {
    const run = one.source === "actionCellButton" ? board.actionOf(one) : undefined;
    return run ? [{ name: one.name, run }] : [];
  });
  const named = widget.settings.displayEntityName !== false;
  const functions = useCells(
    widget,
    keys,
    rows.map(({ entity, name, label, values }) => {
      const valueOf = (key: DataKey) => values.get(slotOf(key))?.value;
      return {
        id: entity.id,
        row: entityArgument(
          entity,
          name,
          label,
          keys.map((key) => [key, valueOf(key)] as const),
        ),
        valueOf: (key) => argumentOf(valueOf(key)),
      };
    }),
    "entity",
  );
  const heading = (column: string, title: string, number = false) => {
    const here = order.column === column;
    return (
      <th
        key={column}
        scope="col"
        className={number ? "number" : undefined}
        aria-sort={here ? (order.descending ? "descending" : "ascending") : "none"}
      >
        <button
          type="button"
          className="sort"
          onClick={() => onOrder({ column, descending: here && !order.descending })}
        >
          {title}
          {here &&
            (order.descending ? <ArrowDown aria-hidden size={12} /> : <ArrowUp aria-hidden size={12} />)}
        </button>
      </th>
    );
  };
  return (
    <div className="table-frame table-fill" tabIndex={0} role="group" aria-label={label}>
      <table className="table table-plain" aria-label={label}>
        <thead>
          <tr>
            {named && heading(NAME_SLOT, text(widget.settings.entityNameColumnTitle) || "Entity name")}
            {keys.map((key) => heading(slotOf(key), filled(key.label, undefined) || key.name, true))}
            <th scope="col" className="table-minor">
              Last update
            </th>
            {cells.length > 0 && <th scope="col">Actions</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.entity.id} style={functions.rowStyle(row.entity.id)}>
              {named && (
                <th scope="row" className="row-name">
                  {open ? (
                    <button
                      type="button"
                      className="link"
                      disabled={board.editing}
                      onClick={() => open(row.entity)}
                    >
                      {row.name}
                    </button>
                  ) : (
                    row.name
                  )}
                </th>
              )}
              {keys.map((key, column) => (
                <td key={column} className="number" style={functions.style(row.entity.id, key)}>
                  <Cell html={functions.content(row.entity.id, key)}>
                    {shownBy(widget, key, row.values.get(slotOf(key)))}
                  </Cell>
                </td>
              ))}
              <td className="table-minor">
                <Ago ts={newest(row, keys)} />
              </td>
              {cells.length > 0 && (
                <td>
                  <div className="table-actions">
                    {cells.map(({ name, run }) => (
                      <Button
                        key={name}
                        look="quiet"
                        isDisabled={board.editing}
                        onPress={() => run(row.entity)}
                      >
                        {name}
                        <span className="visually-hidden"> {row.name}</span>
                      </Button>
                    ))}
                  </div>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function newest(row: Row, keys: DataKey[]): number {
  return keys.reduce((most, key) => {
    if (key.kind === "entityField") return most;
    return Math.max(most, row.values.get(slotOf(key))?.ts ?? 0);
  }, 0);
}
