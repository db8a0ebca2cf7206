import { useCallback, useEffect, useState } from "react";
import type { Members } from "../../api/shapes";
import { type History, after, begun, redone, undone } from "./stored/history";

export interface Draft {
  title: string;
  configuration: Members;
}

export interface Editing {
  draft: Draft | undefined;
  /** Whether anything would be saved. */
  dirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
  begin: (from: Draft) => void;
  end: () => void;
  /** A step; steps with the same `about` in a row are one. */
  change: (step: (draft: Draft) => Draft, about?: string) => void;
  undo: () => void;
  redo: () => void;
}

/** A dashboard while it is edited, with the way back. */
export function useDraft(): Editing {
  const [history, setHistory] = useState<History<Draft>>();
  const undo = useCallback(() => setHistory((before) => before && undone(before)), []);
  const redo = useCallback(() => setHistory((before) => before && redone(before)), []);
  const editing = history !== undefined;
  useEffect(() => {
    if (!editing) return;
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element && event.target.closest("input, textarea, [role=dialog]");
      if (typing || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [editing, undo, redo]);
  return {
    draft: history?.now,
    dirty: (history?.past.length ?? 0) > 0,
    canUndo: (history?.past.length ?? 0) > 0,
    canRedo: (history?.future.length ?? 0) > 0,
    begin: (from) => setHistory(begun(from)),
    end: () => setHistory(undefined),
    change: (step, about = "") => setHistory((before) => before && after(before, step(before.now), about)),
    undo,
    redo,
  };
}
