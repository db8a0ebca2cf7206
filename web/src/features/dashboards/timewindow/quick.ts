/** Named spans of the calendar, in the browser's zone. */

export const QUICK = [
  "CURRENT_HOUR",
  "CURRENT_DAY",
  "CURRENT_DAY_SO_FAR",
  "CURRENT_WEEK",
  "CURRENT_WEEK_ISO",
  "CURRENT_WEEK_SO_FAR",
  "CURRENT_WEEK_ISO_SO_FAR",
  "CURRENT_MONTH",
  "CURRENT_MONTH_SO_FAR",
  "CURRENT_QUARTER",
  "CURRENT_QUARTER_SO_FAR",
  "CURRENT_HALF_YEAR",
  "CURRENT_HALF_YEAR_SO_FAR",
  "CURRENT_YEAR",
  "CURRENT_YEAR_SO_FAR",
  "YESTERDAY",
  "DAY_BEFORE_YESTERDAY",
  "THIS_DAY_LAST_WEEK",
  "PREVIOUS_HOUR",
  "PREVIOUS_WEEK",
  "PREVIOUS_WEEK_ISO",
  "PREVIOUS_MONTH",
  "PREVIOUS_QUARTER",
  "PREVIOUS_HALF_YEAR",
  "PREVIOUS_YEAR",
] as const;

export type QuickInterval = (typeof QUICK)[number];

type Unit = "HOUR" | "DAY" | "WEEK" | "WEEK_ISO" | "MONTH" | "QUARTER" | "HALF_YEAR" | "YEAR";

/** The beginning of the unit that a moment is in, `by` units later. */
function beginning(unit: Unit, at: Date, by = 0): Date {
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  switch (unit) {
    case "HOUR":
      return new Date(year, month, day, at.getHours() + by);
    case "DAY":
      return new Date(year, month, day + by);
    case "WEEK":
      return new Date(year, month, day - at.getDay() + 7 * by);
    case "WEEK_ISO":
      return new Date(year, month, day - ((at.getDay() + 6) % 7) + 7 * by);
    case "MONTH":
      return new Date(year, month + by, 1);
    case "QUARTER":
      return new Date(year, month - (month % 3) + 3 * by, 1);
    case "HALF_YEAR":
      return new Date(year, month - (month % 6) + 6 * by, 1);
    case "YEAR":
      return new Date(year + by, 0, 1);
  }
}

export function quickRange(name: QuickInterval, now: Date): { start: number; end: number } {
  const days = { YESTERDAY: -1, DAY_BEFORE_YESTERDAY: -2, THIS_DAY_LAST_WEEK: -7 };
  if (name in days) return span("DAY", now, days[name as keyof typeof days]);
  if (name.startsWith("PREVIOUS_")) return span(name.slice("PREVIOUS_".length) as Unit, now, -1);
  const soFar = name.endsWith("_SO_FAR");
  const unit = name.slice("CURRENT_".length, soFar ? -"_SO_FAR".length : undefined) as Unit;
  const whole = span(unit, now, 0);
  return soFar ? { start: whole.start, end: now.getTime() } : whole;
}

/** The unit that begins `by` units from now. */
function span(unit: Unit, now: Date, by: number): { start: number; end: number } {
  return { start: beginning(unit, now, by).getTime(), end: beginning(unit, now, by + 1).getTime() };
}
