import { PuzzleIcon } from "lucide-react";
import { memo, useMemo } from "react";
import { Button } from "../../../ui/Button";
import { Troubles } from "../functions/Troubles";
import { useBoard } from "../board";
import type { Target, Widget } from "../stored/model";
import { iconOf } from "./icons";
import { componentOf } from "./kinds";
import { lookOf } from "./look";
import { useTarget } from "../values/useSources";
import { Boundary } from "./Boundary";

/** Actions that are programs for the page of another platform. */
const CUSTOM = /^custom/;

/** A widget by its type; one that is not here says so and keeps its settings. */
export const WidgetView = memo(function WidgetView({ widget }: { widget: Widget }) {
  const Component = componentOf(widget);
  const look = useMemo(() => lookOf(widget), [widget]);
  const Icon = look.icon ? iconOf(look.icon) : undefined;
  return (
    <div className="widget-look" style={look.ground} data-scheme={look.scheme}>
      {(widget.heading || widget.actions.some((one) => one.source === "headerButton")) && (
        <header className="widget-head">
          <h2 className="widget-title" title={look.tooltip || widget.heading} style={look.title}>
            {Icon && <Icon aria-hidden size={18} className="widget-icon" style={look.iconStyle} />}
            {widget.heading}
          </h2>
          <HeadActions widget={widget} />
        </header>
      )}
      <Troubles missing={widget.actions.filter((one) => CUSTOM.test(one.type)).map((one) => one.name)}>
        <div className="widget-body">
          <Boundary>{Component ? <Component widget={widget} /> : <Unknown widget={widget} />}</Boundary>
        </div>
      </Troubles>
    </div>
  );
});

function HeadActions({ widget }: { widget: Widget }) {
  const board = useBoard();
  const actions = widget.actions.flatMap((one) => {
    const run = one.source === "headerButton" ? board.actionOf(one) : undefined;
    return run ? [{ name: one.name, run, sets: one.setsEntity }] : [];
  });
  const target = useTarget(actions.some((one) => one.sets) ? targetOf(widget) : undefined);
  if (actions.length === 0) return null;
  return (
    <div className="widget-actions">
      {actions.map(({ name, run, sets }) => (
        <Button
          key={name}
          look="quiet"
          isDisabled={board.editing}
          onPress={() => run(sets ? target.row?.entity : undefined)}
        >
          {name}
        </Button>
      ))}
    </div>
  );
}

/** The entity that a widget is about: a control's device, or the first source's first entity. */
function targetOf(widget: Widget): Target | undefined {
  const alias = widget.sources[0]?.alias;
  return widget.target ?? (alias ? { alias } : undefined);
}

function Unknown({ widget }: { widget: Widget }) {
  return (
    <div className="widget-center soft">
      <PuzzleIcon aria-hidden />
      <p>This type of widget is not shown here. Its settings are kept.</p>
      <code>{widget.fqn}</code>
    </div>
  );
}
