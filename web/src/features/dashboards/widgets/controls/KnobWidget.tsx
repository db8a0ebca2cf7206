import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { number } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { numeric } from "../../../telemetry/requests";
import { getOf, sendOf } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import type { Widget } from "../../stored/model";
import { shownNumber } from "../../values/shown";
import { type Dial, angleOf, arc, rounded, steps, valueAt } from "./dial";
import { OnDevice } from "./OnDevice";

/** Arrow keys send when they rest: longer than between two repetitions of a key that is held. */
const REST_MS = 120;

/** A dial that sends its value to a device when it is let go, and shows what became of it. */
export function KnobWidget({ widget }: { widget: Widget }) {
  return <OnDevice widget={widget}>{(device) => <Knob widget={widget} device={device} />}</OnDevice>;
}

function Knob({ widget, device }: { widget: Widget; device: EntityId }) {
  const { settings } = widget;
  const dial: Dial = {
    least: number(settings.minValue, 0),
    most: number(settings.maxValue, 100),
    decimals: widget.decimals ?? 0,
  };
  const { get, put } = useMemo(
    () => ({ get: getOf(settings), put: sendOf(settings, "valueChange") }),
    [settings],
  );
  const control = useControl(device, get);
  const [wish, setWish] = useState<number>();
  const dragging = useRef(false);
  const rest = useRef<number>(undefined);
  const reported = numeric(control.reported);
  const value = wish ?? reported ?? numeric(get.initial) ?? dial.least;

  const turn = (next: number) => {
    const kept = rounded(Math.min(Math.max(next, dial.least), dial.most), dial.decimals);
    setWish(kept);
    return kept;
  };
  const send = (next: number) =>
    control.send(put, settings.sendAsText === true ? next.toFixed(dial.decimals) : next);
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return valueAt(
      event.clientX - box.left - box.width / 2,
      event.clientY - box.top - box.height * 0.54,
      dial.least,
      dial.most,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = steps(event.key, value, dial);
    if (next === undefined || !control.ready) return;
    event.preventDefault();
    const kept = turn(next);
    window.clearTimeout(rest.current);
    rest.current = window.setTimeout(() => send(kept), REST_MS);
  };

  const angle = angleOf(value, dial.least, dial.most);
  const hand = { x: Math.cos((angle * Math.PI) / 180) * 80, y: Math.sin((angle * Math.PI) / 180) * 80 };
  const shown = value.toFixed(dial.decimals);
  const differs = wish !== undefined && reported !== undefined && reported !== wish && get.kind !== "rpc";
  return (
    <>
      <div
        className="knob-dial"
        role="slider"
        tabIndex={0}
        aria-label={widget.title || "Knob"}
        aria-valuemin={dial.least}
        aria-valuemax={dial.most}
        aria-valuenow={value}
        aria-valuetext={widget.units ? `${shown} ${widget.units}` : shown}
        aria-disabled={!control.ready}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (!control.ready) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
          turn(at(event));
        }}
        onPointerMove={(event) => {
          if (dragging.current) turn(at(event));
        }}
        onPointerUp={(event) => {
          if (!dragging.current) return;
          dragging.current = false;
          send(turn(at(event)));
        }}
        onPointerCancel={() => {
          dragging.current = false;
        }}
      >
        <svg viewBox="-100 -100 200 185" aria-hidden>
          <path className="dial-track" d={arc(80, 135, 405)} />
          {angle > 135.5 && <path className="dial-fill" d={arc(80, 135, angle)} />}
          <circle className="knob-hand" cx={hand.x} cy={hand.y} r={11} />
          <text className="dial-number" x={0} y={widget.units ? -4 : 4}>
            {shown}
          </text>
          {widget.units && (
            <text className="dial-unit" x={0} y={26}>
              {widget.units}
            </text>
          )}
          <text className="dial-end" x={-60} y={82}>
            {dial.least}
          </text>
          <text className="dial-end" x={60} y={82}>
            {dial.most}
          </text>
        </svg>
      </div>
      {differs && (
        <p className="small soft">
          The device reports {shownNumber(reported, widget.decimals, widget.units)}
        </p>
      )}
      <LifeLine life={control.life} unread={control.unread} />
    </>
  );
}
