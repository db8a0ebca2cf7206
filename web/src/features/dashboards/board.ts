/** What every widget of an open dashboard knows about the whole. */
import { createContext, useContext } from "react";
import type { Members } from "../../api/shapes";
import type { EntityId } from "../../api/types";
import type { Action, Alias, State } from "./stored/model";
import type { Timewindow } from "./timewindow/timewindow";

export interface Board {
  aliases: ReadonlyMap<string, Alias>;
  /** Stored filters by id. */
  filters: Members;
  /** The entities of the open state, by parameter name. */
  entities: ReadonlyMap<string, EntityId>;
  states: State[];
  /** Id of the open state. */
  state: string;
  /** Nothing is sent while a dashboard is edited. */
  editing: boolean;
  window: Timewindow;
  /** Shows another span of time everywhere; undefined goes back to the stored one. */
  onWindow: (window: Timewindow | undefined) => void;
  /** Does what a widget's action says; undefined when this application cannot. */
  actionOf: (action: Action) => ((entity: EntityId | undefined) => void) | undefined;
}

export const BoardContext = createContext<Board | undefined>(undefined);

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (!board) throw new Error("a widget stands outside of a dashboard");
  return board;
}
