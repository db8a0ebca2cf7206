import type { ReactNode } from "react";
import { Check } from "lucide-react";
import "./wizard.css";

interface WizardProps {
  label: string;
  steps: string[];
  /** The step at hand, from 0. */
  at: number;
  children: ReactNode;
  foot: ReactNode;
}

/** The layout of a task in steps. */
export function Wizard({ label, steps, at, children, foot }: WizardProps) {
  return (
    <section className="sheet wizard" aria-label={label}>
      <ol className="wizard-steps">
        {steps.map((step, place) => (
          <li
            key={step}
            className={place === at ? "wizard-step wizard-step-here" : "wizard-step"}
            aria-current={place === at ? "step" : undefined}
          >
            <span className="wizard-dot" aria-hidden>
              {place < at ? <Check size={14} /> : place + 1}
            </span>
            {step}
            {place < at && <span className="visually-hidden"> (done)</span>}
          </li>
        ))}
      </ol>
      <div className="wizard-body">{children}</div>
      <div className="wizard-foot">{foot}</div>
    </section>
  );
}
