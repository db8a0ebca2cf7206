import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { explain } from "../api/errors";
import { readFiles } from "../lists/files";
import { type Imported, type Made, importAll } from "../lists/importing";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ImportButton } from "../ui/ImportButton";
import { Notice } from "../ui/Notice";
import { done, failed } from "../ui/Toast";

interface ListImportProps {
  /** One row and several, for the texts. */
  nouns: [string, string];
  /** Makes one of an object in the file. */
  onImport: (row: Record<string, unknown>) => Promise<Made>;
  onDone: () => void;
}

/** Imports what a file holds: one opens its page, several are told in the list. */
export function ListImport({ nouns, onImport, onDone }: ListImportProps) {
  const router = useRouter();
  const [running, setRunning] = useState<{ done: number; of: number }>();
  const [outcome, setOutcome] = useState<Imported>();
  const read = async (file: File) => {
    try {
      const rows = await readFiles(file);
      setRunning({ done: 0, of: rows.length });
      const found = await importAll(rows, onImport, (count) => setRunning({ done: count, of: rows.length }));
      setRunning(undefined);
      onDone();
      const [first] = found.made;
      if (found.refused.length > 0) setOutcome(found);
      else if (found.made.length === 1 && first) {
        done(`${first.name} imported`);
        router.history.push(first.href);
      } else done(`${found.made.length} ${nouns[1]} imported`);
    } catch (error) {
      setRunning(undefined);
      failed(error);
    }
  };
  const count = outcome?.made.length ?? 0;
  return (
    <>
      <ImportButton onFile={read} />
      <Dialog
        title={`Importing ${nouns[1]}`}
        isOpen={running !== undefined && running.of > 1}
        onClose={() => undefined}
      >
        <p role="status">
          {running?.done} of {running?.of}
        </p>
        <progress value={running?.done} max={running?.of} aria-label={`Importing ${nouns[1]}`} />
      </Dialog>
      <Dialog
        title="Not everything was imported"
        isOpen={outcome !== undefined}
        onClose={() => setOutcome(undefined)}
        foot={
          <Button look="primary" onPress={() => setOutcome(undefined)}>
            Close
          </Button>
        }
      >
        {count > 0 && (
          <p>
            {count} {count === 1 ? nouns[0] : nouns[1]} imported.
          </p>
        )}
        {outcome?.refused.map((one) => (
          <Notice key={one.name} tone="bad" title={`${one.name}: ${explain(one.problem)}`} />
        ))}
      </Dialog>
    </>
  );
}
