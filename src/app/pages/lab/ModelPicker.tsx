import { useMemo, useState } from 'react';
import type { AnyModelDefinition } from '../../../models/definition';
import { findModel, models } from '../../../models/registry';
import { useSetup } from '../../store/setup';
import { fills } from '../../pictures/tabs';
import './picker.css';

const FAMILIES: Record<AnyModelDefinition['family'], string> = {
  paper: 'Papers',
  'multi-scenario': 'Multi-scenario baselines',
  'multi-task': 'Multi-task baselines',
  'single-task': 'Single-task baselines',
};

function matches(model: AnyModelDefinition, words: readonly string[]): boolean {
  const text =
    `${model.id} ${model.title} ${FAMILIES[model.family]} ${model.summary} ${model.paper?.title ?? ''} ${model.paper?.authors ?? ''} ${model.paper?.venue ?? ''} ${model.paper?.year ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Matches that are listed with their sentences. */
const MOST_LISTED = 8;

/** A plain list grouped by paper and family, with a search that narrows it and says of each match what it is; Enter takes the first. */
export function ModelPicker() {
  const chosen = useSetup((state) => state.setup.model);
  const chooseModel = useSetup((state) => state.chooseModel);
  const tab = useSetup((state) => state.tab);
  const set = useSetup((state) => state.set);
  const [search, setSearch] = useState('');
  /** A picture that the next model has too stays open; another gives way to the model's first. */
  function choose(id: string): void {
    chooseModel(id);
    if (tab !== null && !fills(findModel(id), tab)) set({ tab: null });
  }
  const groups = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = models.filter((model) => model.id === chosen || matches(model, words));
    return (Object.keys(FAMILIES) as AnyModelDefinition['family'][])
      .map((family) => ({ family, models: found.filter((model) => model.family === family) }))
      .filter((group) => group.models.length > 0);
  }, [search, chosen]);
  const model = findModel(chosen);
  const hits =
    search === ''
      ? models
      : models.filter((one) => matches(one, search.toLowerCase().split(/\s+/).filter(Boolean)));
  return (
    <div className="picker">
      <div className="picker-line">
        <label htmlFor="model-select">Model</label>
        <input
          type="search"
          className="picker-search"
          aria-label="Search models"
          placeholder="search models"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && hits[0]) {
              choose(hits[0].id);
              setSearch('');
            } else if (event.key === 'Escape') setSearch('');
          }}
        />
      </div>
      <select
        id="model-select"
        data-testid="model-select"
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        {groups.map((group) => (
          <optgroup key={group.family} label={FAMILIES[group.family]}>
            {group.models.map((one) => (
              <option key={one.id} value={one.id} title={one.summary}>
                {one.title}
                {one.paper ? ` (${one.paper.venue} ${one.paper.year})` : ''}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p className="picker-note" role="status">
        {search === ''
          ? model.summary
          : hits.length === 0
            ? `No model matches “${search}”; try a name, an author, a family or a year.`
            : `${hits.length} ${hits.length === 1 ? 'matches' : 'match'}${hits.length > MOST_LISTED ? `; the first ${MOST_LISTED}` : ''}:`}
      </p>
      {search !== '' && hits.length > 0 && (
        <ul className="picker-matches" data-testid="model-matches" aria-label="Matching models">
          {hits.slice(0, MOST_LISTED).map((one) => (
            <li key={one.id}>
              <button
                type="button"
                data-testid={`model-match-${one.id}`}
                onClick={() => {
                  choose(one.id);
                  setSearch('');
                }}
              >
                <strong>{one.title}</strong> {one.summary}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
