import { type FormEvent, useEffect, useRef, useState } from "react";
import { number } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { LEAST_TIMEOUT } from "../../controls/actions";
import { command } from "../../controls/calls";
import type { Life } from "../../controls/life";
import { LifeLine } from "../../controls/LifeLine";
import { useBoard } from "../../board";
import type { Widget } from "../../stored/model";
import { readCommand } from "./commandLine";
import { OnDevice } from "./OnDevice";

interface Line {
  id: number;
  text: string;
  life: Life;
}

const KEPT = 100;

/** Commands by keyboard: a method and its JSON, each with the device's answer under it. */
export function TerminalWidget({ widget }: { widget: Widget }) {
  return <OnDevice widget={widget}>{(device) => <Terminal widget={widget} device={device} />}</OnDevice>;
}

function Terminal({ widget, device }: { widget: Widget; device: EntityId }) {
  const { editing } = useBoard();
  const { settings } = widget;
  const [lines, setLines] = useState<Line[]>([]);
  const [typed, setTyped] = useState("");
  const [back, setBack] = useState(0);
  const [wrong, setWrong] = useState<string>();
  const end = useRef<HTMLDivElement>(null);
  const next = useRef(1);
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [lines]);

  const send = (event: FormEvent) => {
    event.preventDefault();
    const read = readCommand(typed);
    if ("wrong" in read) {
      setWrong(read.wrong);
      return;
    }
    const id = next.current++;
    const tell = (life: Life) =>
      setLines((before) => before.map((one) => (one.id === id ? { ...one, life } : one)));
    setWrong(undefined);
    setTyped("");
    setBack(0);
    setLines((before) =>
      [...before, { id, text: typed.trim(), life: { kind: "sending" } as Life }].slice(-KEPT),
    );
    const rpc = {
      method: read.method,
      timeout: Math.max(number(settings.requestTimeout, LEAST_TIMEOUT), LEAST_TIMEOUT),
      persistent: settings.requestPersistent === true,
      polling: Math.max(number(settings.persistentPollingInterval, LEAST_TIMEOUT), 1_000),
    };
    command(device.id, rpc, true, read.params, tell).catch((error: unknown) =>
      tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) }),
    );
  };
  const older = (by: number) => {
    const at = Math.min(Math.max(back + by, 0), lines.length);
    setBack(at);
    setTyped(at === 0 ? "" : (lines.at(-at)?.text ?? ""));
  };
  return (
    <form className="terminal" onSubmit={send}>
      <div ref={end} className="terminal-log" role="log" aria-label="Commands and answers" tabIndex={0}>
        {lines.length === 0 && (
          <p className="soft">
            A method and its parameters as JSON, for example <code>setValue 21</code>. Arrow up brings back
            the last.
          </p>
        )}
        {lines.map((one) => (
          <div key={one.id} className="terminal-line">
            <code>{`> ${one.text}`}</code>
            {one.life.kind === "answered" ? (
              <code className="terminal-answer">{JSON.stringify(one.life.answer) ?? "null"}</code>
            ) : (
              <LifeLine life={one.life} />
            )}
          </div>
        ))}
      </div>
      <div className="terminal-entry">
        <input
          className="input mono"
          aria-label="Command"
          aria-invalid={wrong !== undefined}
          value={typed}
          disabled={editing}
          autoComplete="off"
          spellCheck={false}
          placeholder="method {…}"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowUp") older(1);
            if (event.key === "ArrowDown") older(-1);
          }}
        />
        <button type="submit" className="button button-secondary" disabled={editing || !typed.trim()}>
          Send
        </button>
      </div>
      {wrong && (
        <p role="alert" className="field-error">
          {wrong}
        </p>
      )}
    </form>
  );
}
