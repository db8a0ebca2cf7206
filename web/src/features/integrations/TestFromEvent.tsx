import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Event, Integration } from "../../api/types";
import { done, failed } from "../../ui/Toast";
import { configured, langOf, scriptOf } from "../converters/model";
import { getConverter, saveConverter } from "../converters/requests";
import { TestConverter } from "../converters/TestConverter";
import { caseOfUplink } from "./testable";

interface TestFromEventProps {
  integration: Integration;
  event: Event;
  onClose: () => void;
}

/** The test of the integration's decoder on a message that arrived; a script that is taken over is saved. */
export function TestFromEvent({ integration, event, onClose }: TestFromEventProps) {
  const id = integration.defaultConverterId?.id ?? "";
  const queries = useQueryClient();
  const converter = useQuery({ queryKey: ["converters", id], queryFn: () => getConverter(id) });
  const { data } = converter;
  if (!data) return null;
  const lang = langOf(data);
  const save = async (script: string) => {
    try {
      const configuration = configured(data.configuration, "UPLINK", lang, script);
      queries.setQueryData(["converters", id], await saveConverter({ ...data, configuration }));
      done(`${data.name} saved: the next message uses this script`);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <TestConverter
      type="UPLINK"
      lang={lang}
      script={scriptOf(data, lang)}
      onScript={(script) => void save(script)}
      start={caseOfUplink(event, integration)}
      converterId={id}
      onClose={onClose}
    />
  );
}
