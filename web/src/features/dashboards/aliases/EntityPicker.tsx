import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from "react-aria-components";
import { type Found, resolve } from "./requests";

interface PickerProps {
  label: string;
  entityType: string;
  /** The name of what is chosen. */
  chosen: string;
  onChoose: (found: Found) => void;
  /** Empties itself after a choice, to take another. */
  many?: boolean;
}

const SHOWN = 50;

/** Finds an entity of one kind by a part of its name. */
export function EntityPicker({ label, entityType, chosen, onChoose, many = false }: PickerProps) {
  const [typed, setTyped] = useState(chosen);
  const [searched, setSearched] = useState("");
  // A field that empties itself begins anew: clearing it in place would open its list again.
  const [round, setRound] = useState(0);
  const found = useQuery({
    queryKey: ["entities", entityType, searched],
    queryFn: () =>
      resolve({ type: "entityName", entityType, entityNameFilter: searched ? `%${searched}%` : "" }, SHOWN),
    placeholderData: (before) => before,
  });
  const items = (found.data?.first ?? []).map((one) => ({ id: one.entity.id, one }));
  return (
    <ComboBox
      key={round}
      autoFocus={round > 0}
      className="field"
      items={items}
      inputValue={typed}
      selectedKey={null}
      menuTrigger={many ? "input" : "focus"}
      allowsEmptyCollection
      onInputChange={(next) => {
        setTyped(next);
        setSearched(next === chosen ? "" : next.trim());
      }}
      onSelectionChange={(key) => {
        const one = items.find(({ id }) => id === key)?.one;
        if (!one) return;
        setTyped(many ? "" : one.name);
        setSearched("");
        if (many) setRound(round + 1);
        onChoose(one);
      }}
    >
      <Label className="field-label">{label}</Label>
      <div className="combo">
        <Input className="input" placeholder="Type a part of the name" />
        <AriaButton className="combo-open">
          <ChevronDown aria-hidden size={16} />
        </AriaButton>
      </div>
      <Popover className="popover">
        <ListBox<(typeof items)[number]>
          className="list-box"
          renderEmptyState={() => <p className="soft combo-none">Nothing found.</p>}
        >
          {({ one }) => (
            <ListBoxItem id={one.entity.id} textValue={one.name} className="list-box-item">
              {one.name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
