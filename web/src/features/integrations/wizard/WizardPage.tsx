import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { Integration } from "../../../api/types";
import { useNamedPage } from "../../../app/pageName";
import { PageHead } from "../../../layouts/PageHead";
import { Wizard } from "../../../layouts/Wizard";
import { Button, LinkButton } from "../../../ui/Button";
import { Switch, TextField } from "../../../ui/Field";
import { Problem } from "../../../ui/Notice";
import { done } from "../../../ui/Toast";
import { CheckConnection } from "../CheckConnection";
import { ConnectionForm } from "../ConnectionForm";
import { NEW_CONNECTION, withConnection, withFilter, withoutFilters } from "../model";
import { saveIntegration } from "../requests";
import { faultsOf, isFaulty } from "../validation";
import { ConverterStep } from "./ConverterStep";
import { type ConverterChoice, newChoice, settle } from "./choice";

const STEPS = ["Basic settings", "Uplink converter", "Downlink converter", "Connection"];

/** Adds an integration: basic settings, converters, connection, check, add. */
export function WizardPage() {
  useNamedPage("Add integration");
  const [at, setAt] = useState(0);
  const [name, setName] = useState("MQTT Integration");
  const [enabled, setEnabled] = useState(true);
  const [allowCreate, setAllowCreate] = useState(true);
  const [uplink, setUplink] = useState<ConverterChoice>(() => newChoice("UPLINK"));
  const [downlink, setDownlink] = useState<ConverterChoice>({ kind: "none" });
  const [connection, setConnection] = useState(NEW_CONNECTION);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const faults = faultsOf(connection);

  useEffect(() => {
    // Each step begins at its first field, for the keyboard and for screen readers.
    if (at > 0) body.current?.querySelector<HTMLElement>("input, button, [tabindex='0']")?.focus();
  }, [at]);

  const draft = (): Integration => ({
    name: name.trim(),
    type: "MQTT",
    enabled,
    allowCreateDevicesOrAssets: allowCreate,
    debugSettings: { failuresEnabled: true, allEnabled: true },
  });

  const whole = () => {
    setTried(true);
    return isFaulty(faults) ? undefined : withConnection(draft(), connection);
  };
  // Whoever listens first has no topic filter yet.
  const forCheck = () => {
    const trial = withoutFilters(connection);
    const faulty = isFaulty(faultsOf(trial));
    if (faulty) setTried(true);
    return faulty ? undefined : withConnection(draft(), trial);
  };

  const next = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      // A converter that was written here is saved when its step is left, so that a fault shows in its step.
      if (at === 1) setUplink(await settle(uplink, "UPLINK"));
      if (at === 2) setDownlink(await settle(downlink, "DOWNLINK"));
      setAt(at + 1);
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  const add = async () => {
    const complete = whole();
    if (!complete || uplink.kind !== "existing") return;
    setProblem(undefined);
    setPending(true);
    try {
      const saved = await saveIntegration({
        ...complete,
        defaultConverterId: { entityType: "CONVERTER", id: uplink.id },
        downlinkConverterId:
          downlink.kind === "existing" ? { entityType: "CONVERTER", id: downlink.id } : null,
      });
      await queries.invalidateQueries({ queryKey: ["integrations"] });
      await queries.invalidateQueries({ queryKey: ["converters"] });
      done(`${saved.name} added`);
      await navigate({ to: "/integrations/$id", params: { id: saved.id?.id ?? "" } });
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <>
      <PageHead title="Add integration" />
      <Wizard
        label="Add integration"
        steps={STEPS}
        at={at}
        foot={
          <>
            <LinkButton href="/integrations" look="quiet">
              Cancel
            </LinkButton>
            {at > 0 && <Button onPress={() => setAt(at - 1)}>Back</Button>}
            {at === 2 && (
              <Button
                onPress={() => {
                  setDownlink({ kind: "none" });
                  setAt(3);
                }}
              >
                Skip
              </Button>
            )}
            {at < 3 ? (
              <Button
                look="primary"
                isPending={pending}
                isDisabled={at === 0 && !name.trim()}
                onPress={() => void next()}
              >
                Next
              </Button>
            ) : (
              <Button look="primary" isPending={pending} onPress={() => void add()}>
                Add
              </Button>
            )}
          </>
        }
      >
        <div ref={body} className="stack">
          {problem !== undefined && <Problem error={problem} />}
          {at === 0 && (
            <>
              <TextField label="Type" value="MQTT" onChange={() => undefined} isDisabled />
              <TextField
                label="Name"
                value={name}
                onChange={setName}
                description="Converters see it as integrationName."
                isRequired
                autoFocus
              />
              <Switch label="Enable integration" value={enabled} onChange={setEnabled} />
              <Switch
                label="Allow create devices or assets"
                description="Off: messages of unknown names are refused with an event."
                value={allowCreate}
                onChange={setAllowCreate}
              />
            </>
          )}
          {at === 1 && <ConverterStep type="UPLINK" choice={uplink} onChange={setUplink} />}
          {at === 2 && <ConverterStep type="DOWNLINK" choice={downlink} onChange={setDownlink} />}
          {at === 3 && (
            <>
              <ConnectionForm
                connection={connection}
                onChange={setConnection}
                faults={tried ? faults : undefined}
              />
              <CheckConnection
                integration={forCheck}
                onFilter={(filter) => setConnection((now) => withFilter(now, filter))}
              />
            </>
          )}
        </div>
      </Wizard>
    </>
  );
}
