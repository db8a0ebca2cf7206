import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Inbox, RotateCw, SkipForward } from "lucide-react";
import { useEffect, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { ReplayReport, ReplayRow, ScriptLang } from "../../../api/types";
import { clock } from "../../../format/time";
import { Button, IconButton } from "../../../ui/Button";
import { Select } from "../../../ui/Field";
import { Empty, Notice, Problem } from "../../../ui/Notice";
import { Segments } from "../../../ui/Segments";
import { Status } from "../../../ui/Status";
import { listIntegrations } from "../../integrations/requests";
import type { TestCase } from "../../scriptTest/testCase";
import { MessageDetail } from "./MessageDetail";
import { size } from "./payload";
import { replay } from "./requests";
import { useSettled } from "./useSettled";
import { type Filter, VERDICTS, filtered, filters, inWords, nextFailing, spent } from "./verdicts";
import "./replay.css";

const COUNTS = [
  { id: "20", label: "20 messages" },
  { id: "100", label: "100 messages" },
  { id: "500", label: "500 messages" },
] as const;

/** Typing pauses for so long before the messages run again. */
const PAUSE_MS = 400;
/** While nothing has arrived, it is looked again. */
const LOOK_AGAIN_MS = 3_000;

interface ReplayProps {
  converterId: string;
  /** Of the deployed script: another one is another comparison. */
  version: number | null | undefined;
  lang: ScriptLang;
  script: string;
  onTest: (test: TestCase) => void;
}

/** Runs what is written over the messages that came last, beside the deployed script. */
export function ReplayPanel({ converterId, version, lang, script, onTest }: ReplayProps) {
  const [source, setSource] = useState(converterId);
  const [count, setCount] = useState<(typeof COUNTS)[number]["id"]>("100");
  const [filter, setFilter] = useState<Filter>("ALL");
  const [picked, setPicked] = useState<string>();
  const settled = useSettled(script, PAUSE_MS);
  const integrations = useQuery({
    queryKey: ["integrations", "choices"],
    queryFn: () => listIntegrations({ page: 0, pageSize: 100 }),
  });
  const run = useQuery<ReplayReport>({
    queryKey: ["replay", source, version, lang, Number(count), settled],
    queryFn: ({ signal }) =>
      replay({ source, scriptLang: lang, script: settled, last: Number(count) }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.rows.length === 0 ? LOOK_AGAIN_MS : false),
    gcTime: 0,
  });
  const rows = run.data?.rows ?? [];
  const shown = filtered(rows, filter);
  const selected = shown.find((row) => row.message.id === picked) ?? shown[0];
  const running = run.isFetching || settled !== script;

  const goToNextFailing = () => {
    const next = nextFailing(rows, selected?.message.id);
    if (!next) return;
    setPicked(next.message.id);
    if (!filtered([next], filter).length) setFilter("FAILED");
  };
  useKey("F8", goToNextFailing);

  const sources = [
    { id: converterId, label: "Integrations of this converter" },
    ...(integrations.data?.data ?? []).map((one) => ({ id: one.id?.id ?? "", label: one.name })),
  ];
  return (
    <section className="sheet sheet-pad stack replay" aria-label="Replay">
      <div className="replay-line">
        <h2>Replay</h2>
        <span className="replay-state" role="status">
          {running ? "Running…" : run.data && inWords(run.data.summary)}
        </span>
        <IconButton
          label="Run with the newest messages"
          icon={<RotateCw aria-hidden />}
          onPress={() => void run.refetch()}
        />
      </div>
      <div className="columns">
        <Select label="Messages of" choices={sources} value={source} onChange={setSource} />
        <Select label="The last" choices={COUNTS} value={count} onChange={setCount} />
      </div>
      {run.isError && <Problem error={run.error} onRetry={() => void run.refetch()} />}
      {run.data?.stopped && <Notice tone="warn" title={run.data.stopped} />}
      {run.data && rows.length === 0 && <NothingYet report={run.data} />}
      {run.data && rows.length > 0 && (
        <>
          <div className="replay-line">
            <Segments
              label="Shown messages"
              choices={filters(run.data.summary)}
              value={filter}
              onChange={setFilter}
            />
            <Button
              look="quiet"
              icon={<SkipForward aria-hidden />}
              isDisabled={nextFailing(rows, selected?.message.id) === undefined}
              onPress={goToNextFailing}
            >
              Next failing (F8)
            </Button>
          </div>
          <div className="replay-panes">
            <MessageList rows={shown} selected={selected?.message.id} onSelect={setPicked} />
            {selected && <MessageDetail row={selected} onTest={onTest} />}
          </div>
          <p className="soft small">
            Processor time: {spent(run.data.summary.cpuMicros)}, deployed{" "}
            {spent(run.data.summary.deployedCpuMicros)}. Nothing is stored or sent.
          </p>
        </>
      )}
    </section>
  );
}

interface ListProps {
  rows: readonly ReplayRow[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}

function MessageList({ rows, selected, onSelect }: ListProps) {
  const now = Date.now();
  return (
    <ListBox
      aria-label="Captured messages"
      className="replay-list"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={selected === undefined ? [] : [selected]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onSelect(String(key));
      }}
      renderEmptyState={() => <p className="soft sheet-pad">No message of this kind.</p>}
    >
      {rows.map(({ message, verdict }) => (
        <ListBoxItem key={message.id} id={message.id} textValue={message.topic} className="replay-row">
          <Status tone={VERDICTS[verdict].tone}>{VERDICTS[verdict].label}</Status>
          <span className="mono replay-topic replay-end">
            <bdi>{message.topic}</bdi>
          </span>
          <span className="soft small">
            {clock(message.arrival, now)} · {size(message.size)}
          </span>
        </ListBoxItem>
      ))}
    </ListBox>
  );
}

function NothingYet({ report }: { report: ReplayReport }) {
  return (
    <Empty icon={<Inbox size={32} />} title="No message has arrived yet">
      <p>
        What the integration receives appears here by itself; nothing has to be recorded. Publish a message to
        one of its topic filters, or choose another integration.
      </p>
      {typeof report.keptSince === "number" && (
        <p>Messages of all integrations are kept back to {clock(report.keptSince, Date.now())}.</p>
      )}
    </Empty>
  );
}

/** Calls `run` when a key is pressed anywhere on the page. */
function useKey(key: string, run: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== key) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
