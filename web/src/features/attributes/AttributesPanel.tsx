import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus, Tag, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { Attribute, AttributeScope, EntityId } from "../../api/types";
import { useAttributeValues } from "../../live/values";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Select } from "../../ui/Field";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { Ago } from "../../ui/Time";
import { EditAttribute } from "./EditAttribute";
import { deleteAttribute, listAttributes } from "./requests";
import { shown } from "./value";
import "../telemetry/telemetry.css";

const SCOPES = [
  { id: "CLIENT_SCOPE", label: "Client attributes", description: "Reported by the device" },
  { id: "SHARED_SCOPE", label: "Shared attributes", description: "Set here, meant for the device" },
  { id: "SERVER_SCOPE", label: "Server attributes", description: "Set here, hidden from the device" },
] as const;

export function AttributesPanel({ entity, only }: { entity: EntityId; only?: AttributeScope }) {
  const [scope, setScope] = useState<AttributeScope>(only ?? "CLIENT_SCOPE");
  const [editing, setEditing] = useState<Attribute | "new">();
  const [deleting, setDeleting] = useState<string>();
  const attributes = useQuery({
    queryKey: ["attributes", entity.entityType, entity.id, scope],
    queryFn: () => listAttributes(entity, scope),
  });
  const live = useAttributeValues(entity, scope);
  const { refetch } = attributes;
  // The typed values come by REST; the live connection says when to read them again.
  useEffect(() => {
    if (live) void refetch();
  }, [live, refetch]);

  return (
    <section className="sheet" aria-label="Attributes">
      <div className="sheet-head">
        {only ? (
          <h2>Server attributes</h2>
        ) : (
          <div className="scope">
            <Select bare label="Scope" choices={SCOPES} value={scope} onChange={setScope} />
          </div>
        )}
        <Button icon={<Plus aria-hidden />} onPress={() => setEditing("new")}>
          Add attribute
        </Button>
      </div>
      {attributes.isPending && <Loading what="attributes" />}
      {attributes.isError && (
        <div className="sheet-pad">
          <Problem error={attributes.error} onRetry={() => void refetch()} />
        </div>
      )}
      {attributes.data?.length === 0 && (
        <Empty icon={<Tag />} title="No attributes in this scope">
          Attributes are values without history: a serial number, a location, a setting.
        </Empty>
      )}
      {attributes.data && attributes.data.length > 0 && (
        <div className="table-frame">
          <table className="table table-plain" aria-label="Attributes">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col" className="table-minor">
                  Last update
                </th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {attributes.data.map((one) => (
                <tr key={one.key}>
                  <th scope="row" className="telemetry-key">
                    {one.key}
                  </th>
                  <td className="table-wrap">{shown(one.value)}</td>
                  <td className="table-minor">
                    <Ago ts={one.lastUpdateTs} />
                  </td>
                  <td>
                    <div className="table-actions">
                      <IconButton
                        label={`Edit ${one.key}`}
                        icon={<Pencil aria-hidden />}
                        onPress={() => setEditing(one)}
                      />
                      <IconButton
                        label={`Delete ${one.key}`}
                        icon={<Trash2 aria-hidden />}
                        onPress={() => setDeleting(one.key)}
                      />
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {editing && (
        <EditAttribute
          entity={entity}
          scope={scope}
          attribute={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSaved={() => void refetch()}
        />
      )}
      <Confirm
        title={`Delete the attribute ${deleting ?? ""}?`}
        action="Delete"
        isOpen={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        onConfirm={async () => {
          await deleteAttribute(entity, scope, deleting ?? "");
          await refetch();
        }}
      >
        <p>Rules and dashboards that read it find nothing afterwards.</p>
      </Confirm>
    </section>
  );
}
