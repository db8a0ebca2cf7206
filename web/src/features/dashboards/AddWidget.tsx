import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { NumberField, Select, TextField } from "../../ui/Field";
import { listDevices } from "../devices/requests";
import { listKeys } from "../telemetry/requests";
import type { NewWidget } from "./edit";
import type { DashboardView } from "./model";

const KINDS = [
  { id: "knob", label: "Knob control", fqn: "system.control_widgets.knob_control", type: "rpc", w: 7, h: 6 },
  {
    id: "gauge",
    label: "Horizontal bar",
    fqn: "system.digital_gauges.horizontal_bar_justgage",
    type: "latest",
    w: 9,
    h: 4,
  },
  {
    id: "chart",
    label: "Time series chart",
    fqn: "system.charts.time_series_chart",
    type: "timeseries",
    w: 17,
    h: 6,
  },
  { id: "bars", label: "Bar chart", fqn: "system.charts.bar_chart", type: "timeseries", w: 17, h: 6 },
  { id: "value", label: "Value card", fqn: "system.cards.value_card", type: "latest", w: 5, h: 4 },
  { id: "table", label: "Entities table", fqn: "system.cards.entities_table", type: "latest", w: 12, h: 5 },
] as const;

type KindId = (typeof KINDS)[number]["id"];

interface AddProps {
  view: DashboardView;
  onClose: () => void;
  onAdd: (widget: NewWidget) => void;
}

/** Chooses a widget, the device it is about and its key. */
export function AddWidget({ onClose, onAdd }: AddProps) {
  const [kindId, setKind] = useState<KindId>("knob");
  const [title, setTitle] = useState("");
  const [deviceId, setDevice] = useState<string>();
  const [key, setKey] = useState("");
  const [units, setUnits] = useState("");
  const [decimals, setDecimals] = useState(0);
  const [least, setLeast] = useState(0);
  const [most, setMost] = useState(100);
  const kind = KINDS.find((one) => one.id === kindId) ?? KINDS[0];
  const devices = useQuery({
    queryKey: ["devices", "names"],
    queryFn: () => listDevices({ page: 0, pageSize: 100, sortProperty: "name", sortOrder: "ASC" }),
  });
  const keys = useQuery({
    queryKey: ["keys", deviceId],
    queryFn: () => listKeys({ entityType: "DEVICE", id: deviceId ?? "" }),
    enabled: deviceId !== undefined,
  });
  const choices = (devices.data?.data ?? []).flatMap((one) =>
    one.id ? [{ id: one.id.id, label: one.name ?? "" }] : [],
  );
  const device = choices.find((one) => one.id === deviceId);
  const bounded = kindId === "knob" || kindId === "gauge";
  const add = () => {
    if (!device) return;
    onAdd({
      fqn: kind.fqn,
      type: kind.type,
      title: title.trim() || kind.label,
      device: { id: device.id, name: device.label },
      key: key.trim(),
      units,
      decimals,
      least,
      most,
      w: kind.w,
      h: kind.h,
    });
  };
  return (
    <Dialog
      title="Add widget"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!device || !key.trim() || least >= most} onPress={add}>
            Add
          </Button>
        </>
      }
    >
      <Select label="Widget" choices={KINDS} value={kindId} onChange={setKind} />
      <TextField label="Title" value={title} onChange={setTitle} placeholder={kind.label} />
      <Select
        label="Device"
        choices={choices}
        value={deviceId}
        onChange={setDevice}
        description="An alias of the dashboard is made for it."
      />
      {keys.data && keys.data.length > 0 ? (
        <Select
          label={kindId === "knob" ? "Key it begins at" : "Key"}
          choices={keys.data.map((id) => ({ id, label: id }))}
          value={key || undefined}
          onChange={setKey}
        />
      ) : (
        <TextField label={kindId === "knob" ? "Key it begins at" : "Key"} value={key} onChange={setKey} />
      )}
      <div className="columns">
        <TextField label="Unit" value={units} onChange={setUnits} />
        <NumberField label="Decimals" value={decimals} onChange={setDecimals} minValue={0} maxValue={6} />
        {bounded && <NumberField label="Least value" value={least} onChange={setLeast} />}
        {bounded && <NumberField label="Most value" value={most} onChange={setMost} />}
      </div>
    </Dialog>
  );
}
