/** Functions that failed, told once on the widget they are of. */
import { createContext } from "react";

export interface Trouble {
  name: string;
  reason: string;
}

export const TroubleContext = createContext<(troubles: readonly Trouble[]) => void>(() => undefined);

/** What is known after more: the last reason of each function; the same when nothing is new. */
export function troublesAfter(before: readonly Trouble[], more: readonly Trouble[]): readonly Trouble[] {
  const after = new Map(before.map((one) => [one.name, one.reason]));
  for (const { name, reason } of more) after.set(name, reason);
  const same = after.size === before.length && before.every((one) => after.get(one.name) === one.reason);
  return same ? before : [...after].map(([name, reason]) => ({ name, reason }));
}
