import { useMemo } from 'react';
import { stepDomain, zeroDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import type { LineSpec } from '../../charts/lineSpec';
import { INK, TERM_COLOURS } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { formatNumber } from '../../format';
import type { RunView } from '../../store/runView';
import { drawnTerms, lossPoints, lossRange, lossTable } from './curves';

/** Terms are no scenarios, so they have inks and dashes of their own. */
const DASHES = [undefined, '6 3', '2 3', '8 3 2 3', '4 2', '1 3'] as const;

function format(value: number | null): string {
  return formatNumber(value, 4);
}

/** Each loss term since the last read-back. */
export function LossFigure({ view }: { readonly view: RunView }) {
  const { points: losses } = view.losses;
  const { losses: ranges } = view.ranges;
  const terms = useMemo(() => drawnTerms(ranges), [ranges]);
  const lines = useMemo<readonly LineSpec[]>(
    () =>
      terms.map((name, k) => ({
        key: name,
        label: name,
        colour: TERM_COLOURS[k] ?? INK,
        dash: DASHES[k],
        width: 1.5,
      })),
    [terms],
  );
  const points = useMemo(() => lossPoints(losses), [losses]);
  const table = useMemo(() => lossTable(losses, ranges), [losses, ranges]);
  const range = lossRange(ranges, terms);
  return (
    <Figure
      name="loss"
      className="loss"
      compact
      title="Loss terms over steps"
      reading="Each term’s mean since the point before, unweighted; lower is better."
      equation={String.raw`\bar{\mathcal L}_k(t)=\frac{1}{t-t'}\sum_{\tau=t'+1}^{t}\mathcal L_k(\tau)`}
      table={table}
      empty={
        losses.length === 0 && (
          <p>Loss terms of the training batches stand here from the first steps of a run on.</p>
        )
      }
    >
      <LineFrame
        label="Loss terms over steps; their numbers are in the table below."
        lines={lines}
        points={points}
        x={stepDomain(view.steps)}
        y={zeroDomain(range, 3)}
        formatY={format}
        xLabel="step"
      />
    </Figure>
  );
}
