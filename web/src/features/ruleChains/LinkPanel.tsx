import { Trash2, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/Button";
import { Checkbox, SearchField, TextField } from "../../ui/Field";
import type { NodeKind } from "./kinds";

interface LinkProps {
  from: string;
  to: string;
  kind: NodeKind | undefined;
  labels: string[];
  onLabels: (labels: string[]) => void;
  onClose: () => void;
}

const MANY = 12;

/** Which results of a node take a link. */
export function LinkPanel({ from, to, kind, labels, onLabels, onClose }: LinkProps) {
  const [custom, setCustom] = useState("");
  const [wanted, setWanted] = useState("");
  // What the link has when it is opened comes first, and stays where it is while it is changed.
  const [had] = useState(labels);
  const offered = [...new Set([...had, ...(kind?.outputs ?? ["Success", "Failure"]), ...labels])];
  const shown = offered.filter((one) => one.toLowerCase().includes(wanted.toLowerCase()));
  const toggle = (label: string, on: boolean) =>
    onLabels(on ? [...labels, label] : labels.filter((one) => one !== label));
  return (
    <section className="node-panel" aria-label={`Link from ${from} to ${to}`}>
      <header className="node-panel-head">
        <div>
          <h2>Link</h2>
          <p className="soft small">
            {from} → {to}
          </p>
        </div>
        <IconButton label="Close the link" icon={<X aria-hidden />} onPress={onClose} />
      </header>
      <div className="node-panel-body stack">
        {offered.length > MANY && <SearchField label="Search labels" value={wanted} onChange={setWanted} />}
        <div role="group" aria-label="Labels of the link">
          {shown.map((one) => (
            <Checkbox key={one} label={one} value={labels.includes(one)} onChange={(on) => toggle(one, on)} />
          ))}
        </div>
        {kind?.customOutputs !== false && (
          <div className="row">
            <TextField
              bare
              label="Another label"
              placeholder="Another label"
              value={custom}
              onChange={setCustom}
            />
            <Button
              isDisabled={!custom.trim()}
              onPress={() => {
                toggle(custom.trim(), true);
                setCustom("");
              }}
            >
              Add label
            </Button>
          </div>
        )}
        <div>
          <Button look="danger" icon={<Trash2 aria-hidden />} onPress={() => onLabels([])}>
            Remove link
          </Button>
        </div>
      </div>
    </section>
  );
}
