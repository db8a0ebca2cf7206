import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import type { EntityId } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { DetailsMenu } from "../../layouts/DetailsMenu";
import { DetailsPage } from "../../layouts/DetailsPage";
import { saveFile } from "../../lists/files";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Loading, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { DebugControl } from "../events/DebugControl";
import { EventsPanel } from "../events/EventsPanel";
import type { TestCase } from "../scriptTest/testCase";
import { caseOf, caseOfLatest, usualCase } from "./cases";
import { EditConverter } from "./EditConverter";
import { langOf, scriptOf } from "./model";
import { deleteConverter, getConverter, latestInput, saveConverter } from "./requests";
import { TestConverter } from "./TestConverter";

export function ConverterPage() {
  const { id } = useParams({ from: "/converters/$id" });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [test, setTest] = useState<TestCase>();
  // The script in the editor, so that a test runs what is seen, saved or not.
  const [written, setWritten] = useState<string>();
  const converter = useQuery({ queryKey: ["converters", id], queryFn: () => getConverter(id) });
  useNamedPage(converter.data?.name);

  if (converter.isPending) return <Loading what="the converter" />;
  if (converter.isError) return <Problem error={converter.error} onRetry={() => void converter.refetch()} />;
  const { data } = converter;
  const type = data.type ?? "UPLINK";
  const lang = langOf(data);
  const script = written ?? scriptOf(data, lang);
  const entity: EntityId = { entityType: "CONVERTER", id };

  const openTest = async () => {
    const latest = await latestInput(id).catch(() => undefined);
    setTest(caseOfLatest(latest) ?? usualCase(type));
  };

  return (
    <>
      <DetailsPage
        title={data.name ?? ""}
        intro={`${type === "UPLINK" ? "Uplink" : "Downlink"} converter · ${lang === "JS" ? "JavaScript" : "TBEL"}`}
        actions={
          <>
            <Button icon={<FlaskConical aria-hidden />} onPress={() => void openTest()}>
              {type === "UPLINK" ? "Test decoder" : "Test encoder"}
            </Button>
            <DetailsMenu
              label="Converter actions"
              id={id}
              onExport={() => saveFile(data.name ?? "converter", data)}
              onDelete={() => setDeleting(true)}
            />
          </>
        }
        tabs={[
          {
            id: "script",
            label: "Script",
            content: (
              <EditConverter
                key={data.version}
                converter={data}
                script={script}
                onScript={setWritten}
                onSaved={() => setWritten(undefined)}
                onTest={setTest}
              />
            ),
          },
          {
            id: "events",
            label: "Events",
            content: (
              <div className="stack">
                <DebugControl
                  settings={data.debugSettings ?? undefined}
                  onChange={async (debugSettings) =>
                    queries.setQueryData(["converters", id], await saveConverter({ ...data, debugSettings }))
                  }
                />
                <EventsPanel
                  entity={entity}
                  types={["DEBUG_CONVERTER", "ERROR", "LC_EVENT"]}
                  hint="Failures are always recorded; all messages only while recording is on."
                  action={(event) =>
                    event.type === "DEBUG_CONVERTER" ? (
                      <IconButton
                        label="Open in the test"
                        icon={<FlaskConical aria-hidden />}
                        onPress={() => setTest(caseOf(event))}
                      />
                    ) : null
                  }
                />
              </div>
            ),
          },
        ]}
      />
      {test && (
        <TestConverter
          type={type}
          lang={lang}
          script={script}
          onScript={setWritten}
          start={test}
          converterId={id}
          onClose={() => setTest(undefined)}
        />
      )}
      <Confirm
        title={`Delete ${data.name}?`}
        action="Delete"
        isOpen={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteConverter(id);
          await navigate({ to: "/converters" });
          queries.removeQueries({ queryKey: ["converters", id] });
          await queries.invalidateQueries({ queryKey: ["converters"] });
          done(`${data.name} deleted`);
        }}
      >
        <p>A converter that an integration uses is not deleted.</p>
      </Confirm>
    </>
  );
}
