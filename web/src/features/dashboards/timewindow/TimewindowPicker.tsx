import { Clock, History as HistoryIcon } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { full } from "../../../format/time";
import { Button } from "../../../ui/Button";
import { Select, Switch } from "../../../ui/Field";
import { QUICK } from "./quick";
import {
  AGGREGATIONS,
  type Aggregation,
  DAY,
  HOUR,
  MINUTE,
  type Range,
  type Timewindow,
  boundsOf,
  lengthName,
  nameOf,
  quickName,
} from "./timewindow";

const LENGTHS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  30 * DAY,
  365 * DAY,
];

const AGGREGATED: Record<Aggregation, string> = {
  NONE: "As they are",
  AVG: "Average",
  MIN: "Minimum",
  MAX: "Maximum",
  SUM: "Sum",
  COUNT: "Count",
};

interface PickerProps {
  window: Timewindow;
  onChange: (window: Timewindow) => void;
  /** Goes back to the window the dashboard was saved with; missing when that is what shows. */
  onReset?: () => void;
}

/** Which span of time the dashboard shows. */
export function TimewindowPicker({ window, onChange, onReset }: PickerProps) {
  const name = nameOf(window.range, (ts) => full(ts).slice(5, 16));
  return (
    <DialogTrigger>
      <AriaButton className="button button-secondary" aria-label={`Time window: ${name}`}>
        {window.live ? <Clock aria-hidden /> : <HistoryIcon aria-hidden />}
        <span>{name}</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="window-dialog" aria-label="Time window">
          {({ close }) => (
            <Form
              window={window}
              onChange={(next) => {
                onChange(next);
                close();
              }}
              onReset={
                onReset &&
                (() => {
                  onReset();
                  close();
                })
              }
            />
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Form({ window, onChange, onReset }: PickerProps) {
  const [live, setLive] = useState(window.live);
  const [range, setRange] = useState<Range>(window.range);
  const [aggregation, setAggregation] = useState(window.aggregation);
  const lengths = range.kind === "last" && !LENGTHS.includes(range.ms) ? [range.ms, ...LENGTHS] : LENGTHS;
  const chosen =
    range.kind === "last" ? `last:${range.ms}` : range.kind === "quick" ? `quick:${range.name}` : "fixed";
  const choices = [
    ...lengths.map((ms) => ({ id: `last:${ms}`, label: `Last ${lengthName(ms)}` })),
    ...QUICK.map((one) => ({ id: `quick:${one}`, label: quickName(one) })),
    ...(live ? [] : [{ id: "fixed", label: "From … to …" }]),
  ];
  const choose = (id: string) => {
    const quick = QUICK.find((one) => `quick:${one}` === id);
    if (quick) setRange({ kind: "quick", name: quick });
    else if (id === "fixed") setRange({ kind: "fixed", ...boundsOf(range, Date.now()) });
    else setRange({ kind: "last", ms: Number(id.slice("last:".length)) });
  };
  const wrong = range.kind === "fixed" && range.end <= range.start;
  return (
    <div className="window-form">
      <Switch
        label="Moves with the clock"
        description={live ? "Shows values as they arrive." : "Stands still."}
        value={live}
        onChange={(next) => {
          setLive(next);
          if (next && range.kind === "fixed") setRange({ kind: "last", ms: HOUR });
        }}
      />
      <Select label="Span" choices={choices} value={chosen} onChange={choose} />
      {range.kind === "fixed" && (
        <>
          <TimeInput label="From" value={range.start} onChange={(start) => setRange({ ...range, start })} />
          <TimeInput label="To" value={range.end} onChange={(end) => setRange({ ...range, end })} />
          {wrong && <p className="field-error">The end must be after the beginning.</p>}
        </>
      )}
      <Select
        label="Values of a group"
        choices={AGGREGATIONS.map((id) => ({ id, label: AGGREGATED[id] }))}
        value={aggregation}
        onChange={setAggregation}
      />
      <div className="row">
        <Button
          look="primary"
          isDisabled={wrong}
          onPress={() =>
            onChange({ ...window, live, range, aggregation, interval: intervalFor(window, range) })
          }
        >
          Show
        </Button>
        {onReset && <Button onPress={onReset}>As saved</Button>}
      </div>
    </div>
  );
}

/** A group length that was chosen for one span says nothing about another. */
function intervalFor(before: Timewindow, range: Range): number | undefined {
  return JSON.stringify(before.range) === JSON.stringify(range) ? before.interval : undefined;
}

function TimeInput({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (ts: number) => void;
}) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <input
        type="datetime-local"
        step={1}
        className="input"
        value={full(value).replace(" ", "T")}
        onChange={(event) => {
          const read = new Date(event.target.value).getTime();
          if (Number.isFinite(read)) onChange(read);
        }}
      />
    </label>
  );
}
