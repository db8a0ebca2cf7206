/** Theme and density: kept in this browser, applied before the first paint by `theme.js`. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

const THEME = "millrace.theme";
const DENSITY = "millrace.density";
const watchers = new Set<() => void>();

function kept<T extends string>(key: string, known: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(key);
  return known.find((one) => one === value) ?? otherwise;
}

function keep(key: string, attribute: "theme" | "density", value: string, usual: string): void {
  if (value === usual) {
    localStorage.removeItem(key);
    document.documentElement.removeAttribute(`data-${attribute}`);
  } else {
    localStorage.setItem(key, value);
    document.documentElement.dataset[attribute] = value;
  }
  for (const watcher of watchers) watcher();
}

export function setTheme(theme: Theme): void {
  keep(THEME, "theme", theme, "system");
}

export function setDensity(density: Density): void {
  keep(DENSITY, "density", density, "comfortable");
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useTheme(): Theme {
  return useSyncExternalStore(watch, () => kept<Theme>(THEME, ["light", "dark"], "system"));
}

export function useDensity(): Density {
  return useSyncExternalStore(watch, () => kept<Density>(DENSITY, ["compact"], "comfortable"));
}

/** Runs when the colours change, whoever changed them. */
export function watchColours(run: () => void): () => void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", run);
  const end = watch(run);
  return () => {
    system.removeEventListener("change", run);
    end();
  };
}
