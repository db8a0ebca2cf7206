import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ChainImport, ImportPlan, MissingEntity } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, Select } from "../../ui/Field";
import { Notice, Problem } from "../../ui/Notice";
import { applyImport } from "./requests";

interface ImportProps {
  content: Record<string, unknown>;
  plan: ImportPlan;
  onClose: () => void;
  /** What was imported; nothing of it failed. */
  onDone: (chains: ChainImport[]) => void;
}

const LEAVE = "leave";

/** Asks what stands for the entities that are not here, then imports. */
export function ImportDialog({ content, plan, onClose, onDone }: ImportProps) {
  const [answers, setAnswers] = useState<Record<string, string | null>>(() =>
    Object.fromEntries(plan.missing.map((one) => [one.id, one.suggestion ?? null])),
  );
  const [overwrite, setOverwrite] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [refused, setRefused] = useState<ChainImport[]>([]);
  const [pending, setPending] = useState(false);
  const queries = useQueryClient();
  const open = plan.missing.filter((one) => !answers[one.id]);
  const existing = plan.chains.filter((one) => one.existing);

  const run = async () => {
    setPending(true);
    setProblem(undefined);
    try {
      const rows = await applyImport({ content, answers, overwrite });
      await queries.invalidateQueries({ queryKey: ["ruleChains"] });
      const failed = rows.filter((one) => one.error);
      if (failed.length === 0) onDone(rows);
      else setRefused(failed);
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog
      title="Import rule chains"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isPending={pending} onPress={() => void run()}>
            {open.length > 0 ? "Import all the same" : "Import"}
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      {refused.map((one) => (
        <Notice key={one.ruleChainName} tone="bad" title={`${one.ruleChainName}: ${one.error}`} />
      ))}
      <ul aria-label="Rule chains in the file">
        {plan.chains.map((one, place) => (
          <li key={place}>
            <strong>{one.name}</strong>, {one.nodes} {one.nodes === 1 ? "node" : "nodes"}
          </li>
        ))}
      </ul>
      {plan.chains.flatMap((chain) =>
        chain.notRunning.map((one) => (
          <Notice
            key={`${chain.name}:${one.nodeIndex}`}
            tone="warn"
            title={`${one.node} will fail every message: ${one.reason}`}
          />
        )),
      )}
      {existing.length > 0 && (
        <Checkbox
          label={`Replace the nodes of ${existing.map((one) => one.name).join(", ")} here`}
          description="Otherwise a second rule chain of that name is made."
          value={overwrite}
          onChange={setOverwrite}
        />
      )}
      {plan.missing.length > 0 && (
        <p>
          The file names {plan.missing.length === 1 ? "an entity" : `${plan.missing.length} entities`} that
          {plan.missing.length === 1 ? " is" : " are"} not on this server. Choose what to use instead.
        </p>
      )}
      {plan.missing.map((one) => (
        <Missing
          key={one.id}
          missing={one}
          value={answers[one.id] ?? undefined}
          onChange={(id) => setAnswers({ ...answers, [one.id]: id })}
        />
      ))}
      {open.length > 0 && (
        <Notice tone="warn" title="What is left open fails its messages until it is chosen at the node." />
      )}
    </Dialog>
  );
}

interface MissingProps {
  missing: MissingEntity;
  value: string | undefined;
  onChange: (id: string | null) => void;
}

function Missing({ missing, value, onChange }: MissingProps) {
  const kind = words(missing.entityType);
  const places = missing.places.map((one) => one.node).join(", ");
  const choices = [
    ...missing.candidates.map((one) => ({ id: one.id, label: one.name })),
    { id: LEAVE, label: "Leave it open" },
  ];
  return (
    <div className="import-missing">
      <Select
        label={missing.name ? `${kind} for “${missing.name}”` : `${kind} for ${places}`}
        description={
          missing.candidates.length === 0
            ? `There is no ${kind.toLowerCase()} here yet. Named by ${places}.`
            : `Named by ${places}.`
        }
        placeholder={`Choose one: ${kind.toLowerCase()}`}
        choices={choices}
        value={value ?? undefined}
        onChange={(id) => onChange(id === LEAVE ? null : id)}
      />
    </div>
  );
}

/** `RULE_CHAIN` as `Rule chain`. */
function words(entityType: string): string {
  const text = entityType.toLowerCase().replace(/_/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
