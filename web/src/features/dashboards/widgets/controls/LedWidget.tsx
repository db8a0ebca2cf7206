import { Lightbulb, LightbulbOff } from "lucide-react";
import { useMemo } from "react";
import { text } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { type Get, getOf, isOn, rpcOf } from "../../controls/actions";
import { LifeLine } from "../../controls/LifeLine";
import { useControl } from "../../controls/useControl";
import type { Widget } from "../../stored/model";
import { OnDevice } from "./OnDevice";

/** A lamp that is on or off as the device reports. */
export function LedWidget({ widget }: { widget: Widget }) {
  return <OnDevice widget={widget}>{(device) => <Led widget={widget} device={device} />}</OnDevice>;
}

function Led({ widget, device }: { widget: Widget; device: EntityId }) {
  const { settings } = widget;
  const { asked, heard } = useMemo(() => {
    const heard = getOf({ retrieveValueMethod: "attribute", ...settings });
    const asked: Get =
      settings.performCheckStatus === false || heard.kind === "rpc"
        ? { ...heard, kind: "nothing" }
        : {
            kind: "rpc",
            rpc: rpcOf(settings, text(settings.checkStatusMethod) || "checkStatus"),
            initial: heard.initial,
            convert: heard.convert,
          };
    return { asked, heard };
  }, [settings]);
  const answer = useControl(device, asked);
  const report = useControl(device, heard);
  const known = report.reported ?? answer.reported;
  const on = isOn(known ?? heard.initial, heard.convert.on);
  return (
    <>
      <div
        role="img"
        aria-label={`${widget.title || "Lamp"}: ${known === undefined ? "not known" : on ? "on" : "off"}`}
        className="led"
        data-on={on || undefined}
      >
        {on ? <Lightbulb aria-hidden size={36} /> : <LightbulbOff aria-hidden size={36} />}
      </div>
      <p className="turn-word" aria-hidden>
        {known === undefined ? "Not known" : on ? "On" : "Off"}
      </p>
      <LifeLine life={{ kind: "idle" }} unread={known === undefined ? answer.unread : undefined} />
    </>
  );
}
