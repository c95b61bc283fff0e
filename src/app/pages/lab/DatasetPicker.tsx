import { useEffect } from 'react';
import { formatCount } from '../../format';
import { useRunActions } from '../../store/runActions';
import { refreshCatalogue, useCatalogue } from '../../store/catalogue';
import { useSetup } from '../../store/setup';

const KINDS = { sample: 'Samples', simulated: 'Simulated here', imported: 'Imported' } as const;

export function DatasetPicker() {
  const { client } = useRunActions();
  const entries = useCatalogue((state) => state.entries);
  const chosen = useSetup((state) => state.setup.dataset);
  const choose = useSetup((state) => state.setDataset);
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
