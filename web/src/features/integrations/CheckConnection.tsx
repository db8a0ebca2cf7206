import { Ear, PlugZap } from "lucide-react";
import { useState } from "react";
import type { Integration } from "../../api/types";
import { explain } from "../../api/errors";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { ListenPanel } from "./listen/ListenPanel";
import { checkIntegration } from "./requests";

type Outcome =
  | { kind: "none" }
  | { kind: "running" }
  | { kind: "good"; body: Integration }
  | { kind: "bad"; reason: string };

interface CheckProps {
  /** The integration as it would be saved; undefined when the form is not complete. */
  integration: () => Integration | undefined;
  /** Takes a topic filter from what is heard into the form. */
  onFilter: (filter: string) => void;
}

/** Tries the connection and says in a sentence, in place, what the broker answered. */
export function CheckConnection({ integration, onFilter }: CheckProps) {
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });
  const [listening, setListening] = useState<Integration>();
  const check = async () => {
    const body = integration();
    setListening(undefined);
    if (!body) {
      setOutcome({ kind: "none" });
      return;
    }
    setOutcome({ kind: "running" });
    try {
      await checkIntegration(body);
      setOutcome({ kind: "good", body });
    } catch (error) {
      setOutcome({ kind: "bad", reason: explain(error) });
    }
  };
  return (
    <div className="stack">
      <div>
        <Button
          icon={<PlugZap aria-hidden />}
          isPending={outcome.kind === "running"}
          onPress={() => void check()}
        >
          {outcome.kind === "running" ? "Connecting…" : "Check connection"}
        </Button>
      </div>
      {outcome.kind === "good" && (
        <Notice
          tone="good"
          title="Connected."
          action={
            !listening && (
              <Button icon={<Ear aria-hidden />} onPress={() => setListening(outcome.body)}>
                Listen
              </Button>
            )
          }
        >
          The broker accepts this connection. Listen to see its topics and make filters of them.
        </Notice>
      )}
      {listening && (
        <ListenPanel integration={listening} onPick={onFilter} onStop={() => setListening(undefined)} />
      )}
      {outcome.kind === "bad" && <Notice tone="bad" title={outcome.reason} />}
    </div>
  );
}
