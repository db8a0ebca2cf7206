export interface Outcome {
  done: number;
  /** Those it did not work for. */
  left: string[];
  /** The first reason. */
  problem?: unknown;
}

/** Does the same to one after the other and goes on after a refusal, so that one row cannot keep the others. */
export async function forAll(
  ids: string[],
  act: (id: string) => Promise<unknown>,
  onProgress: (done: number) => void = () => undefined,
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, left: [] };
  for (const [place, id] of ids.entries()) {
    onProgress(place);
    try {
      await act(id);
      outcome.done += 1;
    } catch (error) {
      outcome.left.push(id);
      outcome.problem ??= error;
    }
  }
  return outcome;
}

/** Loads one after the other; the first refusal ends it. */
export async function loadAll(ids: string[], load: (id: string) => Promise<unknown>): Promise<unknown[]> {
  const out: unknown[] = [];
  for (const id of ids) out.push(await load(id));
  return out;
}
