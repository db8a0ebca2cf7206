/** Imports of several objects, one after the other: a refused one does not keep the others. */
export interface Imported {
  /** What was made, in the order of the file. */
  made: Made[];
  refused: { name: string; problem: unknown }[];
}

export interface Made {
  name: string;
  /** Its page. */
  href: string;
}

export async function importAll(
  rows: Record<string, unknown>[],
  save: (row: Record<string, unknown>) => Promise<Made>,
  onProgress: (done: number) => void = () => undefined,
): Promise<Imported> {
  const outcome: Imported = { made: [], refused: [] };
  for (const [place, row] of rows.entries()) {
    try {
      outcome.made.push(await save(row));
    } catch (problem) {
      const name = [row.name, row.type].find((one) => typeof one === "string");
      outcome.refused.push({ name: name ?? `row ${place + 1}`, problem });
    }
    onProgress(place + 1);
  }
  return outcome;
}
