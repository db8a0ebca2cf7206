import { full } from "../../../format/time";
import { Status } from "../../../ui/Status";
import type { Life } from "./life";

/** What became of a control's last command: a state in a word, and the reason when it failed. */
export function LifeLine({ life, unread }: { life: Life; unread?: string }) {
  return (
    <div className="life small" role="status">
      {life.kind === "idle" && unread !== undefined ? (
        <Told tone="warn" word="Not read" more={unread} />
      ) : (
        <Now life={life} />
      )}
    </div>
  );
}

function Now({ life }: { life: Life }) {
  switch (life.kind) {
    case "idle":
      return null;
    case "sending":
      return <Told tone="busy" word="Sending" />;
    case "queued":
      return <Told tone="busy" word="Queued" more="waits for its broker" />;
    case "taken":
      return life.waiting ? (
        <Told tone="busy" word="Delivered" more="waits for the device's answer" />
      ) : (
        <Told tone="good" word={`Delivered ${clock(life.at)}`} />
      );
    case "answered":
      return <Told tone="good" word={`Answered ${clock(life.at)}`} more={short(life.answer)} />;
    case "saved":
      return <Told tone="good" word={`Saved ${clock(life.at)}`} />;
    case "failed":
      return <Told tone="bad" word="Failed" more={life.reason} />;
  }
}

function Told({ tone, word, more }: { tone: "good" | "bad" | "busy" | "warn"; word: string; more?: string }) {
  return (
    <>
      <Status tone={tone} plain>
        {word}
      </Status>
      {more && (
        <span className="life-more soft" title={more}>
          {" "}
          {more}
        </span>
      )}
    </>
  );
}

function clock(ts: number): string {
  return full(ts).slice(11);
}

function short(answer: unknown): string {
  const text = answer === undefined || answer === null ? "" : JSON.stringify(answer);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
