/**
 * The chain as it is on the server, beside the draft. What is recorded at a node is changed there at once,
 * without saving the draft, and without the draft's later save undoing it.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { DebugSettings, RuleChainMetaData } from "../../api/types";
import { type Draft, readDraft, writeDraft } from "./draft";
import { saveMetadata } from "./requests";

type Recorded = ReadonlyMap<string, DebugSettings>;

interface Saved {
  draft: Draft;
  recorded: Recorded;
}

function savedOf(draft: Draft): Saved {
  const recorded = draft.nodes.flatMap((one) =>
    one.node.id && one.node.debugSettings ? [[one.key, one.node.debugSettings] as const] : [],
  );
  return { draft, recorded: new Map(recorded) };
}

/** A draft as it is saved: with the version that is on the server, and what is recorded there. */
function written(draft: Draft, saved: Saved): RuleChainMetaData {
  const nodes = draft.nodes.map((one) => {
    const debugSettings = saved.recorded.get(one.key) ?? one.node.debugSettings;
    return { ...one, node: { ...one.node, debugSettings } };
  });
  return writeDraft({ ...draft, base: { ...draft.base, version: saved.draft.base.version }, nodes });
}

export function useSaved(ruleChainId: string, loaded: Draft) {
  const [saved, setSaved] = useState(() => savedOf(loaded));
  const queries = useQueryClient();
  // Saves follow each other, so that none is refused for an old version.
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const now = useRef(saved);

  const save = useCallback(
    (make: (saved: Saved) => RuleChainMetaData): Promise<Draft> => {
      const run = async () => {
        const reply = await saveMetadata(make(now.current));
        queries.setQueryData(["ruleChains", ruleChainId, "metadata"], reply);
        const fresh = savedOf(readDraft(reply));
        now.current = fresh;
        setSaved(fresh);
        return fresh.draft;
      };
      const result = last.current.catch(() => undefined).then(run);
      last.current = result;
      return result;
    },
    [queries, ruleChainId],
  );

  /** Saves the draft; the promise holds what is on the server then. */
  const apply = useCallback((draft: Draft) => save((held) => written(draft, held)), [save]);

  /** Changes what is recorded at a saved node, at once. */
  const record = useCallback(
    (key: string, settings: DebugSettings) =>
      save((held) => written(held.draft, { ...held, recorded: new Map(held.recorded).set(key, settings) })),
    [save],
  );

  return { recorded: saved.recorded, apply, record };
}
