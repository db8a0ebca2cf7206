import type { ReactNode } from "react";
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField as AriaNumberField,
  Popover,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  Text,
  TextArea,
  TextField as AriaTextField,
} from "react-aria-components";
import { Check, ChevronDown, Search, X } from "lucide-react";
import "./field.css";

interface Described {
  label: string;
  description?: ReactNode;
  /** Why the value cannot be taken. */
  error?: string;
}

interface TextFieldProps extends Described {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password";
  autoComplete?: string;
  placeholder?: string;
  multiline?: number;
  mono?: boolean;
  isRequired?: boolean;
  isDisabled?: boolean;
  autoFocus?: boolean;
  name?: string;
  /** Shows the label to screen readers only. */
  bare?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, description, error, multiline, mono, placeholder, bare, ...rest } = props;
  const look = mono ? "input mono" : "input";
  return (
    <AriaTextField
      {...rest}
      aria-label={bare ? label : undefined}
      isInvalid={Boolean(error)}
      className="field"
      validationBehavior="aria"
    >
      {!bare && <Label className="field-label">{label}</Label>}
      {multiline ? (
        <TextArea className={look} rows={multiline} placeholder={placeholder} />
      ) : (
        <Input className={look} placeholder={placeholder} />
      )}
      {description && (
        <Text slot="description" className="field-description">
          {description}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  );
}

interface NumberFieldProps extends Described {
  value: number;
  onChange: (value: number) => void;
  minValue?: number;
  maxValue?: number;
}

export function NumberField({ label, description, error, ...rest }: NumberFieldProps) {
  return (
    <AriaNumberField
      {...rest}
      isInvalid={Boolean(error)}
      className="field"
      formatOptions={{ useGrouping: false }}
      validationBehavior="aria"
    >
      <Label className="field-label">{label}</Label>
      <Input className="input" />
      {description && (
        <Text slot="description" className="field-description">
          {description}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaNumberField>
  );
}

export interface Choice<T extends string> {
  id: T;
  label: string;
  description?: string;
}

interface SelectProps<T extends string> extends Described {
  choices: readonly Choice<T>[];
  value: T | undefined;
  onChange: (value: T) => void;
  placeholder?: string;
  /** Shows the label to screen readers only. */
  bare?: boolean;
}

export function Select<T extends string>(props: SelectProps<T>) {
  const { label, description, error, choices, value, onChange, placeholder, bare } = props;
  return (
    <AriaSelect
      className="field"
      selectedKey={value ?? null}
      onSelectionChange={(key) => {
        const picked = choices.find((one) => one.id === key);
        if (picked) onChange(picked.id);
      }}
      isInvalid={Boolean(error)}
      placeholder={placeholder ?? "Choose"}
      aria-label={bare ? label : undefined}
    >
      {!bare && <Label className="field-label">{label}</Label>}
      <AriaButton className="input select">
        <SelectValue>{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
        <ChevronDown aria-hidden size={16} />
      </AriaButton>
      {description && (
        <Text slot="description" className="field-description">
          {description}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
      <Popover className="popover">
        <ListBox className="list-box">
          {choices.map((one) => (
            <ListBoxItem key={one.id} id={one.id} textValue={one.label} className="list-box-item">
              <span>
                {one.label}
                {one.description && <span className="small soft list-box-note">{one.description}</span>}
              </span>
              {one.id === value && <Check aria-hidden size={16} />}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

interface ToggleProps {
  label: ReactNode;
  description?: ReactNode;
  value: boolean;
  onChange: (value: boolean) => void;
  isDisabled?: boolean;
}

export function Switch({ label, description, value, onChange, isDisabled }: ToggleProps) {
  return (
    <AriaSwitch className="toggle" isSelected={value} onChange={onChange} isDisabled={isDisabled}>
      <span className="switch-track" aria-hidden>
        <span className="switch-knob" />
      </span>
      <span>
        {label}
        {description && <span className="field-description toggle-note">{description}</span>}
      </span>
    </AriaSwitch>
  );
}

export function Checkbox({ label, description, value, onChange, isDisabled }: ToggleProps) {
  return (
    <AriaCheckbox className="toggle" isSelected={value} onChange={onChange} isDisabled={isDisabled}>
      <CheckMark />
      <span>
        {label}
        {description && <span className="field-description toggle-note">{description}</span>}
      </span>
    </AriaCheckbox>
  );
}

/** The box of a checkbox; its state comes from the checkbox around it. */
export function CheckMark() {
  return (
    <span className="check-box" aria-hidden>
      <Check size={12} strokeWidth={3} />
    </span>
  );
}

interface SearchProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export function SearchField({ label, value, onChange }: SearchProps) {
  return (
    <AriaSearchField aria-label={label} value={value} onChange={onChange} className="search">
      <Search aria-hidden size={16} />
      <Input className="input" placeholder={label} />
      {value && (
        <AriaButton className="search-clear" aria-label="Clear">
          <X aria-hidden size={14} />
        </AriaButton>
      )}
    </AriaSearchField>
  );
}
