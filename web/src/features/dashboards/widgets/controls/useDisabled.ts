import { useMemo } from "react";
import type { Members } from "../../../../api/shapes";
import type { EntityId } from "../../../../api/types";
import { getIfAny, isOn } from "../../controls/actions";
import { useControl } from "../../controls/useControl";

/** Whether a value switches a control off, as its setting `disabledState` says. */
export function useDisabled(device: EntityId | undefined, settings: Members): boolean {
  const get = useMemo(() => getIfAny(settings, "disabledState"), [settings]);
  const { reported } = useControl(device, get);
  return reported === undefined ? isOn(get.initial, true) : isOn(reported, get.convert.on);
}
