import { useMemo } from 'react';
import { niceDomain, stepDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import type { LinePoint, LineSpec } from '../../charts/lineSpec';
import { INK } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { atFirstEvaluation, atFirstPruning, atFirstSearch } from '../awaited';
import { trendHeadline } from '../headlines/matrixWords';
import { ExpertUseFigure } from './ExpertUseFigure';
import { densities, searchScores } from './searchHistory';
import { fixedDigits } from '../../format';

const format = (value: number | null): string => fixedDigits(value, 4);

/** What the searches led to: which experts are used, how sparse the masks become over the run, what each search had to choose from. */
export function SearchFigures({ view }: { readonly view: RunView }) {
  const maskFrames = framesOf(view, 'masks');
  const scoreFrames = framesOf(view, 'candidateScores');
  const density = useMemo(() => densities(maskFrames), [maskFrames]);
  const searches = useMemo(() => searchScores(scoreFrames), [scoreFrames]);
  const target = view.setup.settings['targetDensity'];
  const masks = view.probeSpecs.find(({ name }) => name === 'masks');
  const x = stepDomain(view.steps, 4);
  const scored = searches.flatMap(({ best, worst }) => [best, worst]).filter((value) => value !== null);
  const scoreLines: readonly LineSpec[] = [
    { key: 'best', label: 'chosen', colour: INK, band: ['best', 'worst'], dots: true },
    { key: 'mean', label: 'mean', colour: INK, dash: '6 3' },
    { key: 'worst', label: 'worst', colour: INK, dash: '2 3', width: 1.25 },
  ];
  return (
    <>
      {masks && <ExpertUseFigure view={view} spec={masks} />}
      <Figure
        name="mask-density"
        title="Density of the masks over the run"
        headline={trendHeadline(
          'mean density',
          density.map(({ step, mean }) => ({ step, value: mean })),
        )}
        reading="Share of edges that are left: the mean over scenarios and, shaded, from the sparsest mask to the densest; dotted, the target."
        equation={String.raw`\lVert M_d\rVert_0\big/\textstyle\sum_{l}N_{l-1}N_l\quad\text{(Algorithm 1)}`}
        table={{
          columns: ['step', 'mean density', 'sparsest', 'densest'],
          rows: density.map(({ step, mean, low, high }) => [step, mean, low, high]),
        }}
        empty={
          density.length === 0 && (
            <p>
              {atFirstEvaluation(view)} {atFirstPruning(view)}
            </p>
          )
        }
      >
        <LineFrame
          label="Mean density of the scenarios’ masks over steps"
          lines={[
            {
              key: 'mean',
              label: 'mean',
              colour: INK,
              band: ['low', 'high'],
              ceiling: typeof target === 'number' ? target : null,
              ceilingName: 'target',
            },
          ]}
          points={density.map(({ step, mean, low, high }): LinePoint => ({ x: step, mean, low, high }))}
          x={x}
          y={niceDomain({ min: 0, max: 1 })}
          formatY={format}
          tickY={(value) => fixedDigits(value, 2)}
          xLabel="step"
        />
      </Figure>
      <Figure
        name="mask-search-scores"
        title="Candidates’ scores over the searches"
        headline={trendHeadline(
          'chosen candidates’ log loss',
          searches.map(({ step, best }) => ({ step, value: best })),
        )}
        reading="Log loss on the search’s training batches, in the mean over scenarios: of the chosen candidate, of all, and of the worst. A wide band is a search that had something to choose."
        equation={String.raw`M_d=\arg\min_{z}\mathcal L(f(x,d;T_{d,z}),y)\quad\text{(Algorithm 1)}`}
        table={{
          columns: ['step', 'chosen', 'mean', 'worst'],
          rows: searches.map(({ step, best, mean, worst }) => [step, best, mean, worst]),
        }}
        empty={searches.length === 0 && <p>{atFirstSearch(view)}</p>}
      >
        <LineFrame
          label="Log loss of chosen, mean and worst candidates over the searches"
          lines={scoreLines}
          points={searches.map(({ step, best, mean, worst }): LinePoint => ({ x: step, best, mean, worst }))}
          x={x}
          y={niceDomain(scored.length === 0 ? null : { min: Math.min(...scored), max: Math.max(...scored) })}
          formatY={format}
          tickY={(value) => fixedDigits(value, 4)}
          xLabel="step"
        />
      </Figure>
    </>
  );
}
