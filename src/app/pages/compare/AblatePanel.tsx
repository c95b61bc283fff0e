import { useMemo, useState } from 'react';
import { findModel } from '../../../models/registry';
import type { RunView } from '../../live/runView';
import { enqueue } from '../../state/queue';
import { ablationRuns, plannedVariants } from './ablations';

/** One click: the chosen run and each of its variants over n seeds, one after the other. */
export function AblatePanel({ views }: { readonly views: readonly RunView[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [seeds, setSeeds] = useState(3);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const view = views.find((one) => one.id === chosen) ?? views.at(-1)!;
  const model = findModel(view.setup.model);
  const planned = useMemo(() => plannedVariants(model, view.setup), [model, view.setup]);
  const taken = planned.filter((variant) => !left.has(variant.name));
  const runs = (taken.length + 1) * seeds;
  return (
    <section className="ablate" aria-labelledby="ablate-title">
      <h3 id="ablate-title">Ablate</h3>
      {planned.length === 0 ? (
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
              onClick={() =>
                enqueue(
                  ablationRuns(model, view.setup, taken, seeds),
                  `ablation of ${view.name}, ${new Date().toISOString().slice(0, 19)}`,
                )
              }
            >
              Train {runs} runs
            </button>
          </div>
          <div className="ablate-variants">
            {planned.map((variant) => (
              <label key={`${variant.table ?? ''}${variant.name}`}>
                <input
                  type="checkbox"
                  checked={!left.has(variant.name)}
                  onChange={(event) => {
                    const next = new Set(left);
                    if (event.target.checked) next.delete(variant.name);
                    else next.add(variant.name);
                    setLeft(next);
                  }}
                />{' '}
                {variant.name} {variant.table && <span className="muted">{variant.table}</span>}
              </label>
            ))}
          </div>
        </>
      )}
    </section>
  );
}
