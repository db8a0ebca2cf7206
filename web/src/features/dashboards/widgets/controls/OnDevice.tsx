import { type ReactNode, useMemo } from "react";
import type { EntityId } from "../../../../api/types";
import type { Widget } from "../../stored/model";
import { useTarget } from "../../values/useSources";
import { Nothing } from "../Nothing";

/** A control for its device; it begins anew when the alias means another one. */
export function OnDevice({
  widget,
  children,
}: {
  widget: Widget;
  children: (device: EntityId) => ReactNode;
}) {
  const found = useTarget(widget.target);
  const { id, entityType } = found.row?.entity ?? {};
  const device = useMemo(() => (id && entityType ? { id, entityType } : undefined), [id, entityType]);
  if (!device) return <Nothing found={found} />;
  return (
    <div key={device.id} className="control">
      {children(device)}
    </div>
  );
}
