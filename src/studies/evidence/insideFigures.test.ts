import { expect, it } from 'vitest';
import { edgeLabels } from '../../models/papers/aread/maskReading';
import { maskLayout } from '../../models/papers/aread/masks';
import { emptyRunState, reduceRun } from '../../training/reduceRun';
import { insideFigures } from './insideFigures';
import type { ProbeValue, TrainingEvent } from '../../training/events';
import type { RunState } from '../../training/reduceRun';

const layout = maskLayout([2, 2]);
const probe = (name: string, shape: number[], values: number[], defined = 1): ProbeValue => ({
  name,
  shape,
  values: Float32Array.from(values),
  defined: new Uint8Array(values.length).fill(defined),
});

/** Four scenarios in two groups; related within a group. */
const start: RunState = {
  ...emptyRunState,
  scenarios: ['a', 'a', 'b', 'b'].map((group, s) => ({
    ...{ id: `s${s}`, name: `S${s}`, group, clickRate: 0.1 },
    share: [0.4, 0.3, 0.2, 0.1][s]!,
  })),
  relatedness: Float32Array.of(1, 0.9, 0.1, 0.2, 0.9, 1, 0.3, 0.1, 0.1, 0.3, 1, 0.8, 0.2, 0.1, 0.8, 1),
  probeSpecs: [
    {
      ...{ name: 'masks', title: 'Masks', topic: 'masks', reading: '', equation: '', scale: 'value' },
      axes: [{ name: 'scenario' }, { name: 'edge', labels: edgeLabels(layout) }],
    } as unknown as RunState['probeSpecs'][number],
  ],
};

const all = (events: readonly TrainingEvent[]): RunState => events.reduce(reduceRun, start);
const shown = (step: number, value: ProbeValue): TrainingEvent => ({
  kind: 'procedure-probe',
  step,
  probe: value,
});
const ends = (step: number, bestStep: number): TrainingEvent =>
  ({ kind: 'done', step, bestStep, reason: 'steps', final: null }) as unknown as TrainingEvent;

it('tells the recovery of the table under which the best step was trained', () => {
  const tables = [40, 240, 440].map((step, k) => shown(step, probe('fairnessRecovery', [1], [0.5 + k / 8])));
  const at = (best: number) => insideFigures(all([...tables, ends(500, best)]));
  expect(at(240)).toEqual({ recoveryAuc: { overall: 0.5, mean: null, scenarios: [] } });
  expect(at(260)['recoveryAuc']!.overall).toBe(0.625);
  expect(at(500)['recoveryAuc']!.overall).toBe(0.75);
  const unknown = all([shown(40, probe('fairnessRecovery', [1], [0], 0)), ends(80, 60)]);
  expect(insideFigures(unknown)['recoveryAuc']!.overall).toBeNull();
});

it('reads masks of the best weights, and of the last search where they are others', () => {
  // By group; then each like one of the other group.
  const tree = [1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1];
  const crossed = [1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1];
  const search = (step: number) => shown(step, probe('chosenCandidate', [4, 1], [1, 1, 1, 1]));
  const masks = (step: number, values: number[]) => shown(step, probe('masks', [4, 4], values));
  const run = all([
    search(10),
    masks(20, tree),
    search(30),
    masks(40, crossed),
    masks(60, tree),
    ends(60, 20),
  ]);
  const figures = insideFigures(run);
  const { mean, ...density } = figures['density']!;
  expect(density).toEqual({ overall: 10 / 16, scenarios: [0.5, 0.75, 0.5, 0.75] });
  expect(mean).toBeCloseTo(0.4 * 0.5 + 0.3 * 0.75 + 0.2 * 0.5 + 0.1 * 0.75, 12);
  expect(figures['overlapTree']!.overall).toBe(1);
  // Of four points in two pairs, crossed pairs agree less than chance.
  expect(figures['overlapTreeLast']!.overall).toBeCloseTo(-0.5, 12);
  expect(figures['densityLast']!.overall).toBe(0.5);
  expect(figures['overlapTree2']).toEqual(figures['overlapTree']);
  expect(figures['overlapRelatedness']!.overall).toBeGreaterThan(0.5);
  expect(figures['overlapRelatednessLast']!.overall).toBeLessThan(0);
});

it('says nothing of models without either, nor of groups where the truth has none', () => {
  expect(insideFigures(all([ends(10, 5)]))).toEqual({});
  const flat = { ...start, scenarios: start.scenarios.map((one) => ({ ...one, group: null })) };
  const run = [shown(5, probe('masks', [4, 4], new Array<number>(16).fill(1))), ends(10, 5)].reduce(
    reduceRun,
    { ...flat, relatedness: null },
  );
  expect(Object.keys(insideFigures(run))).toEqual(['density']);
});
