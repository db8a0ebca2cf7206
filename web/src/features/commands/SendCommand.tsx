import { useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";
import { explain } from "../../api/errors";
import { Button } from "../../ui/Button";
import { NumberField, Switch, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { sendCommand } from "./requests";

type Outcome =
  | { kind: "none" }
  | { kind: "running" }
  | { kind: "good"; title: string; answer: string | undefined }
  | { kind: "bad"; reason: string };

const SECOND = 1_000;

/** Sends a command and tells in place what became of it. */
export function SendCommand({ deviceId }: { deviceId: string }) {
  const [method, setMethod] = useState("setValue");
  const [params, setParams] = useState("33");
  const [twoway, setTwoway] = useState(false);
  const [persistent, setPersistent] = useState(false);
  const [seconds, setSeconds] = useState(10);
  const [retries, setRetries] = useState(3);
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });
  const queries = useQueryClient();
  const read = parsed(params);

  const send = async () => {
    if (read.fault) return;
    setOutcome({ kind: "running" });
    try {
      const sending = {
        method: method.trim(),
        params: read.value,
        timeout: seconds * SECOND,
        persistent,
        retries: persistent && twoway ? retries : undefined,
      };
      const reply = await sendCommand(deviceId, twoway, sending);
      if (persistent) setOutcome({ kind: "good", title: "Stored: follow it below.", answer: undefined });
      else if (twoway)
        setOutcome({ kind: "good", title: "The device answered.", answer: JSON.stringify(reply, null, 2) });
      else setOutcome({ kind: "good", title: "The broker has the command.", answer: undefined });
    } catch (error) {
      setOutcome({ kind: "bad", reason: explain(error) });
    } finally {
      await queries.invalidateQueries({ queryKey: ["commands", deviceId] });
    }
  };

  return (
    <section className="sheet sheet-pad form" aria-label="Send a command">
      <h2>Send a command</h2>
      <div className="columns">
        <TextField label="Method" value={method} onChange={setMethod} isRequired mono />
        <NumberField
          label="Time it may take, seconds"
          value={seconds}
          onChange={setSeconds}
          minValue={1}
          maxValue={86_400}
        />
      </div>
      <TextField
        label="Parameters"
        value={params}
        onChange={setParams}
        description='JSON: 33, "on", {"level": 3}. Empty means none.'
        error={read.fault}
        multiline={2}
        mono
      />
      <Switch
        label="Wait for the device's answer"
        description="Off: done when the broker has the command."
        value={twoway}
        onChange={setTwoway}
      />
      <Switch
        label="Store it"
        description="It waits for the device, and outlives this page and a restart of the server."
        value={persistent}
        onChange={setPersistent}
      />
      {persistent && twoway && (
        <NumberField
          label="Tries again without an answer"
          value={retries}
          onChange={setRetries}
          minValue={0}
          maxValue={100}
        />
      )}
      <div className="form-actions">
        <Button
          look="primary"
          icon={<Send aria-hidden />}
          isDisabled={!method.trim() || read.fault !== undefined}
          isPending={outcome.kind === "running"}
          onPress={() => void send()}
        >
          {outcome.kind === "running" ? "Sending…" : "Send"}
        </Button>
      </div>
      {outcome.kind === "good" && (
        <Notice tone="good" title={outcome.title}>
          {outcome.answer !== undefined && <pre className="code-block">{outcome.answer}</pre>}
        </Notice>
      )}
      {outcome.kind === "bad" && <Notice tone="bad" title={outcome.reason} />}
    </section>
  );
}

function parsed(text: string): { value?: unknown; fault?: string } {
  if (text.trim() === "") return { value: null };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { fault: "not JSON: put texts in double quotes" };
  }
}
