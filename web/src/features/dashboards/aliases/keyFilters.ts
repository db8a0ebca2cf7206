/**
 * The conditions of a dashboard's filters as the server takes them. A stored condition carries what its
 * editor needs beside what it means; only the meaning is asked.
 */
import { type Members, isMembers, members, text } from "../../../api/shapes";

/** The conditions of a stored filter. */
export function keyFiltersOf(stored: unknown): Members[] {
  const list = members(stored).keyFilters;
  return (Array.isArray(list) ? list : []).flatMap((raw: unknown) => {
    const { key, valueType, predicates, predicatesOperation, predicate } = members(raw);
    const meant = isMembers(predicate) ? [predicate] : plain(predicates);
    const [first] = meant;
    if (!isMembers(key) || !first) return [];
    const joined =
      meant.length === 1
        ? first
        : { type: "COMPLEX", operation: text(predicatesOperation, "AND"), predicates: meant };
    return [{ key, valueType: text(valueType, "STRING"), predicate: joined }];
  });
}

/** Conditions without what their editor needs, those within them too. */
function plain(raw: unknown): Members[] {
  return (Array.isArray(raw) ? raw : []).flatMap((one: unknown) => {
    const wrapped = members(one);
    const meant = isMembers(wrapped.keyFilterPredicate) ? wrapped.keyFilterPredicate : wrapped;
    if (!text(meant.type)) return [];
    return [meant.type === "COMPLEX" ? { ...meant, predicates: plain(meant.predicates) } : meant];
  });
}
