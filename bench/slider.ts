/** Time of one move of M-scan's c slider: every evaluation row re-scored, overall and per scenario. */
import { aucAt, sweepRows } from '../src/app/pictures/counterfactual/sweep';
import { uniformArray } from '../src/engine';

export interface SliderMeasurement {
  readonly rows: number;
  readonly scenarios: number;
  readonly msPerMove: number;
}

const MOVES = 9;

/** @returns the median over several values of c */
export function measureSlider(rows: number, scenarios: number): SliderMeasurement {
  const numbers = (name: string, low: number, high: number) => uniformArray(1, name, rows, low, high);
  const sweep = sweepRows(
    {
      split: 'test',
      rows: Int32Array.from({ length: rows }, (_, row) => row),
      scenario: Int16Array.from({ length: rows }, (_, row) => row % scenarios),
      label: numbers('label', 0, 1).map((value) => (value < 0.1 ? 1 : 0)),
      weight: numbers('weight', 0.5, 1.5),
      truth: numbers('truth', 0.01, 0.4),
      score: numbers('score', 0, 1),
      probability: numbers('probability', 0, 1),
      columns: { matchScore: numbers('match', -60, -20), scenarioGate: numbers('gate', 0.01, 0.1) },
    },
    scenarios,
  )!;
  const times = Array.from({ length: MOVES }, (_, k) => {
    const start = performance.now();
    aucAt(sweep, k - 40, 'noiseFree');
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { rows, scenarios, msPerMove: times[MOVES >> 1]! };
}
