/** Labelled form fields with hint and error, and the error summary that names them all and takes the focus. */
import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../../i18n";

export interface FieldError {
  /** The id of the field that is wrong. */
  id: string;
  text: string;
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string | undefined;
  errors?: readonly FieldError[] | undefined;
  children: (aria: { id: string; "aria-describedby"?: string; "aria-invalid"?: "true" }) => ComponentChildren;
}

/** Draws label, hint and error around the control it is given the aria attributes for. */
export function Field({ id, label, hint, errors, children }: FieldProps) {
  const error = errors?.find((one) => one.id === id);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={error ? "field wrong" : "field"}>
      <label for={id}>{label}</label>
      {hint && <p id={`${id}-hint`} class="quiet">{hint}</p>}
      {error && <p id={`${id}-error`} class="error">{error.text}</p>}
      {children({ id, ...(described && { "aria-describedby": described }), ...(error && { "aria-invalid": "true" as const }) })}
    </div>
  );
}

interface InputProps extends Omit<FieldProps, "children"> {
  type?: "text" | "email" | "password" | "time" | "date" | "search";
  value: string;
  onInput: (value: string) => void;
  autocomplete?: string;
  max?: string;
  /** The keyboard with digits. */
  numeric?: boolean;
}

export function Input({ type = "text", value, onInput, autocomplete = "off", max, numeric, ...field }: InputProps) {
  return (
    <Field {...field}>
      {(aria) => {
        // The element's types want one literal `type` each; the union of them is what a shared field is.
        const attributes = {
          ...aria, type, value, autocomplete, maxLength: 200,
          ...(max && { max }),
          ...(numeric && { inputMode: "numeric" }),
          ...(type === "email" && { autocapitalize: "none", spellcheck: false }),
        } as InputHTMLAttributes<HTMLInputElement>;
        return <input {...attributes} onInput={(event) => onInput(event.currentTarget.value)} />;
      }}
    </Field>
  );
}

interface SelectProps extends Omit<FieldProps, "children"> {
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Select({ value, options, onChange, ...field }: SelectProps) {
  return (
    <Field {...field}>
      {(aria) => (
        <select {...aria} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>{option.label}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Toggle({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <div class="toggle">
      <input id={id} type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <label for={id}>{label}</label>
    </div>
  );
}

/** GOV.UK's pattern: above the form, focused when it appears, each line leads to its field. */
export function ErrorSummary({ errors }: { errors: readonly FieldError[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div class="summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("errors.title")}</h2>
      <ul>
        {errors.map((error) => (
          <li key={error.id}>
            <a href={`#${error.id}`} onClick={(event) => (event.preventDefault(), document.getElementById(error.id)?.focus())}>
              {error.text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
