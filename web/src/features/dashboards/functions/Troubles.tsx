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
        <ul className="troubles small" tabIndex={0} aria-label="What does not work here">
          {troubles.map(({ name, reason }) => (
            <li key={name} title={`${name}: ${reason}`}>
              <TriangleAlert aria-hidden size={14} />
              <span>
                <code>{name}</code> failed: {reason}
              </span>
            </li>
          ))}
          {missing.length > 0 && (
            <li>
              <TriangleAlert aria-hidden size={14} />
              <span>
                Left out, as programs for another platform’s page:{" "}
                {[...new Set(missing)].map((name) => `“${name}”`).join(", ")}.
              </span>
            </li>
          )}
        </ul>
      )}
    </TroubleContext>
  );
}
