// Labelled inputs of forms; each holds its text in a signal of the form.
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** Without it a browser takes six digits for a year. */
export const LAST_DAY = "9999-12-31";

interface FieldProps {
  label: string;
  /** What is wrong with it; the daemon's own words where it has spoken. */
  wrong?: string | undefined;
  hint?: string;
}

interface TextProps extends FieldProps {
  text: Signal<string>;
  placeholder?: string;
  type?: "text" | "date" | "number";
  numeric?: boolean;
  autofocus?: boolean;
  maxLength?: number;
  options?: readonly string[];
}

/** One line of text. */
export function TextField({ label, wrong, hint, text, type = "text", numeric, options, ...rest }: TextProps) {
  const id = useId();
  return (
    <Field id={id} label={label} wrong={wrong} hint={hint}>
      <input
        id={id}
        class="input"
        type={type}
        value={text.value}
        inputMode={numeric ? "decimal" : undefined}
        autocomplete="off"
        spellcheck={false}
        max={type === "date" ? LAST_DAY : undefined}
        list={options && `${id}-list`}
        aria-invalid={wrong ? "true" : undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        {...rest}
      />
      {options && (
        <datalist id={`${id}-list`}>
          {options.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </Field>
  );
}

interface ChoiceProps<T extends string> extends FieldProps {
  chosen: Signal<T>;
  options: readonly (readonly [T, string])[];
}

/** One of a few. */
export function ChoiceField<T extends string>({ label, wrong, hint, chosen, options }: ChoiceProps<T>) {
  const id = useId();
  return (
    <Field id={id} label={label} wrong={wrong} hint={hint}>
      <Select id={id} class="input" chosen={chosen} options={options} />
    </Field>
  );
}

/** The same as a tool of a panel: its label is for screen readers only. */
export const Choice = <T extends string>({ label, ...rest }: ChoiceProps<T> & { onChoice?: (value: T) => void }) => (
  <Select class="input tool" aria-label={label} {...rest} />
);

interface SelectProps<T extends string> {
  id?: string;
  class: string;
  "aria-label"?: string;
  chosen: Signal<T>;
  options: readonly (readonly [T, string])[];
  onChoice?: (value: T) => void;
}

function Select<T extends string>({ chosen, options, onChoice, ...rest }: SelectProps<T>) {
  return (
    <select
      value={chosen.value}
      onChange={(event) => {
        chosen.value = event.currentTarget.value as T;
        onChoice?.(chosen.value);
      }}
      {...rest}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

interface AroundProps {
  id: string;
  label: string;
  wrong: string | undefined;
  hint: string | undefined;
  children: ComponentChildren;
}

const Field = ({ id, label, wrong, hint, children }: AroundProps) => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    {hint && !wrong && <span class="label">{hint}</span>}
    {wrong && (
      <span class="wrong" id={`${id}-wrong`}>
        {wrong}
      </span>
    )}
  </div>
);
