import { useEffect, useRef } from 'react';
import { forgetAblation, useAblations } from '../../../store/ablations';
import { attempt } from '../../../store/notices';
import { AblationResult } from '../../../pictures/compare/AblationResult';
import './ablation.css';

/** The ablations that were run, newest first, and the table of the one on show. */
export function AblationShelf() {
  const kept = useAblations((state) => state.kept);
  const shown = useAblations((state) => state.shown);
  const open = kept.find((one) => one.id === shown);
  const place = useRef<HTMLDivElement>(null);
  // A button may be far below what it opens. Newer browsers answer with a promise, which an effect must not return.
  useEffect(() => {
    void place.current?.scrollIntoView({ block: 'nearest' });
  }, [open?.id]);
  if (kept.length === 0) return null;
  return (
    <section className="ablations" aria-labelledby="ablations-title">
      <h2 id="ablations-title" className="ablations-title">
        Ablations
      </h2>
      <ul className="ablations-list" data-testid="ablations">
        {[...kept].reverse().map((one) => {
          const done = one.runs.filter((run) => run !== null).length;
          return (
            <li key={one.id} className={one === open ? 'current' : undefined}>
              <button
                type="button"
                className="button"
                aria-expanded={one === open}
                onClick={() => useAblations.setState({ shown: one === open ? null : one.id })}
              >
                {one.name}{' '}
                <span className="muted">
                  {done}/{one.runs.length}
                </span>
              </button>
              <button
                type="button"
                className="tool"
                title="Forget this table; its runs stay"
                aria-label={`Forget the table ${one.name}`}
                onClick={() => attempt(() => forgetAblation(one.id))}
              >
                ×
              </button>
            </li>
          );
        })}
      </ul>
      {open && (
        <div ref={place}>
          <AblationResult key={open.id} ablation={open} />
        </div>
      )}
    </section>
  );
}
