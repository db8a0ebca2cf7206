import { members, text } from "../../../api/shapes";
import { Select } from "../../../ui/Field";
import { useBoard } from "../board";
import { newId } from "../stored/newId";

const NONE = "";

/** Which state a press opens, with the entity that was pressed; other actions of the widget stay. */
export function StateField({
  label,
  source,
  value,
  onChange,
}: {
  label: string;
  source: string;
  value: unknown;
  onChange: (actions: unknown) => void;
}) {
  const { states } = useBoard();
  const actions = members(value);
  const list = Array.isArray(actions[source]) ? (actions[source] as unknown[]) : [];
  const opens = list.map(members).find((one) => one.type === "openDashboardState");
  const choose = (state: string) => {
    const others = list.filter((one) => members(one).type !== "openDashboardState");
    const action = {
      id: newId(),
      name: "Open",
      icon: "more_horiz",
      ...opens,
      type: "openDashboardState",
      targetDashboardStateId: state,
      setEntityId: true,
    };
    onChange({ ...actions, [source]: state === NONE ? others : [...others, action] });
  };
  return (
    <Select
      label={label}
      choices={[
        { id: NONE, label: "Nothing" },
        ...states.map(({ id, name }) => ({ id, label: name === id ? id : `${name} (${id})` })),
      ]}
      value={text(opens?.targetDashboardStateId, NONE)}
      onChange={choose}
      description="The state is opened with the row's entity."
    />
  );
}
