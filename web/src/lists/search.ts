/** The state of a list lives in the address: it survives a reload and can be sent to somebody. */
import type { PageQuery } from "../api/types";

export interface ListSearch {
  page?: number;
  size?: number;
  q?: string;
  sort?: string;
  desc?: boolean;
  tab?: string;
  /** The open state of a dashboard. */
  state?: string;
}

export const SIZES = ["10", "20", "50", "100"] as const;
const SIZE = 20;

const whole = (value: unknown, least: number, most: number): number | undefined => {
  const read = Number(value);
  return Number.isInteger(read) && read >= least && read <= most ? read : undefined;
};

/** Reads what an address says; what is wrong in it is left out. */
export function readSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {};
  const page = whole(raw.page, 1, 1_000_000);
  const size = whole(raw.size, 1, 100);
  if (page !== undefined && page > 0) search.page = page;
  if (size !== undefined) search.size = size;
  if (typeof raw.q === "string" || typeof raw.q === "number") search.q = String(raw.q).slice(0, 200);
  if (typeof raw.sort === "string") search.sort = raw.sort;
  if (raw.desc === true) search.desc = true;
  if (typeof raw.tab === "string") search.tab = raw.tab;
  if (typeof raw.state === "string" || typeof raw.state === "number") search.state = String(raw.state);
  return search;
}

/** What the API is asked for it. */
export function pageQuery(search: ListSearch, otherwise: { sort: string; desc?: boolean }): PageQuery {
  const property = search.sort ?? otherwise.sort;
  const descending = search.sort === undefined ? otherwise.desc : search.desc;
  return {
    page: search.page ?? 0,
    pageSize: search.size ?? SIZE,
    textSearch: search.q || undefined,
    sortProperty: property,
    sortOrder: descending ? "DESC" : "ASC",
  };
}
