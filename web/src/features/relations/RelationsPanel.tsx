import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2, Waypoints } from "lucide-react";
import { useState } from "react";
import { Link } from "react-aria-components";
import type { EntityId, RelationInfo } from "../../api/types";
import { placeOf } from "../../app/navigation";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Select } from "../../ui/Field";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { AddRelation } from "./AddRelation";
import { deleteRelation, relationsFrom, relationsTo } from "./requests";

const DIRECTIONS = [
  { id: "TO", label: "To this" },
  { id: "FROM", label: "From this" },
] as const;

export function RelationsPanel({ entity }: { entity: EntityId }) {
  const [direction, setDirection] = useState<"TO" | "FROM">("TO");
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<RelationInfo>();
  const relations = useQuery({
    queryKey: ["relations", entity.entityType, entity.id, direction],
    queryFn: () => (direction === "TO" ? relationsTo(entity) : relationsFrom(entity)),
  });
  const other = (one: RelationInfo) => (direction === "TO" ? one.from : one.to);
  const otherName = (one: RelationInfo) => (direction === "TO" ? one.fromName : one.toName) ?? other(one).id;

  return (
    <section className="sheet" aria-label="Relations">
      <div className="sheet-head">
        <div className="scope">
          <Select bare label="Direction" choices={DIRECTIONS} value={direction} onChange={setDirection} />
        </div>
        <Button icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
          Add relation
        </Button>
      </div>
      {relations.isPending && <Loading what="relations" />}
      {relations.isError && (
        <div className="sheet-pad">
          <Problem error={relations.error} onRetry={() => void relations.refetch()} />
        </div>
      )}
      {relations.data?.length === 0 && (
        <Empty
          icon={<Waypoints />}
          title={direction === "TO" ? "Nothing leads here" : "This leads to nothing"}
        >
          Relations say what contains or manages what; rules can follow them.
        </Empty>
      )}
      {relations.data && relations.data.length > 0 && (
        <div className="table-frame">
          <table className="table table-plain" aria-label="Relations">
            <thead>
              <tr>
                <th scope="col">Type</th>
                <th scope="col">{direction === "TO" ? "From" : "To"}</th>
                <th scope="col" className="table-minor">
                  Kind
                </th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {relations.data.map((one) => {
                const href = placeOf(other(one).entityType, other(one).id);
                return (
                  <tr key={`${one.type}/${other(one).id}`}>
                    <td>{one.type}</td>
                    <td>{href ? <Link href={href}>{otherName(one)}</Link> : otherName(one)}</td>
                    <td className="table-minor">
                      {other(one).entityType.toLowerCase().replaceAll("_", " ")}
                    </td>
                    <td>
                      <div className="table-actions">
                        <IconButton
                          label={`Delete the relation with ${otherName(one)}`}
                          icon={<Trash2 aria-hidden />}
                          onPress={() => setDeleting(one)}
                        />
                      </div>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {adding && (
        <AddRelation
          entity={entity}
          direction={direction}
          onClose={() => setAdding(false)}
          onAdded={() => void relations.refetch()}
        />
      )}
      <Confirm
        title="Delete this relation?"
        action="Delete"
        isOpen={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        onConfirm={async () => {
          if (deleting) await deleteRelation(deleting);
          await relations.refetch();
        }}
      >
        <p>{deleting && `${deleting.type} with ${otherName(deleting)}`}</p>
      </Confirm>
    </section>
  );
}
