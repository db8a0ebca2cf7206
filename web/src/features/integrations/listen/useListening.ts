import { useEffect, useState } from "react";
import type { Integration } from "../../../api/types";
import { live } from "../../../live/connection";
import type { HeardTopic } from "./topicTree";

export interface Listening {
  state: "CONNECTING" | "LISTENING" | "FAILED" | "ENDED";
  reason?: string;
  topics: ReadonlyMap<string, HeardTopic>;
  messages: number;
  unlisted: number;
}

const NOTHING: Listening = { state: "CONNECTING", topics: new Map(), messages: 0, unlisted: 0 };

/** What is heard on the broker of an integration, saved or not, for as long as the component is there. */
export function useListening(integration: Integration): Listening {
  const [heard, setHeard] = useState(NOTHING);
  useEffect(
    () =>
      live.subscribe({ type: "LISTEN", integration }, (update) => {
        if (update.errorCode !== 0) {
          setHeard((before) => ({ ...before, state: "ENDED", reason: String(update.errorMsg) }));
          return;
        }
        const told = update as unknown as Listening & { topics: HeardTopic[] };
        setHeard((before) => {
          // The server counts anew after a loss of the connection.
          const topics = new Map(told.messages < before.messages ? [] : before.topics);
          for (const one of told.topics) topics.set(one.topic, one);
          const { state, reason, messages, unlisted } = told;
          return { state, reason: reason ?? undefined, topics, messages, unlisted };
        });
      }),
    [integration],
  );
  return heard;
}
