import { knownSchemas } from '../../../data/import/schemas';
import type { Mapping } from '../../../data/import/mapping';
import { hyper } from '../../../models/settings';
import { SettingControl } from '../../controls/SettingControl';
import '../../controls/controls.css';
import type { Inspection } from '../../../workers/protocol';

interface Props {
  readonly inspection: Inspection;
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
  readonly onSchema: (schema: string | null) => void;
}

const rareField = hyper.int({
  label: 'Rare below',
  help: 'A value seen in fewer training rows counts as “other”.',
  unit: 'rows',
  default: 2,
  min: 1,
  max: 1_000_000,
  scale: 'log',
});
const bucketField = hyper.int({
  label: 'Buckets',
  help: 'Buckets of a number, by quantiles.',
  default: 16,
  min: 2,
  max: 1024,
  scale: 'log',
});
const historyField = hyper.int({
  label: 'Behaviours kept',
  help: 'The latest behaviours of a user.',
  default: 20,
  min: 1,
  max: 255,
});

/** What a column alone cannot say: known schema, title, threshold of the label, ids, split, histories. */
export function MappingOptions({ inspection, mapping, onChange, onSchema }: Props) {
  const names = mapping.columns.map((one) => one.column);
  const label = mapping.columns.find((one) => one.role === 'label')?.column;
  const profile = inspection.columns.find((one) => one.name === label);
  const binary = profile ? profile.distinct <= 2 && (profile.min ?? 0) >= 0 && (profile.max ?? 1) <= 1 : true;
  const id = (which: 'userId' | 'itemId', role: 'user' | 'item') => (
    <label>
      {role === 'user' ? 'User id' : 'Item id'}
      <select
        data-testid={which}
        value={mapping[which] ?? ''}
        onChange={(event) => onChange({ ...mapping, [which]: event.target.value || null })}
      >
        <option value="">none</option>
        {names
          .filter(
            (name) =>
              name === mapping[which] ||
              mapping.columns.some((one) => one.column === name && one.role === role),
          )
          .map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </select>
    </label>
  );
  return (
    <div className="mapping-options">
      <label>
        Columns as in
        <select
          data-testid="preset-select"
          value={inspection.schema?.id ?? ''}
          onChange={(event) => onSchema(event.target.value || null)}
        >
          <option value="">no published file: by names and values</option>
          {knownSchemas.map((schema) => (
            <option key={schema.id} value={schema.id}>
              {schema.title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Title
        <input
          type="text"
          value={mapping.title}
          maxLength={200}
          onChange={(event) => onChange({ ...mapping, title: event.target.value || inspection.file })}
        />
      </label>
      {!binary && (
        <label title="Ratings from this on count as positive">
          Positive from
          <input
            type="number"
            data-testid="label-threshold"
            step="any"
            value={mapping.label.threshold ?? ''}
            onChange={(event) =>
              onChange({
                ...mapping,
                label: {
                  ...mapping.label,
                  threshold: event.target.value === '' ? null : Number(event.target.value),
                },
              })
            }
          />
        </label>
      )}
      {id('userId', 'user')}
      {id('itemId', 'item')}
      <label>
        Split
        <select
          value={mapping.split.by}
          onChange={(event) =>
            onChange({
              ...mapping,
              split: { ...mapping.split, by: event.target.value as Mapping['split']['by'] },
            })
          }
        >
          <option value="auto">best available</option>
          <option value="column">by the split column</option>
          <option value="time">by time</option>
          <option value="random">at random</option>
        </select>
      </label>
      <details className="advanced">
        <summary>More</summary>
        <SettingControl
          name="rareBelow"
          field={rareField}
          value={mapping.rareBelow}
          standard={2}
          onChange={(value) => typeof value === 'number' && onChange({ ...mapping, rareBelow: value })}
        />
        <SettingControl
          name="buckets"
          field={bucketField}
          value={mapping.buckets}
          standard={16}
          onChange={(value) => typeof value === 'number' && onChange({ ...mapping, buckets: value })}
        />
        <SettingControl
          name="historyLength"
          field={historyField}
          value={mapping.history.length}
          standard={20}
          onChange={(value) =>
            typeof value === 'number' &&
            onChange({ ...mapping, history: { ...mapping.history, length: value } })
          }
        />
      </details>
    </div>
  );
}
