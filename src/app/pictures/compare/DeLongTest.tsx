import { useState } from 'react';
import type { RunGroup } from '../../../studies/groups';
import { deLongTest } from '../../../studies/statistics';
import type { DeLongTest as Test } from '../../../studies/statistics';
import { tooFew } from '../../../training/metrics/types';
import { isUnderWay } from '../../../workers/protocol';
import type { ScoredRows } from '../../../workers/protocol';
import { Figure } from '../../figure/Figure';
import type { Cell } from '../../figure/types';
import { formatAuc, formatP, formatSigned } from '../../format';
import { useRunActions, useCurrentRun } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { report } from '../../store/notices';
import './compareFigures.css';

interface Result {
  readonly pair: string;
  readonly rows: readonly {
    readonly name: string;
    readonly count: number;
    /** Null with fewer than ten rows of a class. */
    readonly test: Test | null;
  }[];
}

/** Half width of the 95 % interval in standard errors. */
const REACH = 1.959964;

/** Two single runs on the same labels: DeLong's test, from scores computed now with the kept weights. */
export function DeLongTest({
  groups,
  reference,
}: {
  readonly groups: readonly RunGroup<RunView>[];
  readonly reference: RunGroup<RunView> | null;
}) {
  const actions = useRunActions();
  const { state } = useCurrentRun();
  const [result, setResult] = useState<Result | null>(null);
  const [busy, setBusy] = useState(false);
  // The first runs of two set-ups, or two seeds of one.
  const b = reference?.runs[0];
  const a = groups.length === 2 ? groups.find((group) => group !== reference)?.runs[0] : reference?.runs[1];
  const two = groups.length === 2 || (groups.length === 1 && reference?.runs.length === 2);
  if (!two || !a || !b || a.setup.dataset !== b.setup.dataset) return null;
  const pair = `${a.id ?? ''}/${b.id ?? ''}`;
  const running = isUnderWay(state);

  function scores(run: RunView): Promise<ScoredRows> {
    return actions.compute({ ...run, id: run.id ?? '' }, (client) => client.predict('test'));
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
      const few = tooFew({ rows: label.length, positives: label.filter((one) => one === 1).length });
      return { name: scenario.name, count: label.length, test: few ? null : deLongTest(x, y, label) };
    });
    setResult({ pair, rows });
  }

  const called = (run: RunView): string =>
    groups.length === 2
      ? (groups.find((group) => group.runs.includes(run))?.label ?? run.name)
      : `seed ${run.setup.seed}`;
  const shown = result?.pair === pair ? result : null;
  const ask = (
    <button
      type="button"
      className="button"
      data-testid="delong"
      disabled={busy || running}
      title={running ? 'Scores rows with the kept weights; wait until the present run has ended.' : undefined}
      onClick={() => {
        setBusy(true);
        void test(a, b)
          .catch(report)
          .finally(() => setBusy(false));
      }}
    >
      {busy ? 'Scoring test rows' : 'Test on drawn labels (DeLong)'}
    </button>
  );
  return (
    <Figure
      name="delong"
      className="delong"
      title="Do the two runs rank the same drawn labels differently?"
      reading={`DeLong’s test of two runs on the same test rows: it asks what other labels might have been drawn, and seeds aside. A difference is the AUC of “${called(a)}” minus that of the reference, “${called(b)}”.`}
      equation={String.raw`z=\frac{\hat A_1-\hat A_2}{\sqrt{L\,(S_{10}/m+S_{01}/n)\,L^\top}},\quad L=(1,-1)\quad\text{(DeLong et al. 1988, Eq 6)}`}
      table={{
        columns: [
          'scenario',
          'rows',
          'AUC',
          'AUC of the reference',
          'difference',
          'standard error',
          'z',
          'p',
        ],
        rows: (shown?.rows ?? []).map(({ name, count, test: found }) => [
          name,
          count,
          ...(found === null
            ? Array<Cell>(6).fill('too few')
            : [found.aucA, found.aucB, found.difference, found.standardError, found.z, found.p]),
        ]),
      }}
      empty={
        !shown && (
          <div className="ask">
            <p>Scores the test rows with the two runs’ kept weights and tests each scenario’s difference.</p>
            {ask}
          </div>
        )
      }
    >
      {shown && (
        <div className="table-scroll" tabIndex={0}>
          <table className="table" data-testid="delong-result">
            <thead>
              <tr>
                <th scope="col">Scenario</th>
                <th scope="col" className="number">
                  difference
                </th>
                <th scope="col" className="number">
                  95 % interval
                </th>
                <th scope="col" className="number">
                  p
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.rows.map(({ name, test: found }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {found === null ? (
                    <td className="number" colSpan={3}>
                      too few: under ten rows of a class
                    </td>
                  ) : (
                    <>
                      <td className="number" title={`${formatAuc(found.aucA)} and ${formatAuc(found.aucB)}`}>
                        {formatSigned(found.difference)}
                      </td>
                      <td className="number">
                        {formatSigned(found.difference - REACH * found.standardError)} to{' '}
                        {formatSigned(found.difference + REACH * found.standardError)}
                      </td>
                      <td className="number">{formatP(found.p)}</td>
                    </>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Figure>
  );
}
