import { useEffect, useMemo, useState } from "react";
import { type Members, number, text } from "../../../api/shapes";
import type { EntityId } from "../../../api/types";
import { live } from "../../../live/connection";
import { filterOf, refusalOf } from "../aliases/filter";
import { keyFiltersOf } from "../aliases/keyFilters";
import { useBoard, type Board } from "../board";
import type { DataKey, Source, Target } from "../stored/model";
import { useMade } from "./useMade";
import { usePosted } from "./usePosted";
import { type Row, type Wanted, commandOf, countRow, rowsAfter } from "./ask";

export interface Found {
  /** Undefined until the server has answered. */
  rows: Row[] | undefined;
  /** Why there is nothing, in words. */
  missing: string | undefined;
}

type Asked = Wanted | { missing: string };

/** What a source asks, or why it cannot. */
function askedOf(source: Source, board: Board): Asked {
  const { counts } = source;
  const keys = [...source.keys, ...source.latest];
  const conditions = keyFiltersOf(board.filters[source.filter]);
  if (source.device)
    return {
      filter: single({ entityType: "DEVICE", id: source.device }),
      conditions,
      counts,
      many: false,
      keys,
    };
  if (source.made) return { missing: "Its data is made by a function." };
  const alias = board.aliases.get(source.alias);
  if (!alias) return { missing: "No data source yet." };
  const filter = filterOf(alias.filter, board.entities);
  if (!filter)
    return { missing: `The alias “${alias.name}” needs an entity that this state was not opened with.` };
  return { filter, conditions, counts, many: alias.many, keys };
}

function single(entity: EntityId): Members {
  return { type: "singleEntity", singleEntity: entity };
}

/** The entities of data sources with the values of their keys, live. */
export function useSources(sources: readonly Source[]): Found[] {
  const board = useBoard();
  const asked = useMemo(() => sources.map((source) => askedOf(source, board)), [sources, board]);
  const found = useAsked(asked);
  const made = useMade(sources);
  return usePosted(
    sources,
    found.map((one, index) => made[index] ?? one),
  );
}

const PLAIN: Source = {
  alias: "",
  device: undefined,
  made: false,
  name: "",
  counts: undefined,
  filter: "",
  keys: [],
  latest: [],
};

/** The one device that a control talks to. */
export function useTarget(target: Target | undefined): Found & { row: Row | undefined } {
  const board = useBoard();
  const asked = useMemo(() => {
    const alias = target && "alias" in target ? target.alias : "";
    const device = target && "device" in target ? target.device : undefined;
    const one = askedOf({ ...PLAIN, alias, device }, board);
    return ["filter" in one ? { ...one, many: false } : one];
  }, [target, board]);
  const found = useAsked(asked)[0] ?? { rows: undefined, missing: undefined };
  return { ...found, row: found.rows?.[0] };
}

type Question = { command: { type: string } & Members; keys?: DataKey[] } | null;

/** Subscribes to what is asked. The same question, asked again by a new render, stays the same subscription. */
function useAsked(asked: readonly Asked[]): Found[] {
  const question = JSON.stringify(
    asked.map((one) =>
      "filter" in one ? { command: commandOf(one), keys: one.counts ? one.keys : undefined } : null,
    ),
  );
  const [answers, setAnswers] = useState<{ question: string; found: ReadonlyMap<number, Found> }>({
    question: "",
    found: new Map(),
  });
  useEffect(() => {
    const commands = JSON.parse(question) as Question[];
    const found = new Map<number, Found>();
    let frame = 0;
    // Many values may arrive between two pictures; one render shows them all.
    const show = () => {
      frame ||= window.setTimeout(() => {
        frame = 0;
        setAnswers({ question, found: new Map(found) });
      }, 40);
    };
    const ends = commands.map((one, index) =>
      one
        ? live.subscribe(one.command, (update) => {
            const refused =
              number(update.errorCode, 0) !== 0 ? refusalOf(text(update.errorMsg, "refused")) : undefined;
            const before = found.get(index)?.rows ?? [];
            const rows = one.keys ? countRow(update, one.keys, Date.now()) : rowsAfter(before, update);
            found.set(index, { rows: refused ? [] : rows, missing: refused });
            show();
          })
        : () => undefined,
    );
    return () => {
      window.clearTimeout(frame);
      ends.forEach((end) => end());
    };
  }, [question]);
  return asked.map((one, index) => {
    if ("missing" in one) return { rows: [], missing: one.missing };
    const answer = answers.question === question ? answers.found.get(index) : undefined;
    return answer ?? { rows: undefined, missing: undefined };
  });
}
