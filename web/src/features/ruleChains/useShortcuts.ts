import { useEffect, useRef } from "react";

export interface Shortcuts {
  undo: () => void;
  redo: () => void;
  save: () => void;
  palette: () => void;
  selectAll: () => void;
  duplicate: () => void;
  /** The text to put on the clipboard; undefined when nothing is picked. */
  copy: () => string | undefined;
  cut: () => string | undefined;
  /** False when the text is not for the canvas. */
  paste: (text: string) => boolean;
}

/** Somebody types, or a dialog is open: keys are not for the canvas. */
function elsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog]")) return true;
  return target instanceof HTMLElement && Boolean(target.closest("input, textarea, [contenteditable=true]"));
}

/** Keys that mean something in other places too are the canvas's only where the canvas has the focus. */
function onCanvas(target: EventTarget | null): boolean {
  if (target === document.body) return true;
  return target instanceof Element && Boolean(target.closest(".react-flow"));
}

/** Keys of the canvas: Ctrl+Z, Y, S, A, D, C, X, V, and N for the palette. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const held = useRef(shortcuts);
  held.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const now = held.current;
      // Saving works from every field.
      if (command && key === "s") {
        event.preventDefault();
        now.save();
        return;
      }
      if (elsewhere(event.target)) return;
      const everywhere = command ? { z: event.shiftKey ? now.redo : now.undo, y: now.redo }[key] : undefined;
      const here = command ? { a: now.selectAll, d: now.duplicate }[key] : { n: now.palette }[key];
      const run = everywhere ?? (onCanvas(event.target) && !event.altKey ? here : undefined);
      if (!run) return;
      event.preventDefault();
      run();
    };
    const put = (event: ClipboardEvent, take: () => string | undefined) => {
      if (elsewhere(event.target) || !getSelection()?.isCollapsed) return;
      const text = take();
      if (text === undefined) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    const onCopy = (event: ClipboardEvent) => put(event, () => held.current.copy());
    const onCut = (event: ClipboardEvent) => put(event, () => held.current.cut());
    const onPaste = (event: ClipboardEvent) => {
      if (elsewhere(event.target)) return;
      if (held.current.paste(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCut);
    document.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCut);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}
