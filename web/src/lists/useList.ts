import { useNavigate, useSearch } from "@tanstack/react-router";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Page, PageQuery } from "../api/types";
import type { Sort } from "../ui/DataTable";
import { type ListSearch, pageQuery } from "./search";

export interface List<T> {
  query: PageQuery;
  result: UseQueryResult<Page<T>>;
  sort: Sort;
  selected: ReadonlySet<string>;
  select: (selected: ReadonlySet<string>) => void;
  change: (search: ListSearch) => void;
}

interface Options<T> {
  key: string;
  load: (query: PageQuery) => Promise<Page<T>>;
  sort: string;
  desc?: boolean;
  refetchMs?: number;
}

/** A list of the server behind the page's address: search, sort, page and what is selected. */
export function useList<T>({ key, load, sort, desc, refetchMs }: Options<T>): List<T> {
  const search: ListSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const query = pageQuery(search, { sort, desc });
  const result = useQuery({
    queryKey: [key, "list", query],
    queryFn: () => load(query),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
  return {
    query,
    result,
    sort: { property: query.sortProperty ?? sort, descending: query.sortOrder === "DESC" },
    selected,
    select,
    change: (next) => {
      select(new Set());
      void navigate({ to: ".", search: { ...search, page: undefined, ...next }, replace: true });
    },
  };
}
