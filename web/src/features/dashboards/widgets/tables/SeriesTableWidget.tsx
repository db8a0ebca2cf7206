import { useMemo, useState } from "react";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { full } from "../../../../format/time";
import { IconButton } from "../../../../ui/Button";
import { Select } from "../../../../ui/Field";
import { Loading, Problem } from "../../../../ui/Notice";
import { argumentOf } from "../../functions/kinds";
import { useBoard } from "../../board";
import type { Source, Widget } from "../../stored/model";
import { type Row, slotOf } from "../../values/ask";
import { filled, shownBy, shownValue } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { boundsOf } from "../../timewindow/timewindow";
import { useSeries } from "../charts/useSeries";
import { Nothing } from "../Nothing";
import { Cell } from "./Cell";
import { useCells } from "./cells";

/** Rows asked for; newer ones push the oldest out. */
const PIXELS = 250;

/** The values of the time window, newest first; one entity at a time. */
export function SeriesTableWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources);
  const all = widget.sources.flatMap((source, index) =>
    (found[index]?.rows ?? []).map((row) => ({ source, row, id: `${index}/${row.entity.id}` })),
  );
  const [chosen, setChosen] = useState<string>();
  const one = all.find(({ id }) => id === chosen) ?? all[0];
  if (!one) return <Nothing found={found.find((each) => each.missing) ?? found[0]} />;
  return (
    <div className="table-widget">
      {all.length > 1 && (
        <div className="table-tools">
          <Select
            bare
            label="Entity"
            choices={all.map(({ id, row }) => ({ id, label: row.name }))}
            value={one.id}
            onChange={setChosen}
          />
        </div>
      )}
      <Values key={one.id} widget={widget} source={one.source} row={one.row} />
    </div>
  );
}

function Values({ widget, source, row }: { widget: Widget; source: Source; row: Row }) {
  const board = useBoard();
  const chosen = widget.timewindow ?? board.window;
  const window = useMemo(() => ({ ...chosen, aggregation: "NONE" as const }), [chosen]);
  const { id, entityType } = row.entity;
  const wanted = useMemo(
    () =>
      source.keys
        .filter((key) => key.kind === "timeseries" || key.make)
        .map((key) => ({
          entity: { id, entityType },
          key: key.name,
          post: key.post,
          make: key.make,
          of: key,
        })),
    [source.keys, id, entityType],
  );
  const data = useSeries(wanted, { window, pixels: PIXELS, bars: false });
  const { start } = boundsOf(window.range, Date.now());
  const rows = useMemo(() => {
    const byTime = new Map<number, (number | string | undefined)[]>();
    data.points.forEach((points, column) => {
      for (const { ts, value } of points) {
        if (ts < start) continue;
        const cells = byTime.get(ts) ?? [];
        cells[column] = value;
        byTime.set(ts, cells);
      }
    });
    return [...byTime].sort(([a], [b]) => b - a);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what left the window goes with the next value
  }, [data.points]);
  const [page, setPage] = useState(0);
  const size = widget.pageSize ?? 10;
  const pages = Math.max(Math.ceil(rows.length / size), 1);
  const at = Math.min(page, pages - 1);
  const visible = rows.slice(at * size, (at + 1) * size);
  // Of these only the latest value is there, the same in each row.
  const latest = source.latest.filter((key) => key.settings.show !== false);
  const columns = [...wanted.map((one) => one.of), ...latest];
  const functions = useCells(
    widget,
    columns,
    visible.map(([ts, cells]) => ({
      id: String(ts),
      row: rowData(ts, row, wanted, cells),
      valueOf: (key) => {
        const column = wanted.findIndex((one) => one.of === key);
        return column < 0 ? argumentOf(row.values.get(slotOf(key))?.value) : (cells[column] ?? "");
      },
    })),
    "rowData",
  );
  const alignment = (column: number) =>
    visible.some(([, cells]) => typeof cells[column] === "string") ? undefined : "number";
  if (data.failed) return <Problem error={data.failed} />;
  if (data.pending) return <Loading what="values" />;
  const label = widget.title || row.name;
  return (
    <>
      <div className="table-frame table-fill" tabIndex={0} role="group" aria-label={label}>
        <table className="table table-plain" aria-label={label}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {wanted.map(({ of }, column) => (
                <th key={column} scope="col" className={alignment(column)}>
                  {filled(of.label, row)}
                </th>
              ))}
              {latest.map((key, column) => (
                <th key={`latest ${column}`} scope="col" className="number">
                  {filled(key.label, row)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {visible.map(([ts, cells]) => (
              <tr key={ts} style={functions.rowStyle(String(ts))}>
                <th scope="row" className="row-name row-time">
                  {full(ts)}
                </th>
                {wanted.map(({ of }, column) => (
                  <td key={column} className={alignment(column)} style={functions.style(String(ts), of)}>
                    <Cell html={functions.content(String(ts), of)}>
                      {shownValue(
                        cells[column]?.toString(),
                        of.decimals ?? widget.decimals,
                        of.units || widget.units,
                      )}
                    </Cell>
                  </td>
                ))}
                {latest.map((key, column) => (
                  <td key={`latest ${column}`} className="number" style={functions.style(String(ts), key)}>
                    <Cell html={functions.content(String(ts), key)}>
                      {shownBy(widget, key, row.values.get(slotOf(key)))}
                    </Cell>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="widget-center soft">No values in this span.</p>}
      </div>
      {pages > 1 && (
        <div className="table-pager small">
          <span className="soft">
            {at * size + 1}–{Math.min((at + 1) * size, rows.length)} of {rows.length}
          </span>
          <IconButton
            label="Newer values"
            icon={<ChevronLeft aria-hidden />}
            isDisabled={at === 0}
            onPress={() => setPage(at - 1)}
          />
          <IconButton
            label="Older values"
            icon={<ChevronRight aria-hidden />}
            isDisabled={at >= pages - 1}
            onPress={() => setPage(at + 1)}
          />
        </div>
      )}
    </>
  );
}

/** A row as functions of the table see it. */
function rowData(
  ts: number,
  row: Row,
  columns: readonly { key: string }[],
  cells: readonly (number | string | undefined)[],
): Record<string, unknown> {
  const values = Object.fromEntries(columns.map(({ key }, column) => [key, cells[column] ?? null]));
  return { ...values, Timestamp: ts, entityName: row.name, entityLabel: row.label, id: { ...row.entity } };
}
