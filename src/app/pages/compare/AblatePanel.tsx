import { useMemo, useState } from 'react';
import { findModel } from '../../../models/registry';
import type { RunView } from '../../store/runView';
import { beginAblation } from '../../store/ablations';
import { attempt } from '../../store/notices';
import { ablationRuns, isUnchanged, rowChoices } from '../../../studies/ablation/rows';

/** One click: a run's switches in turn, or the rows of one of its paper's tables, over n seeds, one run after the other. */
export function AblatePanel({ views }: { readonly views: readonly RunView[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [seeds, setSeeds] = useState(3);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const view = views.find((one) => one.id === chosen) ?? views.at(-1)!;
  const model = findModel(view.setup.model);
  const choices = useMemo(() => rowChoices(model, view.setup), [model, view.setup]);
  const choice = choices.find((one) => one.id === wanted) ?? choices[0] ?? null;
  const rows = choice?.rows.filter((row) => isUnchanged(view.setup, row) || !left.has(row.name)) ?? [];

  function begin(): void {
    const what = choice?.id === 'switches' ? 'each switch' : choice?.id === 'all' ? 'all rows' : choice?.id;
    attempt(() =>
      beginAblation(
        `${model.title} on ${view.datasetTitle || view.setup.dataset}, ${what ?? ''}`,
        view.setup,
        rows.map(({ name, table, changes }) => ({
          name,
          table,
          settings: { ...view.setup.settings, ...changes },
        })),
        ablationRuns(model, view.setup, rows, seeds),
      ),
    );
  }

  return (
    <section className="ablate" aria-labelledby="ablate-title">
      <h3 id="ablate-title">Ablate</h3>
      {choice === null ? (
        <p className="muted">{model.title} has no switches to turn off.</p>
      ) : (
        <>
          <div className="ablate-line">
            <label>
              Run{' '}
              <select value={view.id ?? ''} onChange={(event) => setChosen(event.target.value)}>
                {views.map((one) => (
                  <option key={one.id} value={one.id ?? ''}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
            <label>
              rows{' '}
              <select
                value={choice.id}
                data-testid="ablate-rows"
                onChange={(event) => setWanted(event.target.value)}
              >
                {choices.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.label} ({one.rows.length})
                  </option>
                ))}
              </select>
            </label>
            <label>
              over{' '}
              <input
                type="number"
                min={1}
                max={20}
                value={seeds}
                data-testid="ablate-seeds"
                onChange={(event) =>
                  setSeeds(Math.min(20, Math.max(1, Math.round(Number(event.target.value)) || 1)))
                }
              />{' '}
              seeds
            </label>
            <button
              type="button"
              className="button primary"
              data-testid="ablate"
              disabled={rows.length < 2}
              title={rows.length < 2 ? 'Choose at least one row to compare with the run.' : undefined}
              onClick={begin}
            >
              Train {rows.length * seeds} runs
            </button>
          </div>
          {view.setup.training.stopMetric === 'noiseFreeAuc' && (
            <p className="muted">
              The truth chose this run’s best step; where rows are compared, log loss chooses it.
            </p>
          )}
          <div className="ablate-variants">
            {choice.rows.map((row) => (
              <label key={`${row.table ?? ''}${row.name}`}>
                <input
                  type="checkbox"
                  checked={isUnchanged(view.setup, row) || !left.has(row.name)}
                  disabled={isUnchanged(view.setup, row)}
                  onChange={(event) => {
                    const next = new Set(left);
                    if (event.target.checked) next.delete(row.name);
                    else next.add(row.name);
                    setLeft(next);
                  }}
                />{' '}
                {row.name} {row.table && <span className="muted">{row.table}</span>}
              </label>
            ))}
          </div>
        </>
      )}
    </section>
  );
}
