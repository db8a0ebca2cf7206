/** Times as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12 s ago`, `3 min ago`, `2 h ago`, `5 days ago`. */
export function ago(ts: number, now: number): string {
  const span = now - ts;
  if (span < 2 * SECOND) return "just now";
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s ago`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min ago`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ago`;
  const days = Math.floor(span / DAY);
  return days === 1 ? "yesterday" : `${days} days ago`;
}

/** What is left of a span: `14:32`, `1:02:03`. */
export function left(span: number): string {
  const seconds = Math.max(0, Math.ceil(span / SECOND));
  const minutes = Math.floor(seconds / 60);
  const tail = `${two(minutes % 60)}:${two(seconds % 60)}`;
  return minutes < 60 ? tail : `${Math.floor(minutes / 60)}:${tail}`;
}

const two = (part: number) => String(part).padStart(2, "0");

/** `2026-11-22 14:03:07`, in the browser's zone. */
export function full(ts: number): string {
  const at = new Date(ts);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** With milliseconds, for events. */
export function exact(ts: number): string {
  return `${full(ts)}.${String(new Date(ts).getMilliseconds()).padStart(3, "0")}`;
}

/** The time of an event: without the date while it is today's. */
export function clock(ts: number, now: number): string {
  const text = exact(ts);
  return new Date(ts).toDateString() === new Date(now).toDateString() ? text.slice(11) : text;
}

/** A mark on a time axis: as fine as the span of the axis needs. */
export function tick(ts: number, span: number): string {
  const at = new Date(ts);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (span <= 5 * MINUTE) return `${clock}:${two(at.getSeconds())}`;
  if (span <= DAY) return clock;
  return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}
