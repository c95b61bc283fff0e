import { useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { SettingField, SettingValue } from '../../models/settings';
import { formatSetting } from '../format';
import { sameValue } from '../../models/settings';
import { nearest, nudge, readNumber, readWidths } from './parse';
import type { Read } from './parse';

interface Props {
  readonly name: string;
  readonly field: SettingField;
  readonly value: SettingValue;
  /** Value that the reset goes to. */
  readonly standard: SettingValue;
  readonly onChange: (value: SettingValue) => void;
  readonly disabled?: boolean;
  /** Hook where it is not the setting's own name. */
  readonly testId?: string;
}

/** One setting of a schema: label, control, unit, reset, the paper's value; its help is shown while it is hovered or focused. */
export function SettingControl({ name, field, value, standard, onChange, disabled, testId }: Props) {
  const id = useId();
  const hook = testId ?? `${field.role === 'ablation' ? 'ablation' : 'hp'}-${name}`;
  const changed = !sameValue(value, standard);
  const common = { id, 'data-testid': hook, 'aria-describedby': `${id}-help`, disabled };
  return (
    <div className={`setting setting-${field.type} ${changed ? 'changed' : ''}`}>
      <label htmlFor={id}>
        {field.label}
        {field.paperName && <span className="setting-paper-name">{field.paperName}</span>}
      </label>
      <div className="setting-control">
        {field.type === 'toggle' && (
          <input
            {...common}
            type="checkbox"
            role="switch"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
          />
        )}
        {field.type === 'choice' && (
          <select {...common} value={String(value)} onChange={(event) => onChange(event.target.value)}>
            {field.options.map((option) => (
              <option key={option} value={option}>
                {field.optionLabels?.[option] ?? option}
              </option>
            ))}
          </select>
        )}
        {(field.type === 'int' || field.type === 'real' || field.type === 'widths') && (
          <TextControl {...common} field={field} value={value} onChange={onChange} />
        )}
        {field.unit && <span className="setting-unit">{field.unit}</span>}
      </div>
      <button
        type="button"
        className="tool setting-reset"
        style={{ visibility: changed && !disabled ? 'visible' : 'hidden' }}
        aria-label={`Reset ${field.label} to ${formatSetting(standard)}`}
        title={`Back to ${formatSetting(standard)}`}
        onClick={() => onChange(standard)}
      >
        ↺
      </button>
      <span id={`${id}-help`} className="setting-help">
        {describe(field)}
      </span>
    </div>
  );
}

/** Help, range and the paper's value in one breath. */
function describe(field: SettingField): string {
  const range =
    field.type === 'int' || field.type === 'real'
      ? ` From ${formatSetting(field.min)} to ${formatSetting(field.max)}${field.unit ? ` ${field.unit}` : ''}.`
      : '';
  const paper =
    field.paper !== undefined ? ` Paper: ${field.paper === '–' ? 'not printed' : field.paper}.` : '';
  return `${field.help}${range}${paper}`;
}

interface TextProps {
  readonly id: string;
  readonly 'data-testid': string;
  readonly 'aria-describedby': string;
  readonly disabled?: boolean;
  readonly field: Extract<SettingField, { type: 'int' | 'real' | 'widths' }>;
  readonly value: SettingValue;
  readonly onChange: (value: SettingValue) => void;
}

/** Takes each valid value as it is typed; what is not valid stays visible with its reason and is mended on leaving. */
function TextControl({ field, value, onChange, ...rest }: TextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const read = (text: string): Read<SettingValue> =>
    field.type === 'widths' ? readWidths(field, text) : readNumber(field, text);
  const problem = draft === null ? null : read(draft);
  const reason = problem && !problem.ok ? problem.reason : null;

  function type(text: string): void {
    setDraft(text);
    const result = read(text);
    if (result.ok && !sameValue(result.value, value)) onChange(result.value);
  }

  function leave(): void {
    if (draft !== null && reason !== null && field.type !== 'widths') {
      const mended = nearest(field, draft);
      if (mended !== null) onChange(mended);
    }
    setDraft(null);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') leave();
    if (event.key === 'Escape') setDraft(null);
    if (
      (event.key === 'ArrowUp' || event.key === 'ArrowDown') &&
      field.type !== 'widths' &&
      typeof value === 'number'
    ) {
      event.preventDefault();
      setDraft(null);
      onChange(nudge(field, value, event.key === 'ArrowUp' ? 1 : -1));
    }
  }

  return (
    <>
      <input
        {...rest}
        type="text"
        inputMode={field.type === 'widths' ? 'text' : 'decimal'}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={reason !== null}
        value={draft ?? formatSetting(value)}
        onChange={(event) => type(event.target.value)}
        onBlur={leave}
        onKeyDown={onKeyDown}
      />
      {reason !== null && (
        <span className="setting-problem" role="status">
          {reason}
        </span>
      )}
    </>
  );
}
