import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Event, Integration, ReplaySummary } from "../../api/types";
import { done, failed } from "../../ui/Toast";
import { configured, langOf, scriptOf } from "../converters/model";
import { wouldFail } from "../converters/replay/check";
import { SaveAnyway } from "../converters/replay/SaveAnyway";
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
  const [asked, setAsked] = useState<{ script: string; found: ReplaySummary }>();
  // A script that was taken over is being checked and saved: the dialog stays until that is done.
  const taking = useRef(false);
  const { data } = converter;
  if (!data) return null;
  const lang = langOf(data);
  const save = async (script: string) => {
    const configuration = configured(data.configuration, "UPLINK", lang, script);
    queries.setQueryData(["converters", id], await saveConverter({ ...data, configuration }));
    done(`${data.name} saved: the next message uses this script`);
    onClose();
  };
  const take = async (script: string) => {
    taking.current = true;
    const found = await wouldFail(id, lang, script);
    if (found) return setAsked({ script, found });
    try {
      await save(script);
    } catch (error) {
      taking.current = false;
      failed(error);
    }
  };
  return (
    <>
      <TestConverter
        type="UPLINK"
        lang={lang}
        script={scriptOf(data, lang)}
        onScript={(script) => void take(script)}
        start={caseOfUplink(event, integration)}
        converterId={id}
        onClose={() => {
          if (!taking.current) onClose();
        }}
      />
      <SaveAnyway
        found={asked?.found}
        onClose={() => {
          taking.current = false;
          setAsked(undefined);
        }}
        onSave={() => save(asked?.script ?? "")}
      />
    </>
  );
}
