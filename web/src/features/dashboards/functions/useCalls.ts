import { useContext, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Call, type Result, Runner, type WorkerLike } from "./runner";
import { TroubleContext } from "./trouble";

/** One for the page: its worker is loaded with the first call. */
export const runner = new Runner(
  () => new Worker(new URL("./sandbox.worker.ts", import.meta.url), { type: "module" }) as WorkerLike,
);

/** A call whose result stays in its place until the next is there. */
export interface Placed extends Call {
  slot: string;
}

const NONE: ReadonlyMap<string, Result> = new Map();

/**
 * The results of calls by their place: nothing until there is a first one, then the last that there was,
 * so that a value that changes does not show unconverted in between. What fails is told on the widget.
 */
export function useCalls(calls: readonly Placed[]): ReadonlyMap<string, Result> {
  const [results, setResults] = useState(NONE);
  const owner = useRef({});
  const mounted = useRef(true);
  const tell = useContext(TroubleContext);
  const question = calls.length === 0 ? "" : JSON.stringify(calls);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  // Results that are known already are in the first picture.
  useLayoutEffect(() => {
    if (question === "") {
      setResults(NONE);
      return;
    }
    const asked = JSON.parse(question) as Placed[];
    return runner.run(owner.current, asked, (found) => {
      if (!mounted.current) return;
      setResults(new Map(asked.map((one, index) => [one.slot, found[index] ?? { failed: "no result" }])));
      tell(
        asked.flatMap(({ fn }, index) => {
          const one = found[index];
          return one && "failed" in one ? [{ name: fn.name, reason: one.failed }] : [];
        }),
      );
    });
  }, [question, tell]);
  return results;
}

/** What a call gave; undefined while it runs and when it failed. */
export function valueOf(results: ReadonlyMap<string, Result>, slot: string): unknown {
  const one = results.get(slot);
  return one && "value" in one ? (one.value ?? "") : undefined;
}
