import { useMemo } from 'react';
import type { ProbeSpec } from '../../../../../models/definition';
import type { ProbeValue } from '../../../../../training/events';
import { niceDomain, stepDomain } from '../../../../charts/axis';
import { LineFrame } from '../../../../charts/LineFrame';
import { Figure } from '../../../../figure/Figure';
import { Film } from '../../../../live/film';
import type { RunView } from '../../../../live/runView';
import { useTheme } from '../../../../state/theme';
import { labelRoom } from '../../AucFigure';
import { ProbeFigure } from '../ProbeFigure';
import { rowCosines } from '../vectors';

const COSINE: ProbeSpec = {
  name: 'scenarioCosine',
  tab: 'conflict',
  title: 'Do scenarios pull the shared representation apart?',
  reading: 'Cosine of two scenarios’ mean gradients: below 0 (orange) a step that helps one hurts the other.',
  equation: String.raw`\cos(g^i,g^j)=\frac{g^i\cdot g^j}{\lVert g^i\rVert\,\lVert g^j\rVert}\quad(12)`,
  axes: [{ name: 'scenario' }, { name: 'otherScenario' }],
  scale: 'signed',
};

/** Cosines of every kept gradient, as a film of their own. */
function cosineFilm(view: RunView): Film {
  const film = new Film();
  for (const { step, value } of view.film.frames('scenarioGradient')) {
    const n = value.shape[0] ?? 0;
    film.add(step, { name: COSINE.name, shape: [n, n], ...rowCosines(value) });
  }
  return film;
}

/** Mean and lowest cosine over pairs of different scenarios. */
function summary(value: ProbeValue): {
  readonly mean: number | null;
  readonly lowest: number | null;
  readonly opposed: number | null;
} {
  const n = value.shape[0] ?? 0;
  let [sum, count, below] = [0, 0, 0];
  let lowest = Number.POSITIVE_INFINITY;
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      if (value.defined[a * n + b] !== 1) continue;
      const cosine = value.values[a * n + b]!;
      sum += cosine;
      count++;
      if (cosine < 0) below++;
      lowest = Math.min(lowest, cosine);
    }
  }
  return count === 0
    ? { mean: null, lowest: null, opposed: null }
    : { mean: sum / count, lowest, opposed: below / count };
}

function format(value: number | null): string {
  return value === null ? 'undefined' : value.toFixed(2).replace('-', '−');
}

/** CausalInt's negative transfer, seen: cosines between scenarios' gradients, now and over time. */
export function ConflictFigures({ view }: { readonly view: RunView }) {
  const theme = useTheme((state) => state.theme);
  const film = useMemo(
    () => cosineFilm(view),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- frames change inside; the film's version says when
    [view.film, view.film.version],
  );
  const cosines = useMemo(() => ({ ...view, film }), [view, film]);
  const rows = useMemo(
    () => film.frames(COSINE.name).map(({ step, value }) => ({ x: step, ...summary(value) })),
    [film],
  );
  const ink = theme === 'dark' ? '#e9ebee' : '#14171b';
  const lines = [
    { key: 'mean', label: 'mean', colour: ink },
    { key: 'lowest', label: 'lowest pair', colour: ink, dash: '2 3', width: 1.25 },
  ];
  return (
    <>
      <ProbeFigure name="conflict" view={cosines} spec={COSINE} />
      <Figure
        name="conflict-over-time"
        title="Conflict over the run"
        reading="Mean and lowest cosine over pairs of scenarios; 0 is no conflict and no agreement."
        table={{
          columns: ['step', 'mean cosine', 'lowest cosine', 'share of pairs below 0'],
          rows: rows.map((row) => [row.x, row.mean, row.lowest, row.opposed]),
        }}
        empty={rows.length === 0 && <p>Filled at the first evaluation of a run.</p>}
      >
        <LineFrame
          label="Mean and lowest cosine over steps"
          lines={lines}
          points={rows}
          x={stepDomain(view.steps, 4)}
          y={niceDomain({ min: -1, max: 1 })}
          formatY={format}
          xLabel="step"
          labelWidth={labelRoom(lines.map((line) => line.label))}
        />
      </Figure>
    </>
  );
}
