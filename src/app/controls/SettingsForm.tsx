import type { AnySettings, SettingField, SettingFields, SettingValue } from '../../models/settings';
import { SettingControl } from './SettingControl';
import { sameValue } from '../../models/settings';
import './controls.css';

interface Props {
  readonly fields: SettingFields;
  readonly values: AnySettings;
  /** Values that resets go to (defaults with the preset laid over them). */
  readonly standards: AnySettings;
  readonly onChange: (name: string, value: SettingValue) => void;
  readonly only: (field: SettingField) => boolean;
  readonly disabled?: boolean;
}

/** Settings of a schema in its own order; advanced ones behind a fold. */
export function SettingsForm({ fields, values, standards, onChange, only, disabled }: Props) {
  const wanted = Object.entries(fields).filter(([, field]) => only(field));
  const row = ([name, field]: [string, SettingField]) => (
    <SettingControl
      key={name}
      name={name}
      field={field}
      value={values[name] ?? field.default}
      standard={standards[name] ?? field.default}
      onChange={(value) => onChange(name, value)}
      disabled={disabled}
    />
  );
  const advanced = wanted.filter(([, field]) => field.advanced);
  const touched = advanced.filter(
    ([name, field]) => !sameValue(values[name], standards[name] ?? field.default),
  ).length;
  return (
    <>
      {wanted.filter(([, field]) => !field.advanced).map(row)}
      {advanced.length > 0 && (
        <details className="advanced">
          <summary>
            More{' '}
            <span className="muted">
              {touched > 0 ? `${touched} of ${advanced.length} changed` : advanced.length}
            </span>
          </summary>
          {advanced.map(row)}
        </details>
      )}
    </>
  );
}
