import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Status } from "../../ui/Status";
import { type Found, summary } from "./lint";

interface FindingsBarProps {
  findings: readonly Found[];
  nameOf: (key: string) => string;
  onPick: (key: string) => void;
}

/** What is doubtful in the chain, each with the node it is about. */
export function FindingsBar({ findings, nameOf, onPick }: FindingsBarProps) {
  const [open, setOpen] = useState(false);
  if (findings.length === 0) return null;
  const bad = findings.some((one) => one.severity === "ERROR");
  return (
    <section className="chain-findings" aria-label="Findings">
      <div className="row">
        <Status tone={bad ? "bad" : "warn"}>{summary(findings)}</Status>
        <Button
          look="quiet"
          icon={open ? <ChevronDown aria-hidden /> : <ChevronUp aria-hidden />}
          aria-expanded={open}
          onPress={() => setOpen(!open)}
        >
          {open ? "Hide findings" : "Show findings"}
        </Button>
      </div>
      {open && (
        <ul className="chain-findings-list">
          {findings.map((one) => (
            <li key={`${one.key}:${one.code}:${one.text}`} className="row">
              <Status tone={one.severity === "ERROR" ? "bad" : "warn"} plain>
                {one.severity === "ERROR" ? "Error" : "Warning"}
              </Status>
              {one.key !== undefined && (
                <button type="button" className="chain-findings-node" onClick={() => onPick(one.key ?? "")}>
                  {nameOf(one.key)}
                </button>
              )}
              <span>{one.text}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
