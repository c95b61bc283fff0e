/** Clusters of scenarios against SciPy and an exhaustive search (tests/reference/training/precluster.py), and what a run makes of them. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallDataset } from '../../../../tests/support/smallDataset';
import { openBackend, permutation, uniformArray } from '../../../engine';
import { models } from '../../../models/registry';
import { parseSetup } from '../../parseSetup';
import { createRun, type Run } from '../../run';
import { defaultTraining, presetSettings } from '../../setup';
import { askWhatIf } from '../../whatIf/whatIf';
import { clusterScenarios } from '.';
import { kMeans } from './kMeans';
import { lossDistances } from './lossDistances';
import type { BackendInfo } from '../../../engine';
import type { AnySettings } from '../../../models/settings';
import type { TrainingEvent } from '../../events';

interface Case {
  readonly loss: readonly number[];
  readonly scenario: readonly number[];
  readonly scenarios: number;
  readonly clusters: number;
  readonly distances: readonly number[];
  readonly groups: readonly number[];
  readonly inertia: number;
}
const file = new URL('../../../../tests/reference/training/precluster.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[];

const rowsOf = (matrix: readonly number[], n: number): number[][] =>
  Array.from({ length: n }, (_, i) => matrix.slice(i * n, (i + 1) * n));

/** Groups by the numbers in which they come. */
const partition = (groups: ArrayLike<number>): readonly number[] => {
  const all = Array.from(groups);
  const known = [...new Set(all)];
  return all.map((one) => known.indexOf(one));
};

describe('clusters of scenarios', () => {
  it('distances are those of SciPy, a scenario without rows included', () => {
    for (const one of cases) {
      const found = lossDistances(one);
      one.distances.forEach((wanted, cell) => expect(found[cell]).toBeCloseTo(wanted, 10));
    }
  });

  it('K-means finds the partition that no other is better than', () => {
    for (const { scenarios, clusters, distances, groups, inertia } of cases) {
      const found = kMeans(rowsOf(distances, scenarios), clusters, 1);
      expect(found.inertia).toBeCloseTo(inertia, 10);
      expect(partition(found.cluster)).toEqual(partition(groups));
    }
  });

  it('are never empty, of as many as are asked for, the same again, and whatever number a scenario has', () => {
    const scenarios = fc
      .record({
        n: fc.integer({ min: 1, max: 12 }),
        seed: fc.integer(),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ n, seed, share }) => ({ n, seed, k: 1 + Math.floor(share * (n - 1)) }));
    fc.assert(
      fc.property(scenarios, ({ n, k, seed }) => {
        const [x, y] = [uniformArray(seed, 'x', n), uniformArray(seed, 'y', n)];
        const of = (numbers: ArrayLike<number>): Float64Array =>
          Float64Array.from({ length: n * n }, (_, cell) => {
            const [i, j] = [numbers[Math.floor(cell / n)]!, numbers[cell % n]!];
            return Math.hypot(x[i]! - x[j]!, y[i]! - y[j]!);
          });
        const own = of(Array.from(x, (_, i) => i));
        const cluster = clusterScenarios(own, k, seed);
        expect([...new Set(cluster)].sort((a, b) => a - b)).toEqual(Array.from({ length: k }, (_, c) => c));
        expect(clusterScenarios(own, k, seed)).toEqual(cluster);
        const order = permutation(seed, 'order', n);
        const moved = clusterScenarios(of(order), k, seed);
        const wanted = Array.from(order, (i) => cluster[i]!);
        expect(partition(moved)).toEqual(partition(wanted));
      }),
      { numRuns: 60 },
    );
    // All alike: nothing to go by.
    expect(new Set(clusterScenarios(new Float64Array(25), 3, 1)).size).toBe(3);
  });
});

const dataset = smallDataset();
const N = dataset.scenarios.length;
let backend: BackendInfo;

beforeAll(async () => {
  backend = await openBackend('wasm');
});

const clustering = models.filter(({ fields }) => 'clusterSteps' in fields).map(({ id }) => id);

function start(model: string, given: AnySettings, from: Uint8Array | null = null): Run {
  return createRun({
    id: 'run',
    dataset,
    backend,
    from,
    setup: parseSetup({
      model,
      settings: { ...presetSettings(model, 'tiny'), clusterSteps: 12, dropout: 0, ...given },
      training: { ...defaultTraining(), steps: 4, batch: 32, evaluateEvery: 2, evaluationRows: 60 },
      dataset: dataset.id,
      seed: 3,
      backend: 'wasm',
    }),
  });
}

async function finished(run: Run): Promise<readonly TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of run.events) events.push(event);
  return events;
}

const membersOf = (run: Run): Int32Array => {
  const { values, shape } = run.state.frames.get('clusterMembers')!.points[0]!.value;
  const k = shape[1]!;
  return Int32Array.from({ length: shape[0]! }, (_, n) => values.slice(n * k, (n + 1) * k).indexOf(1));
};

describe.each(clustering)('%s with a tower a cluster', (model) => {
  it('is told clusters and judged by scenario', async () => {
    const run = start(model, { clusters: 2, scenarioField: 'off' });
    const events = await finished(run);
    expect(run.state.final!.scenarios).toHaveLength(N);
    const members = membersOf(run);
    expect(new Set(members)).toEqual(new Set([0, 1]));
    const text = events.flatMap((event) => (event.kind === 'message' ? [event.text] : []));
    expect(text.join()).toMatch(/12 steps of a DCN \(384 rows\); 5 scenarios are in 2 clusters/);
    // Nothing but the cluster tells the model where it is: within one it says the same everywhere.
    const { score } = await askWhatIf(run.trainer, { row: 0, edits: {}, scenario: 0 });
    score.forEach((value, n) => {
      const twin = members.indexOf(members[n]!);
      expect(value).toBe(score[twin]);
    });
    expect(new Set(score).size).toBe(2);
    run.dispose();
  });
});

it('knows the models of the paper’s list that have weights of each domain’s own', () => {
  for (const id of ['mmoe', 'ple', 'star', 'adasparse', 'hinet', 'shared-bottom'])
    expect(clustering).toContain(id);
  for (const id of ['adl', 'mamdr', 'aread', 'mix', 'single']) expect(clustering).not.toContain(id);
});

it('with as many clusters as scenarios the model has the form that it has without, and with more it says so', () => {
  const shapes = (clusters: number) => {
    const run = start('mmoe', { clusters });
    const found = run.trainer.model.parameters.map(({ name, tensor }) => [name, tensor.shape]);
    run.dispose();
    return found;
  };
  expect(shapes(N)).toEqual(shapes(0));
  expect(shapes(2)).not.toEqual(shapes(0));
  expect(() => start('mmoe', { clusters: N + 1 })).toThrow(
    'There are 5 scenarios, which cannot be sorted into 6 clusters; choose at most 5.',
  );
});

it('broken off while scenarios are sorted, and again afterwards, a run arrives at the same bits', async () => {
  const outcome = async (run: Run): Promise<string> => {
    await finished(run);
    const { arrays } = await run.trainer.snapshot(true);
    const { history, final, probes } = run.record('done');
    run.dispose();
    return JSON.stringify({ arrays, history, final, probes });
  };
  const expected = await outcome(start('mmoe', { clusters: 2 }));
  let from: Uint8Array | null = null;
  for (const kind of ['phase', 'step']) {
    const run = start('mmoe', { clusters: 2 }, from);
    while ((await run.events.next()).value?.kind !== kind);
    from = await run.checkpoint('paused');
    run.dispose();
  }
  expect((await outcome(start('mmoe', { clusters: 2 }, from))) === expected).toBe(true);
});
