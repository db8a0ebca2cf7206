import { useMemo } from "react";
import { type Members, members, text } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { Button } from "../../../../ui/Button";
import type { Get } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import type { Widget } from "../../stored/model";
import { useBoard } from "../../board";
import { useTarget } from "../../values/useSources";
import { OnDevice } from "./OnDevice";
import { sendsOf } from "./press";
import { useDisabled } from "./useDisabled";

const NOTHING: Get = { kind: "nothing", initial: undefined, convert: { on: true, parse: undefined } };

/** Sends a command, or writes attributes, when it is pressed. */
export function ButtonWidget({ widget }: { widget: Widget }) {
  if (widget.type === "action_button") return <ActionButton widget={widget} />;
  return <OnDevice widget={widget}>{(device) => <Pressed widget={widget} device={device} />}</OnDevice>;
}

function Pressed({ widget, device }: { widget: Widget; device: EntityId }) {
  const { settings } = widget;
  const sends = useMemo(() => sendsOf(widget), [widget]);
  const control = useControl(device, NOTHING);
  const disabled = useDisabled(device, settings);
  const label = text(settings.buttonText) || labelOf(settings) || widget.title || "Send";
  if (sends === undefined)
    return <p className="soft small">The values of this button are no JSON object: edit it.</p>;
  return (
    <>
      <Button
        look="primary"
        isDisabled={!control.ready || disabled}
        onPress={() => sends.forEach(({ send, value }) => control.send(send, value))}
      >
        {label}
      </Button>
      <LifeLine life={control.life} />
    </>
  );
}

/** A button that leads somewhere instead of sending anything. */
function ActionButton({ widget }: { widget: Widget }) {
  const board = useBoard();
  const target = useTarget(widget.target);
  const device = target.row?.entity;
  const disabled = useDisabled(device, widget.settings);
  // Until its entity is known an action would lead to a state without it.
  const waits = widget.target !== undefined && target.rows === undefined && !target.missing;
  const action = widget.actions.find((one) => one.source === "click") ?? widget.actions[0];
  const run = action && board.actionOf(action);
  const label = labelOf(widget.settings) || widget.title || "Go";
  return (
    <div className="control">
      <Button isDisabled={!run || waits || board.editing || disabled} onPress={() => run?.(device)}>
        {label}
      </Button>
    </div>
  );
}

/** Newer buttons have their words among their looks. */
function labelOf(settings: Members): string {
  return text(settings.label) || text(members(settings.appearance).label);
}
