import { useQueries } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import type { EntityId } from "../../../api/types";
import { Select } from "../../../ui/Field";
import type { Alias } from "../stored/model";
import { isChoice } from "./chosen";
import { filterOf } from "./filter";
import { resolve } from "./requests";

/** Most entities to choose from. */
const OFFERED = 200;

interface EntitiesProps {
  aliases: ReadonlyMap<string, Alias>;
  /** The entities of the open state. */
  stateEntities: ReadonlyMap<string, EntityId>;
  /** By the id of an alias. */
  chosen: ReadonlyMap<string, EntityId>;
  onChoose: (chosen: ReadonlyMap<string, EntityId>) => void;
}

/** Chooses which entity is looked at, where an alias of one finds several; nothing where none does. */
export function EntitiesSelect({ aliases, stateEntities, chosen, onChoose }: EntitiesProps) {
  const asked = [...aliases.values()].filter(isChoice).flatMap((alias) => {
    const filter = filterOf(alias.filter, stateEntities);
    return filter ? [{ alias, filter }] : [];
  });
  const found = useQueries({
    queries: asked.map(({ filter }) => ({
      queryKey: ["alias-choice", filter],
      queryFn: () => resolve(filter, OFFERED),
      retry: false,
    })),
  });
  const choices = asked.flatMap(({ alias }, index) => {
    const entities = found[index]?.data?.first ?? [];
    return entities.length > 1 ? [{ alias, entities }] : [];
  });
  if (choices.length === 0) return null;
  return (
    <DialogTrigger>
      <AriaButton className="button button-secondary">
        <Boxes aria-hidden />
        <span>Entities</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="window-dialog" aria-label="Entities">
          <div className="window-form">
            {choices.map(({ alias, entities }) => (
              <Select
                key={alias.id}
                label={alias.name}
                choices={entities.map(({ entity, name }) => ({ id: entity.id, label: name }))}
                value={chosen.get(alias.id)?.id ?? entities[0]?.entity.id}
                onChange={(id) => {
                  const one = entities.find(({ entity }) => entity.id === id);
                  if (one) onChoose(new Map([...chosen, [alias.id, one.entity]]));
                }}
              />
            ))}
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
