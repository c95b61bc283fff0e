import { useState } from 'react';
import type { ReactNode } from 'react';
import { aucOfKind, domainAucOfKind } from '../../training/metrics/aucKind';
import type { AucKind } from '../../training/metrics/aucKind';
import { aucDomain, stepDomain } from '../charts/axis';
import { LineFrame } from '../charts/LineFrame';
import type { LinePoint, LineSpec } from '../charts/lineSpec';
import { scenarioColours } from '../colour/scenario';
import { INK } from '../colour/tokens';
import { Figure } from '../figure/Figure';
import { fixedDigits, formatAuc, formatCount } from '../format';
import { hasTruth } from '../pictures/curves/curves';
import type { RunView } from '../store/runView';
import { useSetup } from '../store/setup';
import { useTheme } from '../store/theme';
import { DifferenceBars } from './DifferenceBars';
import { comparable, differences, pairNames, pairTitle, shortNames } from './pair';
import type { Compared, Difference, Pair } from './pair';
import { PairProgress } from './PairProgress';
import { useSides } from './useSides';
import './beside.css';

function curvePoints(
  views: readonly (RunView | null)[],
  scenario: number | null,
  kind: AucKind,
): readonly LinePoint[] {
  const steps = new Map<number, Record<string, number | null>>();
  views.forEach((view, k) => {
    for (const { step, metrics } of view?.evaluations.points ?? []) {
      const point = steps.get(step) ?? {};
      point[`run${k}`] =
        scenario === null ? domainAucOfKind(kind, metrics) : aucOfKind(kind, metrics.scenarios[scenario]);
      steps.set(step, point);
    }
  });
  return [...steps].sort((a, b) => a[0] - b[0]).map(([x, point]) => ({ ...point, x }));
}

/** From what the bars are computed. */
function source({ rows, step }: Compared): string {
  return rows === 'test'
    ? 'Test rows, best weights of each run.'
    : `Validation rows at step ${formatCount(step)} of both.`;
}

interface Props {
  readonly pair: Pair;
  readonly controls?: ReactNode;
}

/** Two runs that differ in one switch: their curves in the same axes, and a bar of difference a scenario. */
export function BesideFigure({ pair, controls }: Props) {
  const sides = useSides(pair);
  const [chosen, setChosen] = useState<string | null>(null);
  const wanted = useSetup((state) => state.curve);
  const theme = useTheme((state) => state.theme);
  const names = pairNames(pair.setup, pair.by);
  const short = shortNames(pair.setup, pair.by);
  const [first, second] = [sides[0].view, sides[1].view];
  const known = second ?? first;
  const scenarios = known?.scenarios ?? [];
  const kind: AucKind = [first, second].every(
    (view) => view === null || view.ceilings === null || hasTruth(view),
  )
    ? wanted
    : 'drawn';
  const scenario = chosen === null ? -1 : scenarios.findIndex(({ id }) => id === chosen);
  const points = curvePoints([first, second], scenario < 0 ? null : scenario, kind);
  const colours = scenarioColours(scenarios, theme);
  const lines: readonly LineSpec[] = short.map((name, k) => ({
    key: `run${k}`,
    label: name,
    colour: scenario < 0 ? INK : (colours[scenario] ?? INK),
    ...(k === 1 && { dash: '6 3' }),
    width: 1.75,
  }));
  const values = points
    .flatMap((point) => lines.map(({ key }) => point[key]))
    .filter((one) => typeof one === 'number');
  const ceiling = scenario < 0 ? known?.ceilings?.domain : known?.ceilings?.scenarios[scenario];
  const compared = comparable(first, second);
  const found = compared ? differences(scenarios, compared, kind) : [];
  const what = kind === 'noiseFree' ? 'noise-free AUC' : 'AUC';
  return (
    <Figure
      name="beside"
      className="beside"
      title={pairTitle(pair.setup, pair.by)}
      reading={`Same seed, same data: solid ${short[0]}, dashed ${short[1]}. Bars: change in ${what} from ${short[0]} to ${short[1]}; to the left a scenario loses. One seed: chance alone moves a bar too.`}
      table={{
        columns: ['scenario', names[0], names[1], 'difference'],
        rows: found.map(({ name, first: a, second: b, value }) => [name, a, b, value]),
      }}
      controls={
        <>
          {scenarios.length > 1 && (
            <select
              aria-label="Scenario of the curves"
              value={scenario < 0 ? '' : (chosen ?? '')}
              onChange={(event) => setChosen(event.target.value || null)}
            >
              <option value="">mean of scenarios</option>
              {scenarios.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
          {controls}
        </>
      }
    >
      <div className="beside-parts">
        <div className="beside-curves">
          <LineFrame
            label={`AUC over steps ${names[0]} and ${names[1]}.`}
            lines={lines}
            points={points}
            x={stepDomain(known?.steps ?? pair.setup.training.steps)}
            y={aucDomain(values.length > 0 ? { min: Math.min(...values), max: Math.max(...values) } : null, [
              ceiling,
            ])}
            formatY={formatAuc}
            tickY={(value) => fixedDigits(value, 2)}
            xLabel="step"
          />
        </div>
        <div className="beside-bars">
          {compared ? (
            <>
              <DifferenceBars label={barsLabel(found, what, names[1])} bars={barsOf(found, colours)} />
              <p className="muted">{source(compared)}</p>
            </>
          ) : (
            <p className="muted">Bars stand here once both runs have been evaluated at the same step.</p>
          )}
        </div>
      </div>
      <PairProgress names={names} sides={sides} />
    </Figure>
  );
}

function barsOf(found: readonly Difference[], colours: readonly string[]) {
  return found.map(({ id, name, value, tooFew }, s) => ({
    id,
    name,
    value,
    colour: colours[s] ?? INK,
    summary: id === '',
    ...(tooFew && { instead: 'too few' }),
  }));
}

function barsLabel(found: readonly Difference[], what: string, name: string): string {
  const worst = found.reduce<Difference | null>(
    (low, one) => (one.value !== null && one.id !== '' && (low?.value ?? 0) > one.value ? one : low),
    null,
  );
  return worst
    ? `Change in ${what} ${name}; ${worst.name} loses most. All numbers are in the table.`
    : `Change in ${what} ${name}; no scenario loses. All numbers are in the table.`;
}
