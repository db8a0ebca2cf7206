import type { ReactNode } from "react";
import {
  Cell,
  Checkbox,
  Column,
  type Key,
  Row,
  type Selection,
  type SortDescriptor,
  Table,
  TableBody,
  TableHeader,
} from "react-aria-components";
import { ArrowDown, ArrowUp } from "lucide-react";
import { CheckMark } from "./Field";
import "./table.css";

export interface ColumnOf<T> {
  id: string;
  label: string;
  /** The server's name of the property to sort by; a column without it cannot be sorted. */
  sort?: string;
  number?: boolean;
  /** Hidden on narrow screens. */
  minor?: boolean;
  render: (row: T) => ReactNode;
}

export interface Sort {
  property: string;
  descending: boolean;
}

interface DataTableProps<T> {
  label: string;
  columns: ColumnOf<T>[];
  rows: T[];
  idOf: (row: T) => string;
  hrefOf?: (row: T) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
}

/** A table of a page of rows: sorting, selection and rows that lead somewhere, by mouse and keyboard. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, columns, rows, idOf, hrefOf, sort, onSort, selected, onSelect } = props;
  const sorted = columns.find((one) => one.sort === sort?.property);
  const descriptor: SortDescriptor | undefined = sorted && {
    column: sorted.id,
    direction: sort?.descending ? "descending" : "ascending",
  };
  const changeSort = (next: SortDescriptor) => {
    const property = columns.find((one) => one.id === next.column)?.sort;
    if (property) onSort?.({ property, descending: next.direction === "descending" });
  };
  const changeSelection = (keys: Selection) => {
    const ids = keys === "all" ? rows.map(idOf) : [...keys].map((key: Key) => String(key));
    onSelect?.(new Set(ids));
  };
  return (
    <div className="table-frame">
      <Table
        aria-label={label}
        className="table"
        selectionMode={onSelect ? "multiple" : "none"}
        selectedKeys={selected}
        onSelectionChange={changeSelection}
        sortDescriptor={descriptor}
        onSortChange={changeSort}
      >
        <TableHeader>
          {onSelect && (
            <Column className="table-check" minWidth={40}>
              <Checkbox slot="selection" className="table-checkbox">
                <CheckMark />
              </Checkbox>
            </Column>
          )}
          {columns.map((one, index) => (
            <Column
              key={one.id}
              id={one.id}
              isRowHeader={index === 0}
              allowsSorting={Boolean(one.sort && onSort)}
              className={cellClass(one)}
            >
              {({ sortDirection }) => (
                <span className="table-heading">
                  {one.label}
                  {sortDirection === "ascending" && <ArrowUp aria-hidden size={12} />}
                  {sortDirection === "descending" && <ArrowDown aria-hidden size={12} />}
                </span>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <Row key={idOf(row)} id={idOf(row)} href={hrefOf?.(row)} className="table-row">
              {onSelect && (
                <Cell className="table-check">
                  <Checkbox slot="selection" className="table-checkbox">
                    <CheckMark />
                  </Checkbox>
                </Cell>
              )}
              {columns.map((one) => (
                <Cell key={one.id} className={cellClass(one)}>
                  {one.render(row)}
                </Cell>
              ))}
            </Row>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function cellClass<T>(column: ColumnOf<T>): string {
  return `table-cell ${column.number ? "number" : ""} ${column.minor ? "table-minor" : ""}`;
}
