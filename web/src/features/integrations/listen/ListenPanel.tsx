import { ChevronDown, ChevronRight, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import type { Integration } from "../../../api/types";
import { Button, IconButton } from "../../../ui/Button";
import { Notice } from "../../../ui/Notice";
import { Status, type StatusTone } from "../../../ui/Status";
import { readable } from "../../converters/replay/payload";
import { type Branch, filterOf, perSecond, treeOf } from "./topicTree";
import { type Listening, useListening } from "./useListening";
import "./listen.css";

const STATES: Record<Listening["state"], { tone: StatusTone; label: string }> = {
  CONNECTING: { tone: "busy", label: "Connecting" },
  LISTENING: { tone: "good", label: "Listening" },
  FAILED: { tone: "bad", label: "Failed" },
  ENDED: { tone: "idle", label: "Ended" },
};

/** Shown payloads are this long. */
const SHOWN = 80;

interface ListenProps {
  integration: Integration;
  /** Takes a topic filter into the form. */
  onPick: (filter: string) => void;
  onStop: () => void;
}

/** The topics of a broker while they are heard; a click makes one of them a filter. */
export function ListenPanel({ integration, onPick, onStop }: ListenProps) {
  const heard = useListening(integration);
  const tree = useMemo(() => treeOf(heard.topics.values()), [heard.topics]);
  return (
    <section className="listen" aria-label="Topics of the broker">
      <div className="listen-head">
        <Status tone={STATES[heard.state].tone}>{STATES[heard.state].label}</Status>
        <span className="soft">
          {heard.topics.size} topics, {heard.messages} messages
        </span>
        <Button onPress={onStop}>Stop</Button>
      </div>
      {heard.reason && <Notice tone="bad" title={heard.reason} />}
      {heard.unlisted > 0 && (
        <p className="soft small">{heard.unlisted} messages of further topics are not shown.</p>
      )}
      {tree.length > 0 ? (
        <ul className="listen-tree">
          {tree.map((branch) => (
            <Level key={branch.path} branch={branch} depth={0} onPick={onPick} />
          ))}
        </ul>
      ) : (
        heard.state === "LISTENING" && (
          <p className="soft">Nothing has come yet. Topics appear here as devices publish.</p>
        )
      )}
    </section>
  );
}

interface LevelProps {
  branch: Branch;
  depth: number;
  onPick: (filter: string) => void;
}

/** Levels that are open at first. */
const OPEN = 3;

function Level({ branch, depth, onPick }: LevelProps) {
  const [open, setOpen] = useState(depth < OPEN);
  const filter = filterOf(branch);
  const name = branch.level || "(empty level)";
  return (
    <li>
      <div className="listen-level">
        {branch.below.length > 0 ? (
          <IconButton
            label={open ? `Close ${branch.path}` : `Open ${branch.path}`}
            icon={open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
            aria-expanded={open}
            onPress={() => setOpen(!open)}
          />
        ) : (
          <span className="listen-leaf" aria-hidden />
        )}
        <span className="mono">{name}</span>
        <span className="soft small">
          {branch.count} · {perSecond(branch.rate)}
        </span>
        {branch.heard && (
          <span className="mono small listen-payload">
            {readable(branch.heard.payload).text.replace(/\s+/g, " ").slice(0, SHOWN)}
          </span>
        )}
        <IconButton
          label={`Use ${filter} as a topic filter`}
          icon={<Plus aria-hidden />}
          onPress={() => onPick(filter)}
        />
      </div>
      {open && branch.below.length > 0 && (
        <ul>
          {branch.below.map((one) => (
            <Level key={one.path} branch={one} depth={depth + 1} onPick={onPick} />
          ))}
        </ul>
      )}
    </li>
  );
}
