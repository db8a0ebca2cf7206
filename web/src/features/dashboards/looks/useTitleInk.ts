import { useSyncExternalStore } from "react";
import { watchColours } from "../../../app/preferences";
import type { BoardLook } from "../stored/look";
import { readable } from "./colours";

/** The stored colour of the title, where it can be read on the page's ground; else the theme's holds. */
export function useTitleInk(look: BoardLook): string | undefined {
  const ground = useSyncExternalStore(
    watchColours,
    () => getComputedStyle(document.documentElement).backgroundColor,
  );
  return look.showTitle && look.titleColor && readable(look.titleColor, ground) ? look.titleColor : undefined;
}
