import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { members, number, text } from "../../../api/shapes";
import { full } from "../../../format/time";
import { Status } from "../../../ui/Status";
import { angleOf, arc, rounded, valueAt } from "../dial";
import type { Widget } from "../model";
import { type Found, sendCommand } from "../requests";
import { Sender, type Sending } from "../sender";
import { initialValue } from "./initialValue";
import { NoEntity, type WidgetProps } from "./WidgetView";

/** Timeouts below this come from old dashboards, where the server raised them. */
const LEAST_TIMEOUT = 5_000;
/** Arrow keys send when they rest. */
const REST_MS = 400;

/** A dial that sends its value to a device when it is let go, and shows what became of it. */
export function KnobWidget({ widget, found, editing }: WidgetProps) {
  const device = found.get(widget.target ?? "")?.[0];
  if (!device) return <NoEntity />;
  return <Knob key={device.entity.id} widget={widget} device={device} editing={editing} />;
}

function Knob({ widget, device, editing }: { widget: Widget; device: Found; editing: boolean }) {
  const { settings } = widget;
  const least = number(settings.minValue, 0);
  const most = number(settings.maxValue, 100);
  const decimals = widget.decimals ?? 0;
  const [value, setValue] = useState(number(settings.initialValue, least));
  const [sending, setSending] = useState<Sending>({ kind: "idle" });
  const dragging = useRef(false);
  const touched = useRef(false);
  const rest = useRef<number>(undefined);
  const sender = useMemo(() => {
    const execute = members(members(settings.valueChange).executeRpc);
    const method = text(execute.method) || text(settings.setValueMethod) || "setValue";
    const timeout = Math.max(
      number(execute.requestTimeout, number(settings.requestTimeout, LEAST_TIMEOUT)),
      LEAST_TIMEOUT,
    );
    const send = (next: number) => {
      const params = settings.sendAsText === true ? next.toFixed(decimals) : next;
      return sendCommand(device.entity.id, "oneway", method, params, timeout);
    };
    return new Sender<number>(send, setSending);
  }, [settings, decimals, device.entity.id]);

  useEffect(() => {
    if (editing) return;
    let gone = false;
    initialValue(device.entity, settings)
      .then((read) => {
        if (!gone && !touched.current && read !== undefined) setValue(read);
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (!gone && !touched.current)
          setSending({ kind: "failed", reason: `the value could not be read: ${reason}` });
      });
    return () => {
      gone = true;
    };
  }, [device.entity, settings, editing]);

  const turn = (next: number) => {
    touched.current = true;
    const kept = rounded(Math.min(Math.max(next, least), most), decimals);
    setValue(kept);
    return kept;
  };
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return valueAt(
      event.clientX - box.left - box.width / 2,
      event.clientY - box.top - box.height * 0.54,
      least,
      most,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const fine = 10 ** -decimals;
    const coarse = Math.max((most - least) / 10, fine);
    const steps: Record<string, number> = {
      ArrowUp: value + fine,
      ArrowRight: value + fine,
      ArrowDown: value - fine,
      ArrowLeft: value - fine,
      PageUp: value + coarse,
      PageDown: value - coarse,
      Home: least,
      End: most,
    };
    const next = steps[event.key];
    if (next === undefined || editing) return;
    event.preventDefault();
    const kept = turn(next);
    window.clearTimeout(rest.current);
    rest.current = window.setTimeout(() => sender.put(kept), REST_MS);
  };

  const angle = angleOf(value, least, most);
  const hand = { x: Math.cos((angle * Math.PI) / 180) * 80, y: Math.sin((angle * Math.PI) / 180) * 80 };
  return (
    <div className="knob">
      {!widget.showTitle && <h2 className="widget-title">{text(settings.title) || widget.title}</h2>}
      <div
        className="knob-dial"
        role="slider"
        tabIndex={0}
        aria-label={widget.title}
        aria-valuemin={least}
        aria-valuemax={most}
        aria-valuenow={value}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (editing) return;
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
          sender.put(turn(at(event)));
        }}
      >
        <svg viewBox="-100 -100 200 185" aria-hidden>
          <path
            className="knob-track"
            d={arc(80, 135, 405)}
            fill="none"
            strokeWidth={14}
            strokeLinecap="round"
          />
          {angle > 135.5 && (
            <path
              className="knob-fill"
              d={arc(80, 135, angle)}
              fill="none"
              strokeWidth={14}
              strokeLinecap="round"
            />
          )}
          <circle className="knob-hand" cx={hand.x} cy={hand.y} r={11} />
          <text className="knob-number" x={0} y={4}>
            {value.toFixed(decimals)}
          </text>
          <text className="knob-end" x={-60} y={82}>
            {least}
          </text>
          <text className="knob-end" x={60} y={82}>
            {most}
          </text>
        </svg>
      </div>
      <div className="knob-state small" role="status">
        <Life sending={sending} />
      </div>
    </div>
  );
}

function Life({ sending }: { sending: Sending }) {
  switch (sending.kind) {
    case "idle":
      return null;
    case "sending":
      return (
        <Status tone="busy" plain>
          Sending
        </Status>
      );
    case "delivered":
      return (
        <Status tone="good" plain>
          {`Delivered ${full(sending.at).slice(11)}`}
        </Status>
      );
    case "failed":
      return (
        <span className="soft">
          <Status tone="bad" plain>
            Failed
          </Status>{" "}
          {sending.reason}
        </span>
      );
  }
}
