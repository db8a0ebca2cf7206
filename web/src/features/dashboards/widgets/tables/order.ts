/** The order of a table's rows. */

export interface Order {
  column: string;
  descending: boolean;
}

/** Numbers before texts, what is missing last; rows that are equal keep their order. */
export function sorted<T>(
  rows: readonly T[],
  { column, descending }: Order,
  valueOf: (row: T, column: string) => string | number,
): T[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [valueOf(one, column), valueOf(other, column)];
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  });
}
