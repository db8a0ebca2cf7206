import { FlaskConical } from "lucide-react";
import { useState } from "react";
import type { Decoded, ReplayRow } from "../../../api/types";
import { pretty } from "../../../format/payload";
import { exact } from "../../../format/time";
import { Button } from "../../../ui/Button";
import { Notice } from "../../../ui/Notice";
import { Status } from "../../../ui/Status";
import { failed } from "../../../ui/Toast";
import type { TestCase } from "../../scriptTest/testCase";
import { Differences } from "./Differences";
import { caseOfMessage, readable, size } from "./payload";
import { wholeMessage } from "./requests";
import { VERDICTS } from "./verdicts";

interface DetailProps {
  row: ReplayRow;
  onTest: (test: TestCase) => void;
}

/** One captured message: what came, what both scripts make of it, and what differs. */
export function MessageDetail({ row, onTest }: DetailProps) {
  const [pending, setPending] = useState(false);
  const { message, verdict, deployed, edited } = row;
  const payload = readable(message.payload);
  const bothWork = !deployed.error && !edited.error;

  const open = async () => {
    setPending(true);
    try {
      onTest(caseOfMessage(message.cut ? await wholeMessage(message.id) : message));
    } catch (error) {
      failed(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <section className="replay-detail stack" aria-label="Captured message">
      <div className="replay-line">
        <Status tone={VERDICTS[verdict].tone}>{VERDICTS[verdict].label}</Status>
        <span className="mono replay-topic">{message.topic}</span>
        <Button icon={<FlaskConical aria-hidden />} isPending={pending} onPress={() => void open()}>
          Open in the test
        </Button>
      </div>
      <p className="soft small">
        {exact(message.arrival)} · {message.integrationName} · QoS {message.qos}
        {message.retain && " · retained"} · {size(message.size)}
      </p>
      {bothWork && <Differences row={row} />}
      <div>
        <h3>Payload</h3>
        <pre className="code-block" tabIndex={0}>
          {payload.text}
        </pre>
        {message.cut && <p className="soft small">Only the beginning is shown.</p>}
      </div>
      <Result title="Edited result" decoded={edited} />
      <Result title="Deployed result" decoded={deployed} />
    </section>
  );
}

function Result({ title, decoded }: { title: string; decoded: Decoded }) {
  return (
    <section aria-label={title} className="replay-result">
      <h3>{title}</h3>
      {decoded.error && <Notice tone="bad" title={decoded.error.message} />}
      {typeof decoded.output === "string" && (
        <pre className="code-block" tabIndex={0}>
          {decoded.cut ? `${decoded.output}…` : pretty(decoded.output)}
        </pre>
      )}
    </section>
  );
}
