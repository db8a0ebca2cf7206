import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import type { EntityId } from "../../../api/types";
import { Select } from "../../../ui/Field";
import { resolve } from "../aliases/requests";
import type { State } from "../stored/model";
import { type Step, stateName } from "./path";

interface BarProps {
  states: State[];
  /** The states on the way here, the open one last. */
  steps: readonly Step[];
  onGo: (steps: Step[]) => void;
}

/** Where in a dashboard of several states one is: the way back, and every other state. */
export function StateBar({ states, steps, onGo }: BarProps) {
  const here = steps.at(-1);
  return (
    <nav className="state-bar" aria-label="States of the dashboard">
      <ol className="state-way">
        {steps.map((step, index) => (
          <li key={index}>
            {index > 0 && <ChevronRight aria-hidden size={14} />}
            {index === steps.length - 1 ? (
              <span aria-current="page">
                <Name states={states} step={step} />
              </span>
            ) : (
              <button type="button" className="link" onClick={() => onGo(steps.slice(0, index + 1))}>
                <Name states={states} step={step} />
              </button>
            )}
          </li>
        ))}
      </ol>
      <div className="state-select">
        <Select
          bare
          label="State"
          choices={states.map(({ id, name }) => ({ id, label: plainName(id, name) }))}
          value={here?.state}
          onChange={(state) => onGo([{ state, entities: here?.entities ?? new Map() }])}
        />
      </div>
    </nav>
  );
}

/** A name that is nothing but its entity's says nothing before one is chosen. */
function plainName(id: string, name: string): string {
  const plain = stateName(name, undefined);
  return plain === "…" ? id : plain;
}

function Name({ states, step }: { states: State[]; step: Step }) {
  const template = states.find((one) => one.id === step.state)?.name ?? step.state;
  const entity = step.entities.get("");
  const name = useEntityName(template.includes("${") ? entity : undefined);
  return <>{stateName(template, name)}</>;
}

function useEntityName(entity: EntityId | undefined): string | undefined {
  const found = useQuery({
    queryKey: ["entity-name", entity?.id],
    queryFn: () => resolve({ type: "singleEntity", singleEntity: entity }, 1),
    enabled: entity !== undefined,
  });
  return found.data?.first[0]?.name;
}
