import { type ReactNode, useEffect, useState } from "react";
import { ChevronLeft, ChevronRight, Download, Trash2 } from "lucide-react";
import { done, failed } from "../ui/Toast";
import { Button, IconButton } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { type ColumnOf, DataTable } from "../ui/DataTable";
import { SearchField, Select } from "../ui/Field";
import { Empty, Loading, Problem } from "../ui/Notice";
import type { List } from "../lists/useList";
import { SIZES } from "../lists/search";
import { forAll, loadAll } from "../lists/bulk";
import { saveFile } from "../lists/files";
import { PageHead } from "./PageHead";
import { Search } from "lucide-react";

interface ListPageProps<T> {
  title: string;
  intro?: ReactNode;
  /** One row and several, for the texts. */
  nouns: [string, string];
  list: List<T>;
  columns: ColumnOf<T>[];
  idOf: (row: T) => string;
  nameOf: (row: T) => string;
  hrefOf?: (row: T) => string;
  actions?: ReactNode;
  /** Shown when there is nothing at all: the next step. */
  empty: ReactNode;
  /** Deletes one row; its presence allows selection. */
  onDelete?: (id: string) => Promise<unknown>;
  deleteWarning?: string;
  /** What a file holds of a row; its presence allows export. */
  onExport?: (id: string) => Promise<unknown>;
  /** What else is done to several rows at once. */
  bulk?: BulkAction[];
}

export interface BulkAction {
  label: string;
  icon: ReactNode;
  /** What became of the rows, for the text after it: "acknowledged". */
  done: string;
  act: (id: string) => Promise<unknown>;
}

/** The layout of every list. */
export function ListPage<T>(props: ListPageProps<T>) {
  const {
    title,
    intro,
    nouns,
    list,
    columns,
    idOf,
    nameOf,
    hrefOf,
    actions,
    empty,
    onDelete,
    deleteWarning,
    onExport,
    bulk = [],
  } = props;
  const { result, query, selected } = list;
  const [asking, setAsking] = useState(false);
  const [gone, setGone] = useState(0);
  const rows = result.data?.data ?? [];
  const nothing = result.data?.totalElements === 0;
  const chosen = rows.filter((row) => selected.has(idOf(row)));
  const noun = chosen.length === 1 ? nouns[0] : nouns[1];

  const remove = async () => {
    if (!onDelete) return;
    const outcome = await forAll(chosen.map(idOf), onDelete, setGone);
    setGone(0);
    list.select(new Set(outcome.left));
    await result.refetch();
    if (outcome.problem !== undefined) throw outcome.problem;
    done(`${outcome.done} ${outcome.done === 1 ? nouns[0] : nouns[1]} deleted`);
  };

  const [acting, setActing] = useState<string>();
  const act = async (action: BulkAction) => {
    setActing(action.label);
    const outcome = await forAll(chosen.map(idOf), action.act);
    setActing(undefined);
    list.select(new Set(outcome.left));
    void result.refetch();
    if (outcome.problem !== undefined) failed(outcome.problem);
    if (outcome.done > 0) done(`${outcome.done} ${outcome.done === 1 ? nouns[0] : nouns[1]} ${action.done}`);
  };

  const [exporting, setExporting] = useState(false);
  const exportChosen = async () => {
    if (!onExport) return;
    setExporting(true);
    try {
      const files = await loadAll(chosen.map(idOf), onExport);
      const [one] = chosen;
      if (files.length === 1 && one) saveFile(nameOf(one), files[0]);
      else saveFile(nouns[1], files);
    } catch (error) {
      failed(error);
    } finally {
      setExporting(false);
    }
  };

  return (
    <>
      <PageHead title={title} intro={intro} actions={actions} />
      <section className="sheet" aria-label={title}>
        {!(nothing && !query.textSearch) && (
          <div className="list-bar">
            <ListSearch
              value={query.textSearch ?? ""}
              label={`Search ${nouns[1]}`}
              onSearch={(q) => list.change({ q })}
            />
            {chosen.length > 0 && onDelete && (
              <div className="list-chosen" role="status">
                <span>{chosen.length} selected</span>
                {bulk.map((one) => (
                  <Button
                    key={one.label}
                    icon={one.icon}
                    isPending={acting === one.label}
                    onPress={() => void act(one)}
                  >
                    {one.label}
                  </Button>
                ))}
                {onExport && (
                  <Button
                    icon={<Download aria-hidden />}
                    isPending={exporting}
                    onPress={() => void exportChosen()}
                  >
                    Export
                  </Button>
                )}
                <Button look="danger" icon={<Trash2 aria-hidden />} onPress={() => setAsking(true)}>
                  Delete
                </Button>
              </div>
            )}
          </div>
        )}
        {result.isPending && <Loading what={nouns[1]} />}
        {result.isError && (
          <div className="sheet-pad">
            <Problem error={result.error} onRetry={() => void result.refetch().catch(failed)} />
          </div>
        )}
        {nothing &&
          (query.textSearch ? (
            <NothingFound nouns={nouns} onClear={() => list.change({ q: undefined })} />
          ) : (
            empty
          ))}
        {rows.length > 0 && (
          <DataTable
            label={title}
            columns={columns}
            rows={rows}
            idOf={idOf}
            hrefOf={hrefOf}
            sort={list.sort}
            onSort={(sort) => list.change({ sort: sort.property, desc: sort.descending || undefined })}
            selected={onDelete ? selected : undefined}
            onSelect={onDelete ? list.select : undefined}
          />
        )}
        {result.data && result.data.totalElements > 0 && <Pager list={list} nouns={nouns} />}
      </section>
      <Confirm
        title={`Delete ${chosen.length} ${noun}?`}
        action="Delete"
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
      >
        <p>
          {chosen.slice(0, 5).map(nameOf).join(", ") +
            (chosen.length > 5 ? ` and ${chosen.length - 5} more` : "")}
        </p>
        {gone > 0 && (
          <p role="status">
            {gone} of {chosen.length} deleted
            <progress value={gone} max={chosen.length} aria-label="Deleting" />
          </p>
        )}
        {deleteWarning && <p className="soft">{deleteWarning}</p>}
      </Confirm>
    </>
  );
}

const TYPING_MS = 250;

/** Asks the server when typing pauses. */
function ListSearch({
  value,
  label,
  onSearch,
}: {
  value: string;
  label: string;
  onSearch: (q: string | undefined) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed || undefined), TYPING_MS);
    return () => clearTimeout(timer);
  });
  return <SearchField label={label} value={typed} onChange={setTyped} />;
}

function NothingFound({ nouns, onClear }: { nouns: [string, string]; onClear: () => void }) {
  return (
    <Empty
      icon={<Search />}
      title={`No ${nouns[1]} match`}
      action={<Button onPress={onClear}>Clear the search</Button>}
    >
      Names are searched; upper and lower case do not matter.
    </Empty>
  );
}

function Pager<T>({ list, nouns }: { list: List<T>; nouns: [string, string] }) {
  const { data } = list.result;
  if (!data) return null;
  const first = list.query.page * list.query.pageSize + 1;
  const last = Math.min(first + list.query.pageSize - 1, data.totalElements);
  const noun = data.totalElements === 1 ? nouns[0] : nouns[1];
  const size = SIZES.find((one) => Number(one) === list.query.pageSize);
  return (
    <div className="pager">
      <span className="soft">
        {first}–{last} of {data.totalElements} {noun}
      </span>
      <div className="pager-size">
        <Select
          bare
          label="Rows per page"
          choices={SIZES.map((id) => ({ id, label: `${id} rows` }))}
          value={size}
          onChange={(id) => list.change({ size: Number(id) })}
        />
      </div>
      <IconButton
        label="Previous page"
        icon={<ChevronLeft aria-hidden />}
        isDisabled={list.query.page === 0}
        onPress={() => list.change({ page: list.query.page - 1 || undefined })}
      />
      <IconButton
        label="Next page"
        icon={<ChevronRight aria-hidden />}
        isDisabled={!data.hasNext}
        onPress={() => list.change({ page: list.query.page + 1 })}
      />
    </div>
  );
}
