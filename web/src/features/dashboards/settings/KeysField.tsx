import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, ChevronDown, GripVertical, Plus, Trash2 } from "lucide-react";
import { type DragEvent, useState } from "react";
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from "react-aria-components";
import { type Members, text } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { NumberField, Select, TextField } from "../../../ui/Field";
import { filterOf } from "../aliases/filter";
import { keysOf } from "../aliases/requests";
import { useBoard } from "../board";
import { ColourField } from "./ColourField";

const FIELDS = ["name", "label", "type", "createdTime"];
const KINDS = [
  { id: "timeseries", label: "Time series" },
  { id: "attribute", label: "Attribute" },
  { id: "entityField", label: "Entity field" },
] as const;

interface KeysProps {
  keys: Members[];
  filter: Members | undefined;
  seriesOnly: boolean;
  onChange: (keys: Members[]) => void;
}

interface Offer {
  id: string;
  name: string;
  type: string;
}

/** Which values are shown, and how each looks. */
export function KeysField({ keys, filter, seriesOnly, onChange }: KeysProps) {
  const { entities } = useBoard();
  const [dragged, setDragged] = useState<number>();
  const asked = filter && filterOf(filter, entities);
  const known = useQuery({
    queryKey: ["keys-of", asked],
    queryFn: () => keysOf(asked ?? {}),
    enabled: asked !== undefined,
    retry: false,
  });
  const offers: Offer[] = [
    ...(known.data?.timeseries ?? []).map((name) => ({ name, type: "timeseries" })),
    ...(seriesOnly ? [] : (known.data?.attribute ?? []).map((name) => ({ name, type: "attribute" }))),
    ...(seriesOnly ? [] : FIELDS.map((name) => ({ name, type: "entityField" }))),
  ].map((one) => ({ ...one, id: `${one.type}/${one.name}` }));
  const add = (name: string, type: string) => {
    const plain = name.trim();
    if (plain) onChange([...keys, { name: plain, type, label: plain, color: "", settings: {} }]);
  };
  return (
    <div className="keys">
      {keys.map((key, index) => (
        <KeyRow
          key={index}
          stored={key}
          onChange={(part) => onChange(keys.map((one, at) => (at === index ? { ...one, ...part } : one)))}
          onRemove={() => onChange(keys.filter((_, at) => at !== index))}
          onUp={index > 0 ? () => onChange(moved(keys, index, index - 1)) : undefined}
          onDown={index < keys.length - 1 ? () => onChange(moved(keys, index, index + 1)) : undefined}
          alone={keys.length < 2}
          onDrag={(active) => setDragged(active ? index : undefined)}
          onOver={() => {
            if (dragged === undefined || dragged === index) return;
            onChange(moved(keys, dragged, index));
            setDragged(index);
          }}
        />
      ))}
      <AddKey offers={offers} seriesOnly={seriesOnly} onAdd={add} />
    </div>
  );
}

/** A list with one item at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)];
}

function AddKey({
  offers,
  seriesOnly,
  onAdd,
}: {
  offers: Offer[];
  seriesOnly: boolean;
  onAdd: (name: string, type: string) => void;
}) {
  const [typed, setTyped] = useState("");
  // After a choice the field begins anew: clearing it in place would open its list again.
  const [round, setRound] = useState(0);
  const [type, setType] = useState<(typeof KINDS)[number]["id"]>("timeseries");
  const fitting = offers.filter((one) => one.name.toLowerCase().includes(typed.toLowerCase()));
  return (
    <div className="key-add">
      <ComboBox
        key={round}
        autoFocus={round > 0}
        className="field"
        items={fitting}
        inputValue={typed}
        selectedKey={null}
        allowsCustomValue
        onInputChange={setTyped}
        onSelectionChange={(id) => {
          const one = offers.find((offer) => offer.id === id);
          if (!one) return;
          onAdd(one.name, one.type);
          setTyped("");
          setRound(round + 1);
        }}
      >
        <Label className="field-label">Add a key</Label>
        <div className="combo">
          <Input className="input" placeholder="Key" />
          <AriaButton className="combo-open">
            <ChevronDown aria-hidden size={16} />
          </AriaButton>
        </div>
        <Popover className="popover">
          <ListBox<Offer> className="list-box">
            {(one) => (
              <ListBoxItem id={one.id} textValue={one.name} className="list-box-item">
                {one.name}
                <span className="small soft">{KINDS.find(({ id }) => id === one.type)?.label}</span>
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
      {!seriesOnly && <Select label="Kind" choices={KINDS} value={type} onChange={setType} />}
      <Button
        icon={<Plus aria-hidden />}
        isDisabled={!typed.trim()}
        onPress={() => {
          onAdd(typed, seriesOnly ? "timeseries" : type);
          setTyped("");
        }}
      >
        Add key
      </Button>
    </div>
  );
}

interface RowProps {
  stored: Members;
  onChange: (part: Members) => void;
  onRemove: () => void;
  /** Missing at the ends. */
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
  /** Whether there is no other to change places with. */
  alone: boolean;
  /** Taken with the mouse, or let go. */
  onDrag: (active: boolean) => void;
  /** The one that is dragged has come here. */
  onOver: () => void;
}

function KeyRow({ stored, onChange, onRemove, onUp, onDown, alone, onDrag, onOver }: RowProps) {
  const name = text(stored.name);
  const kind = KINDS.find((one) => one.id === stored.type)?.label ?? text(stored.type);
  return (
    <fieldset
      className="key-row"
      onDragOver={(event) => {
        event.preventDefault();
        onOver();
      }}
      onDrop={(event) => event.preventDefault()}
    >
      <legend className="small key-legend">
        {!alone && (
          <span
            className="key-grip"
            draggable
            aria-hidden
            title={`Drag ${name}`}
            onDragStart={(event: DragEvent) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", name);
              onDrag(true);
            }}
            onDragEnd={() => onDrag(false)}
          >
            <GripVertical size={16} />
          </span>
        )}
        <code>{name}</code> <span className="soft">{kind}</span>
      </legend>
      <div className="key-tools">
        {!alone && (
          <>
            <IconButton
              label={`Move ${name} up`}
              icon={<ArrowUp aria-hidden />}
              isDisabled={!onUp}
              onPress={onUp}
            />
            <IconButton
              label={`Move ${name} down`}
              icon={<ArrowDown aria-hidden />}
              isDisabled={!onDown}
              onPress={onDown}
            />
          </>
        )}
        <IconButton label={`Remove ${name}`} icon={<Trash2 aria-hidden />} onPress={onRemove} />
      </div>
      <TextField
        label="Label"
        value={text(stored.label)}
        onChange={(label) => onChange({ label })}
        placeholder={name}
      />
      <TextField label="Unit" value={text(stored.units)} onChange={(units) => onChange({ units })} />
      <NumberField
        label="Decimals"
        value={typeof stored.decimals === "number" ? stored.decimals : NaN}
        minValue={0}
        maxValue={15}
        onChange={(next) => onChange({ decimals: Number.isFinite(next) ? next : null })}
      />
      <ColourField
        label="Colour"
        name={name}
        value={text(stored.color)}
        onChange={(color) => onChange({ color })}
      />
    </fieldset>
  );
}
