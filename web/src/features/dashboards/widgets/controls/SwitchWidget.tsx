import { Power } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { members, text } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { getOf, isOn, sendOf } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import type { Widget } from "../../stored/model";
import { OnDevice } from "./OnDevice";
import { useDisabled } from "./useDisabled";

/** The settings' names for turning on and off, by the type of the widget. */
const TURNS: Record<string, [on: string, off: string]> = {
  toggle_button: ["checkState", "uncheckState"],
};
const ROUND = ["round_switch", "power_button"];

/** On or off: shows what the device reports, and the wish only while it is on its way. */
export function SwitchWidget({ widget }: { widget: Widget }) {
  return <OnDevice widget={widget}>{(device) => <OnOff widget={widget} device={device} />}</OnDevice>;
}

function OnOff({ widget, device }: { widget: Widget; device: EntityId }) {
  const { settings, type } = widget;
  const { get, turnOn, turnOff } = useMemo(() => {
    const [on, off] = TURNS[type] ?? ["onUpdateState", "offUpdateState"];
    return {
      get: getOf(settings),
      turnOn: sendOf(settings, on, { kind: "constant", value: true }),
      turnOff: sendOf(settings, off, { kind: "constant", value: false }),
    };
  }, [settings, type]);
  const control = useControl(device, get);
  const disabled = useDisabled(device, settings);
  const [wish, setWish] = useState<boolean>();
  const reported = control.reported === undefined ? undefined : isOn(control.reported, get.convert.on);
  // What was wished for ends when the device says something, or when it did not take it.
  const { kind } = control.life;
  useEffect(() => setWish(undefined), [control.reported]);
  useEffect(() => {
    if (kind === "failed") setWish(undefined);
  }, [kind]);
  const taken = typeof control.taken === "boolean" ? control.taken : undefined;
  const known = get.kind === "rpc" || get.kind === "nothing" ? (taken ?? reported) : (reported ?? taken);
  const on = wish ?? known ?? isOn(get.initial, true);
  const toggle = () => {
    setWish(!on);
    control.send(on ? turnOff : turnOn, !on);
  };
  const word = wordOf(settings, on);
  const title = widget.title || "Switch";
  const pending = wish !== undefined && reported !== undefined && wish !== reported;
  return (
    <>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-label={title}
        disabled={!control.ready || disabled}
        className={ROUND.includes(type) ? "turn turn-round" : "turn"}
        data-on={on || undefined}
        data-pending={pending || undefined}
        onClick={toggle}
      >
        {ROUND.includes(type) ? (
          <Power aria-hidden size={40} />
        ) : (
          <span className="turn-track" aria-hidden>
            <span className="turn-thumb" />
          </span>
        )}
      </button>
      <p className="turn-word" aria-hidden>
        {word}
      </p>
      {pending && <p className="small soft">The device reports {wordOf(settings, reported)}</p>}
      <LifeLine life={control.life} unread={control.unread} />
    </>
  );
}

function wordOf(settings: Record<string, unknown>, on: boolean): string {
  const look = members(on ? settings.checkedAppearance : settings.uncheckedAppearance);
  return text(on ? settings.onLabel : settings.offLabel) || text(look.label) || (on ? "On" : "Off");
}
