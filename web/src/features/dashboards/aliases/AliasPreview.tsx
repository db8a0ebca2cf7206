import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Members } from "../../../api/shapes";
import { explain } from "../../../api/errors";
import { Status } from "../../../ui/Status";
import { useBoard } from "../board";
import { filterOf, refusalOf } from "./filter";
import { awaitsState } from "./kinds";
import { resolve } from "./requests";

const SHOWN = 5;
const RESOLVE_MS = 5_000;
const REST_MS = 300;

/** What a filter means now: how many entities, and the first of them. */
export function AliasPreview({ filter, many }: { filter: Members; many: boolean }) {
  const { entities } = useBoard();
  const asked = useRested(JSON.stringify(filterOf(filter, entities) ?? null));
  const found = useQuery({
    queryKey: ["alias", asked],
    queryFn: () => resolve(JSON.parse(asked) as Members, SHOWN),
    enabled: asked !== "null",
    refetchInterval: RESOLVE_MS,
    retry: false,
  });
  if (asked === "null")
    return (
      <Status tone="idle" plain>
        {awaitsState(filter) ? "Known when a state is opened with an entity" : "Nothing chosen yet"}
      </Status>
    );
  if (found.isError)
    return (
      <Status tone="bad" plain>
        {refusalOf(explain(found.error))}
      </Status>
    );
  if (!found.data)
    return (
      <Status tone="busy" plain>
        Looking
      </Status>
    );
  const { total, first } = found.data;
  const shown = many ? first : first.slice(0, 1);
  const names = shown.map((one) => one.name).join(", ");
  return (
    <span className="alias-preview">
      <Status tone={total > 0 ? "good" : "warn"} plain>
        {total === 1 ? "1 entity" : `${total} entities`}
      </Status>{" "}
      {names && (
        <span className="soft">
          {many || total <= 1 ? "" : "the first: "}
          {names}
          {many && total > shown.length && "…"}
        </span>
      )}
    </span>
  );
}

/** A text once it has not changed for a moment. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
