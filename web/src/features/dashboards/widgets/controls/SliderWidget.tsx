import { Minus, Plus } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { number } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { IconButton } from "../../../../ui/Button";
import { numeric } from "../../../telemetry/requests";
import { getOf, sendOf } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import type { Widget } from "../../stored/model";
import { shownNumber } from "../../values/shown";
import { rounded } from "./dial";
import { OnDevice } from "./OnDevice";

/** Keys and steps send when they rest. */
const REST_MS = 400;

/** A value between two bounds, drawn along a line and sent when it is let go. */
export function SliderWidget({ widget }: { widget: Widget }) {
  return (
    <OnDevice widget={widget}>
      {(device) => (
        <Set widget={widget} device={device}>
          {(set) => (
            <>
              <span className="slide-value" aria-hidden>
                {set.shown}
              </span>
              <input
                type="range"
                className="slide"
                aria-label={widget.title || "Slider"}
                aria-valuetext={set.shown}
                min={set.least}
                max={set.most}
                step={set.step}
                value={set.value}
                disabled={!set.ready}
                onChange={(event) => set.wish(Number(event.target.value))}
                onPointerUp={(event) => set.send(Number(event.currentTarget.value))}
                onKeyUp={(event) => set.sendSoon(Number(event.currentTarget.value))}
              />
              <div className="slide-ends soft small" aria-hidden>
                <span>{set.least}</span>
                <span>{set.most}</span>
              </div>
            </>
          )}
        </Set>
      )}
    </OnDevice>
  );
}

/** A value with a button for less and one for more. */
export function StepperWidget({ widget }: { widget: Widget }) {
  const name = widget.title || "Value";
  return (
    <OnDevice widget={widget}>
      {(device) => (
        <Set widget={widget} device={device}>
          {(set) => {
            const step = (by: number) => {
              const next = set.wish(set.value + by);
              set.sendSoon(next, by > 0 ? "rightButtonClick" : "leftButtonClick");
            };
            return (
              <div className="stepper" role="group" aria-label={name}>
                <IconButton
                  label={`Less ${name}`}
                  look="secondary"
                  icon={<Minus aria-hidden />}
                  isDisabled={!set.ready || set.value <= set.least}
                  onPress={() => step(-set.step)}
                />
                <span className="slide-value" aria-live="polite">
                  {set.shown}
                </span>
                <IconButton
                  label={`More ${name}`}
                  look="secondary"
                  icon={<Plus aria-hidden />}
                  isDisabled={!set.ready || set.value >= set.most}
                  onPress={() => step(set.step)}
                />
              </div>
            );
          }}
        </Set>
      )}
    </OnDevice>
  );
}

interface Setting {
  value: number;
  shown: string;
  least: number;
  most: number;
  step: number;
  ready: boolean;
  wish: (value: number) => number;
  send: (value: number, name?: string) => void;
  sendSoon: (value: number, name?: string) => void;
}

/** The value of a slider or stepper, and the sending of it. */
function Set({
  widget,
  device,
  children,
}: {
  widget: Widget;
  device: EntityId;
  children: (set: Setting) => ReactNode;
}) {
  const { settings } = widget;
  const least = number(settings.tickMin, number(settings.minValueRange, number(settings.minValue, 0)));
  const most = number(settings.tickMax, number(settings.maxValueRange, number(settings.maxValue, 100)));
  const decimals = widget.decimals ?? 0;
  const get = useMemo(() => getOf(settings), [settings]);
  const control = useControl(device, get);
  const [wish, setWish] = useState<number>();
  const sent = useRef<number>(undefined);
  const rest = useRef<number>(undefined);
  const reported = numeric(control.reported);
  const value = Math.min(Math.max(wish ?? reported ?? numeric(get.initial) ?? least, least), most);
  const units = widget.units || (typeof settings.valueUnits === "string" ? settings.valueUnits : "");
  const send = (next: number, name = "valueChange") => {
    window.clearTimeout(rest.current);
    // Releasing the pointer and the key may both report the same end.
    if (next === sent.current && control.life.kind !== "failed") return;
    sent.current = next;
    control.send(sendOf(settings, name), next);
  };
  const set: Setting = {
    value,
    shown: shownNumber(value, decimals, units),
    least,
    most,
    step: number(settings.valueStep, 10 ** -decimals),
    ready: control.ready,
    wish: (next) => {
      const kept = rounded(Math.min(Math.max(next, least), most), decimals);
      setWish(kept);
      return kept;
    },
    send,
    sendSoon: (next, name) => {
      window.clearTimeout(rest.current);
      rest.current = window.setTimeout(() => send(next, name), REST_MS);
    },
  };
  const differs = wish !== undefined && reported !== undefined && reported !== wish && get.kind !== "rpc";
  return (
    <>
      {children(set)}
      {differs && <p className="small soft">The device reports {shownNumber(reported, decimals, units)}</p>}
      <LifeLine life={control.life} unread={control.unread} />
    </>
  );
}
