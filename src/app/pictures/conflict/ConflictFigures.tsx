import type { ProbeSpec } from '../../../models/definition';
import { niceDomain, stepDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import { INK } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import type { RunView } from '../../store/runView';
import { atFirstEvaluation } from '../awaited';
import { trendHeadline } from '../headlines/matrixWords';
import { picture, probeNamed } from '../picture';
import { ProbeFigure } from '../probe/ProbeFigure';
import { COSINE_NAME, useConflict } from './cosines';
import { fixedDigits } from '../../format';

const COSINE: ProbeSpec = {
  name: COSINE_NAME,
  topic: 'conflict',
  title: 'Do scenarios pull the shared representation apart?',
  reading: 'Cosine of two scenarios’ mean gradients: below 0 (orange) a step that helps one hurts the other.',
  equation: String.raw`\cos(g^i,g^j)=\frac{g^i\cdot g^j}{\lVert g^i\rVert\,\lVert g^j\rVert}\quad(12)`,
  axes: [{ name: 'scenario' }, { name: 'otherScenario' }],
  scale: 'signed',
  quantity: 'cosine',
};

function format(value: number | null): string {
  return fixedDigits(value, 2);
}

/** CausalInt's negative transfer, seen: cosines between scenarios' gradients, now and over time. */
function ConflictFigures({ view }: { readonly view: RunView }) {
  const { frames, rows } = useConflict(view);
  const lines = [
    { key: 'mean', label: 'mean', colour: INK },
    { key: 'lowest', label: 'lowest pair', colour: INK, dash: '2 3', width: 1.25 },
  ];
  return (
    <>
      <ProbeFigure name="conflict" view={view} spec={COSINE} frames={frames} />
      <Figure
        name="conflict-over-time"
        title="Conflict over the run"
        headline={trendHeadline(
          'mean cosine',
          rows.map(({ x, mean }) => ({ step: x, value: mean })),
        )}
        reading="Mean and lowest cosine over pairs of scenarios; 0 is no conflict and no agreement."
        equation={String.raw`\frac{2}{N(N-1)}\sum_{i<j}\cos(g^i,g^j),\qquad \min_{i<j}\cos(g^i,g^j)\quad(12)`}
        table={{
          columns: ['step', 'mean cosine', 'lowest cosine', 'share of pairs below 0'],
          rows: rows.map((row) => [row.x, row.mean, row.lowest, row.opposed]),
        }}
        empty={rows.length === 0 && <p>{atFirstEvaluation(view)}</p>}
      >
        <LineFrame
          label="Mean and lowest cosine over steps"
          lines={lines}
          points={rows}
          x={stepDomain(view.steps, 4)}
          y={niceDomain({ min: -1, max: 1 })}
          formatY={format}
          xLabel="step"
        />
      </Figure>
    </>
  );
}

export const conflict = picture({
  id: 'conflict',
  tab: 'conflict',
  replaces: ['scenarioGradient'],
  accepts: probeNamed('scenarioGradient'),
  Component: ConflictFigures,
});
