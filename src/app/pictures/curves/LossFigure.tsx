import { useMemo } from 'react';
import { stepDomain, zeroDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import type { LineSpec } from '../../charts/Lines';
import { INK, TERM_COLOURS } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { formatNumber } from '../../format';
import type { RunView } from '../../store/runView';
import { labelRoom } from '../../charts/endLabels';
import { lossPoints, lossTable, lossTerms, MAX_LINES } from './curves';

/** Terms are no scenarios, so they have inks and dashes of their own. */
const DASHES = [undefined, '6 3', '2 3', '8 3 2 3', '4 2', '1 3'] as const;

function format(value: number | null): string {
  return formatNumber(value, 4);
}

/** Each loss term since the last read-back. */
export function LossFigure({ view }: { readonly view: RunView }) {
  const { points: losses } = view.losses;
  const series = lossTerms(view);
  // With one term the total says the same again.
  const shown = series.length === 2 ? series.filter((name) => name !== 'total') : series;
  const names = shown.slice(0, MAX_LINES).join('|');
  const lines = useMemo<readonly LineSpec[]>(
    () =>
      (names === '' ? [] : names.split('|')).map((name, k) => ({
        key: name,
        label: name,
        colour: TERM_COLOURS[k] ?? INK,
        dash: DASHES[k],
        width: 1.5,
      })),
    [names],
  );
  const points = useMemo(() => lossPoints(losses), [losses]);
  const terms = series.join('|');
  const table = useMemo(() => lossTable(losses, terms === '' ? [] : terms.split('|')), [losses, terms]);
  const ranges = lines.flatMap(({ key }) => view.ranges.losses[key] ?? []);
  const range =
    ranges.length === 0
      ? null
      : { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
  return (
    <Figure
      name="loss"
      className="loss"
      compact
      title="Loss terms over steps"
      reading="Each term’s mean since the point before, unweighted; lower is better."
      equation={String.raw`\bar{\mathcal L}_k(t)=\frac{1}{t-t'}\sum_{\tau=t'+1}^{t}\mathcal L_k(\tau)`}
      table={table}
      empty={losses.length === 0 && <p>Loss terms of the training batches.</p>}
    >
      <LineFrame
        label="Loss terms over steps; their numbers are in the table below."
        lines={lines}
        points={points}
        x={stepDomain(view.steps)}
        y={zeroDomain(range, 3)}
        formatY={format}
        xLabel="step"
        labelWidth={labelRoom(lines.map((line) => line.label))}
      />
    </Figure>
  );
}
