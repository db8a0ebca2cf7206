import { type RefObject, useEffect, useState } from "react";

export interface Room {
  width: number;
  /** Of all layouts that stand beside each other (px). */
  board: number;
  /** From the top of the element to the lower end of the window (px). */
  below: number;
}

const NONE: Room = { width: 0, board: 0, below: 0 };
/** What stays free under a layout that fills the window (px). */
const FOOT = 24;

function isSame(one: Room, other: Room): boolean {
  return one.width === other.width && one.board === other.board && one.below === other.below;
}

/** How much room an element has, as long as it is shown. */
export function useRoom(host: RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>(NONE);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const measure = () => {
      const frame = element.closest(".dashboard-full") ?? element.closest("main") ?? document.documentElement;
      const top = element.getBoundingClientRect().top - frame.getBoundingClientRect().top + frame.scrollTop;
      const next: Room = {
        width: element.clientWidth,
        board: element.closest<HTMLElement>("[data-board]")?.clientWidth ?? element.clientWidth,
        below: Math.round(frame.clientHeight - top - FOOT),
      };
      setRoom((before) => (isSame(before, next) ? before : next));
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    window.addEventListener("resize", measure);
    document.addEventListener("fullscreenchange", measure);
    return () => {
      watcher.disconnect();
      window.removeEventListener("resize", measure);
      document.removeEventListener("fullscreenchange", measure);
    };
  }, [host]);
  return room;
}
