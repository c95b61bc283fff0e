import { useState } from 'react';
import { deLongTest } from '../../../training/statistics';
import type { ScoredRows } from '../../../workers/protocol';
import { formatSigned } from '../../format';
import { useLabActions, useLiveView } from '../../live/lab';
import type { RunView } from '../../live/runView';
import { report } from '../../state/notices';
import type { RunGroup } from './groups';

interface Result {
  readonly pair: string;
  readonly rows: readonly {
    readonly name: string;
    readonly difference: number | null;
    readonly p: number | null;
  }[];
}

/** Two single runs on the same labels: DeLong's test, from scores computed now with the kept weights. */
export function DeLongTest({
  groups,
  reference,
}: {
  readonly groups: readonly RunGroup[];
  readonly reference: RunGroup | null;
}) {
  const lab = useLabActions();
  const { state } = useLiveView();
  const [result, setResult] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  const other = groups.find((group) => group !== reference);
  const a = other?.runs[0];
  const b = reference?.runs[0];
  if (groups.length !== 2 || !a || !b || a.setup.dataset !== b.setup.dataset) return null;
  const pair = `${a.id ?? ''}/${b.id ?? ''}`;
  const running = state === 'training' || state === 'compiling' || state === 'paused';

  function scores(run: RunView): Promise<ScoredRows> {
    return lab.compute({ ...run, id: run.id ?? '' }, (client) => client.predict('test'));
  }

  async function test(first: RunView, second: RunView): Promise<void> {
    const ours = await scores(first);
    const theirs = await scores(second);
    const at = new Map(Array.from(theirs.rows, (row, k) => [row, k]));
    const rows = first.scenarios.map((scenario, s) => {
      const x: number[] = [];
      const y: number[] = [];
      const label: number[] = [];
      ours.rows.forEach((row, k) => {
        const there = at.get(row);
        if (ours.scenario[k] !== s || there === undefined) return;
        x.push(ours.score[k]!);
        y.push(theirs.score[there]!);
        label.push(ours.label[k]!);
      });
      const found = deLongTest(x, y, label);
      return { name: scenario.name, difference: found?.difference ?? null, p: found?.p ?? null };
    });
    setResult({ pair, rows });
  }

  return (
    <div className="delong">
      <button
        type="button"
        className="button"
        data-testid="delong"
        disabled={busy || running}
        title={
          running ? 'Scores rows with the kept weights; wait until the present run has ended.' : undefined
        }
        onClick={() => {
          setBusy(true);
          void test(a, b)
            .catch(report)
            .finally(() => setBusy(false));
        }}
      >
        {busy ? 'Scoring test rows' : 'Test on drawn labels (DeLong)'}
      </button>
      {result?.pair === pair && (
        <ul data-testid="delong-result">
          {result.rows.map((row) => (
            <li key={row.name}>
              {row.name}: {row.difference === null ? 'undefined' : formatSigned(row.difference)}
              {row.p === null ? '' : `, p = ${row.p < 1e-4 ? '< 0.0001' : row.p.toFixed(4)}`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
