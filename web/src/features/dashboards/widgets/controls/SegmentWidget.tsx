import { useMemo } from "react";
import { isMembers, members, text } from "../../../../api/shapes";
import { useBoard } from "../../board";
import { getOf, isOn, sendOf } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import { type Widget, readAction } from "../../stored/model";
import { useTarget } from "../../values/useSources";
import { useDisabled } from "./useDisabled";

const SIDES = [
  { name: "leftButtonClick", look: "leftAppearance", word: "Left", on: true },
  { name: "rightButtonClick", look: "rightAppearance", word: "Right", on: false },
] as const;

/** Two buttons of which one is chosen; each leads to a state of the dashboard, or sends a value. */
export function SegmentWidget({ widget }: { widget: Widget }) {
  const { settings } = widget;
  const board = useBoard();
  const target = useTarget(widget.target);
  const device = target.row?.entity;
  const get = useMemo(() => getOf(settings), [settings]);
  const control = useControl(device, get);
  const disabled = useDisabled(device, settings);
  // Until its entity is known an action would lead to a state without it.
  const waits = widget.target !== undefined && target.rows === undefined && !target.missing;
  const known = control.reported ?? control.taken;
  const chosen = known === undefined ? isOn(get.initial, true) : isOn(known, get.convert.on);
  const needed = get.kind !== "state" && get.kind !== "nothing";
  return (
    <div className="control">
      <div className="segments" role="radiogroup" aria-label={widget.title || "Choice"}>
        {SIDES.map(({ name, look, word, on }) => {
          const raw = members(settings[name]);
          // Sending has an action of its own form; leading somewhere a type.
          const sends = typeof raw.action === "string";
          const run = sends ? undefined : board.actionOf(readAction(name, raw));
          const label = text(members(members(settings.appearance)[look]).label) || word;
          return (
            <button
              key={name}
              type="button"
              role="radio"
              aria-checked={chosen === on}
              className="segment"
              disabled={disabled || waits || board.editing || !(sends ? control.ready : run)}
              onClick={() => (sends ? control.send(sendOf(settings, name), on) : run?.(device))}
            >
              {label}
            </button>
          );
        })}
      </div>
      {needed && !device && isMembers(settings.initialState) && (
        <p className="small soft">{target.missing ?? "No device yet."}</p>
      )}
      <LifeLine life={control.life} unread={control.unread} />
    </div>
  );
}
