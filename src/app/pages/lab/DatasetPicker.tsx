import { useEffect } from 'react';
import { SIMULATIONS } from '../../../data/simulate';
import { formatCount } from '../../format';
import { useAwaitsFirstFigures, useRunActions } from '../../store/runActions';
import { refreshCatalogue, useCatalogue } from '../../store/catalogue';
import { useSetup } from '../../store/setup';
import { findModel } from '../../../models/registry';
import { proposedFor } from './proposed';

/** Milliseconds that the list of datasets waits at most for a run's first figures: reading it takes a worker of its own. */
const PATIENCE = 2_000;

const KINDS = { sample: 'Samples', simulated: 'Simulated here', imported: 'Imported' } as const;

export function DatasetPicker() {
  const { client } = useRunActions();
  const entries = useCatalogue((state) => state.entries);
  const chosen = useSetup((state) => state.setup.dataset);
  const choose = useSetup((state) => state.setDataset);
  const model = useSetup((state) => state.setup.model);
  const proposed = proposedFor(model);
  const busy = useAwaitsFirstFigures();
  useEffect(() => {
    if (entries) return undefined;
    const later = setTimeout(() => void refreshCatalogue(client), busy ? PATIENCE : 0);
    return () => clearTimeout(later);
  }, [client, entries, busy]);
  const entry = entries?.find((one) => one.id === chosen);
  const world = SIMULATIONS.find((one) => one.id === chosen);
  const offered = (id: string): boolean => proposed.some((one) => one.id === id);
  return (
    <div className="picker">
      <label htmlFor="dataset-select">Dataset</label>
      <select
        id="dataset-select"
        data-testid="dataset-select"
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        {!entry && !offered(chosen) && <option value={chosen}>{world?.title ?? chosen}</option>}
        {proposed.length > 0 && (
          <optgroup label={`For ${findModel(model).title}`}>
            {proposed.map((one) => (
              <option key={one.id} value={one.id}>
                {one.title}
              </option>
            ))}
          </optgroup>
        )}
        {(['sample', 'simulated', 'imported'] as const).map((kind) => {
          const some = entries?.filter((one) => one.kind === kind && !offered(one.id)) ?? [];
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
      {!entry && world && (
        <p className="picker-note">
          {world.scenarios.length} scenarios, {formatCount(world.sizes.small.trainRows)} training rows, truth
          known; simulated here. {world.cause?.sentence}
        </p>
      )}
      {entry && (
        <p className="picker-note">
          {entry.scenarios} scenarios, {formatCount(entry.rows)} rows{entry.hasHistory ? ', histories' : ''}
          {entry.hasTruth ? ', truth known' : ''}
          {world?.cause && `. ${world.cause.sentence}`}
        </p>
      )}
    </div>
  );
}
