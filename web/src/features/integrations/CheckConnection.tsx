import { PlugZap } from "lucide-react";
import { useState } from "react";
import type { Integration } from "../../api/types";
import { explain } from "../../api/errors";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { checkIntegration } from "./requests";

type Outcome = { kind: "none" } | { kind: "running" } | { kind: "good" } | { kind: "bad"; reason: string };

interface CheckProps {
  /** The integration as it would be saved; undefined when the form is not complete. */
  integration: () => Integration | undefined;
}

/** Tries the connection and says in a sentence, in place, what the broker answered. */
export function CheckConnection({ integration }: CheckProps) {
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });
  const check = async () => {
    const body = integration();
    if (!body) {
      setOutcome({ kind: "none" });
      return;
    }
    setOutcome({ kind: "running" });
    try {
      await checkIntegration(body);
      setOutcome({ kind: "good" });
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
        <Notice tone="good" title="Connected.">
          The broker accepts this connection.
        </Notice>
      )}
      {outcome.kind === "bad" && <Notice tone="bad" title={outcome.reason} />}
    </div>
  );
}
