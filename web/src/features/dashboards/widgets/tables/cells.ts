/** What functions make of the cells and rows of a table. */
import type { CSSProperties } from "react";
import { type Fn, argumentOf, functionOf, resultText } from "../../functions/kinds";
import { type Placed, useCalls, valueOf } from "../../functions/useCalls";
import type { DataKey, Widget } from "../../stored/model";
import { safeStyle } from "../cards/style";

export interface Subject {
  id: string;
  /** The whole row, as functions see it. */
  row: Record<string, unknown>;
  valueOf: (key: DataKey) => unknown;
}

export interface Cells {
  /** HTML in place of the value; undefined for the value itself. */
  content: (id: string, key: DataKey) => string | undefined;
  style: (id: string, key: DataKey) => CSSProperties | undefined;
  rowStyle: (id: string) => CSSProperties | undefined;
}

/** Runs the functions of a table for the rows that are on the page. `row` is the name functions know a row by. */
export function useCells(
  widget: Widget,
  keys: readonly DataKey[],
  subjects: readonly Subject[],
  row: "entity" | "rowData" | "alarm",
): Cells {
  const { settings } = widget;
  const ofRow =
    settings.useRowStyleFunction === true
      ? functionOf("rowStyleFunction", settings.rowStyleFunction, "", row)
      : undefined;
  const place = (at: "c" | "s", id: string, key: DataKey) => `${at}${keys.indexOf(key)}/${id}`;
  const ofKeys = keys.flatMap((key) => [
    { at: "c" as const, key, fn: contentOf(key, row) },
    { at: "s" as const, key, fn: styleFunctionOf(key, row) },
  ]);
  const calls = subjects.flatMap((one) => [
    ...ofKeys.flatMap(({ at, key, fn }): Placed[] =>
      fn
        ? [
            {
              slot: place(at, one.id, key),
              fn,
              args: [one.valueOf(key), ...seen(fn, row, one.row)],
            },
          ]
        : [],
    ),
    ...(ofRow ? [{ slot: `r/${one.id}`, fn: ofRow, args: seen(ofRow, row, one.row) }] : []),
  ]);
  const results = useCalls(calls);
  return {
    content: (id, key) => {
      const made = valueOf(results, place("c", id, key));
      return made === undefined ? undefined : resultText(made);
    },
    style: (id, key) => safeStyle(valueOf(results, place("s", id, key))),
    rowStyle: (id) => safeStyle(valueOf(results, `r/${id}`)),
  };
}

function contentOf({ settings, label }: DataKey, row: string): Fn | undefined {
  if (settings.useCellContentFunction !== true) return undefined;
  return functionOf("cellContentFunction", settings.cellContentFunction, label, row);
}

function styleFunctionOf({ settings, label }: DataKey, row: string): Fn | undefined {
  if (settings.useCellStyleFunction !== true) return undefined;
  return functionOf("cellStyleFunction", settings.cellStyleFunction, label, row);
}

/** The row and the context; nothing of a row that a function never names, so that its results are kept. */
function seen(fn: Fn, row: string, whole: Record<string, unknown>): unknown[] {
  return [new RegExp(`\\b(${row}|arguments)\\b`).test(fn.body) ? whole : {}, {}];
}

/** An entity as functions of tables see it: its values by the labels of their keys. */
export function entityArgument(
  entity: { id: string; entityType: string },
  name: string,
  label: string,
  values: readonly (readonly [key: DataKey, value: string | undefined])[],
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of values) out[key.name] = argumentOf(value);
  for (const [key, value] of values) out[key.label] = argumentOf(value);
  return { ...out, id: { ...entity }, entityName: name, entityLabel: label, entityType: entity.entityType };
}
