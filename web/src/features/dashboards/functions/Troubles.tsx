import { TriangleAlert } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { type Trouble, TroubleContext, troublesAfter } from "./trouble";

/** Tells once which functions of what is inside failed, and which actions cannot work here. */
export function Troubles({ missing = [], children }: { missing?: readonly string[]; children: ReactNode }) {
  const [troubles, setTroubles] = useState<readonly Trouble[]>([]);
  const tell = useCallback((more: readonly Trouble[]) => {
    if (more.length > 0) setTroubles((before) => troublesAfter(before, more));
  }, []);
  return (
    <TroubleContext value={tell}>
      {children}
      {troubles.length + missing.length > 0 && (
        <ul className="troubles small" aria-label="What does not work here">
          {troubles.map(({ name, reason }) => (
            <li key={name} title={`${name}: ${reason}`}>
              <TriangleAlert aria-hidden size={14} />
              <span>
                <code>{name}</code> failed: {reason}
              </span>
            </li>
          ))}
          {missing.map((name) => (
            <li key={`action ${name}`}>
              <TriangleAlert aria-hidden size={14} />
              <span>The action “{name}” is a program for another platform’s page and is left out.</span>
            </li>
          ))}
        </ul>
      )}
    </TroubleContext>
  );
}
