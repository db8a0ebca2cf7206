import { useMemo } from "react";
import { members, text } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { Button } from "../../../../ui/Button";
import type { Get } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import type { Widget } from "../../stored/model";
import { useBoard } from "../../board";
import { OnDevice } from "./OnDevice";
import { sendsOf } from "./press";

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
  const label = text(settings.buttonText) || text(settings.label) || widget.title || "Send";
  if (sends === undefined)
    return <p className="soft small">The values of this button are no JSON object: edit it.</p>;
  return (
    <>
      <Button
        look="primary"
        isDisabled={!control.ready}
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
  const action = widget.actions[0];
  const run = action && board.actionOf(action);
  const label = text(members(widget.settings).label) || widget.title || "Go";
  return (
    <div className="control">
      <Button isDisabled={!run || board.editing} onPress={() => run?.(undefined)}>
        {label}
      </Button>
    </div>
  );
}
