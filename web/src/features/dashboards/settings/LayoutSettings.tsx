import { useState } from "react";
import { type Members, isMembers, members } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Checkbox, NumberField, Select, Switch } from "../../../ui/Field";
import type { Spot } from "../stored/edit";
import {
  gridAt,
  withBreakpoint,
  withDivision,
  withGrid,
  withGridEverywhere,
  withRight,
} from "../stored/layouts";
import { BREAKPOINTS, type Division, readDivision } from "../stored/look";
import { FIRST_FIELD, GRID_FIELDS, GROUND_FIELDS, NARROW_FIELDS } from "./boardFields";
import { FieldInputs } from "./FieldInput";

interface LayoutProps {
  configuration: Members;
  spot: Spot;
  onChange: (configuration: Members) => void;
}

const DIVISIONS = [
  { id: "even", label: "Alike" },
  { id: "percent", label: "In parts" },
  { id: "main", label: "Main layout is fixed" },
  { id: "right", label: "Right layout is fixed" },
] as const;

/** The layouts of a state: how many, for which widths, and how each looks. */
export function LayoutSettings({ configuration, spot, onChange }: LayoutProps) {
  const { state } = spot;
  const layouts = members(members(members(configuration.states)[state]).layouts);
  const hasRight = isMembers(layouts.right);
  const [wanted, setWanted] = useState<string>(spot.layout);
  const layout = wanted === "right" && hasRight ? "right" : "main";
  const points = members(members(layouts[layout]).breakpoints);
  const [point, setPoint] = useState<string>("default");
  const breakpoint = BREAKPOINTS.find((one) => one.id === point && isMembers(points[one.id]))?.id;
  const here: Spot = { state, layout, breakpoint };
  const grid = gridAt(configuration, here);
  const onGrid = (next: Members) => onChange(withGrid(configuration, here, next));
  const own = BREAKPOINTS.filter((one) => isMembers(points[one.id]));
  const several = Object.keys(members(configuration.states)).length > 1;
  return (
    <div className="stack">
      <Switch
        label="A second layout at the right"
        description={hasRight ? "Off: its widgets are taken out." : undefined}
        value={hasRight}
        onChange={(on) => onChange(withRight(configuration, state, on))}
      />
      {hasRight && (
        <DivisionFields
          division={readDivision(members(layouts.main).gridSettings)}
          onChange={(division) => onChange(withDivision(configuration, state, division))}
        />
      )}
      {(hasRight || own.length > 0) && (
        <div className="settings-grid">
          {hasRight && (
            <Select
              label="Layout"
              choices={[
                { id: "main", label: "Main" },
                { id: "right", label: "Right" },
              ]}
              value={layout}
              onChange={setWanted}
            />
          )}
          {own.length > 0 && (
            <Select
              label="For"
              choices={[{ id: "default", label: "All other widths" }, ...own]}
              value={breakpoint ?? "default"}
              onChange={setPoint}
            />
          )}
        </div>
      )}
      <FieldInputs fields={GRID_FIELDS} config={grid} onChange={onGrid} />
      <FieldInputs fields={GROUND_FIELDS} config={grid} onChange={onGrid} />
      <FieldInputs
        fields={hasRight ? [...NARROW_FIELDS, FIRST_FIELD] : NARROW_FIELDS}
        config={grid}
        onChange={onGrid}
      />
      <fieldset className="settings-group">
        <legend className="field-label">Widths with a layout of their own</legend>
        {BREAKPOINTS.map(({ id, label }) => (
          <Checkbox
            key={id}
            label={label}
            value={isMembers(points[id])}
            onChange={(on) => onChange(withBreakpoint(configuration, here, id, on))}
          />
        ))}
      </fieldset>
      {several && !breakpoint && (
        <div>
          <Button onPress={() => onChange(withGridEverywhere(configuration, here))}>
            Use this layout's look in every state
          </Button>
        </div>
      )}
    </div>
  );
}

function DivisionFields({
  division,
  onChange,
}: {
  division: Division;
  onChange: (division: Division) => void;
}) {
  const kind = division.kind === "fixed" ? division.layout : division.kind;
  return (
    <div className="settings-grid">
      <Select
        label="They share the width"
        choices={DIVISIONS}
        value={kind}
        onChange={(next) =>
          onChange(
            next === "even"
              ? { kind: "even" }
              : next === "percent"
                ? { kind: "percent", main: 50 }
                : { kind: "fixed", layout: next, width: 300 },
          )
        }
      />
      {division.kind === "percent" && (
        <NumberField
          label="Main layout (%)"
          minValue={5}
          maxValue={95}
          value={division.main}
          onChange={(main) => onChange({ ...division, main: Number.isFinite(main) ? main : 50 })}
        />
      )}
      {division.kind === "fixed" && (
        <NumberField
          label="Fixed width (px)"
          minValue={50}
          maxValue={2_000}
          value={division.width}
          onChange={(width) => onChange({ ...division, width: Number.isFinite(width) ? width : 300 })}
        />
      )}
    </div>
  );
}
