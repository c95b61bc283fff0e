import { useEffect } from 'react';
import { formatCount } from '../../format';
import { useLabActions } from '../../live/lab';
import { refreshCatalogue, useCatalogue } from '../../state/catalogue';
import { useLab } from '../../state/lab';

const KINDS = { sample: 'Samples', simulated: 'Simulated here', imported: 'Imported' } as const;

export function DatasetPicker() {
  const { client } = useLabActions();
  const entries = useCatalogue((state) => state.entries);
  const chosen = useLab((state) => state.setup.dataset);
  const choose = useLab((state) => state.setDataset);
  useEffect(() => {
    if (!entries) void refreshCatalogue(client);
  }, [client, entries]);
  const entry = entries?.find((one) => one.id === chosen);
  return (
    <div className="picker">
      <label htmlFor="dataset-select">Dataset</label>
      <select
        id="dataset-select"
        data-testid="dataset-select"
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        {!entry && <option value={chosen}>{chosen}</option>}
        {(['sample', 'simulated', 'imported'] as const).map((kind) => {
          const some = entries?.filter((one) => one.kind === kind) ?? [];
          return some.length === 0 ? null : (
            <optgroup key={kind} label={KINDS[kind]}>
              {some.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.title}
                </option>
              ))}
            </optgroup>
          );
        })}
      </select>
      {entry && (
        <p className="picker-note">
          {entry.scenarios} scenarios, {formatCount(entry.rows)} rows{entry.hasHistory ? ', histories' : ''}
          {entry.hasTruth ? ', truth known' : ''}
        </p>
      )}
    </div>
  );
}
