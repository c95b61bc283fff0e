import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { readBatch } from '../../data/batches';
import { tinyDataset } from '../../data/simulate/testing';
import { openBackend } from '../../engine';
import { askWhatIf } from '../whatIf/whatIf';
import { createRun } from '../run';
import { parseSetup } from '../parseSetup';
import { rowsOfSplit } from '../sampling';
import { defaultTraining, presetSettings } from '../setup';
import { counterfactualError, inEveryScenario, spacedPlaces } from './otherScenarios';
import { truthFigures } from './truthFigures';
import type { BackendInfo } from '../../engine';
import type { Run } from '../run';

const dataset = await tinyDataset({ directEffect: 0.5, interestShift: 1 });
const testRows = rowsOfSplit(dataset, 'test');
const N = dataset.scenarios.length;

test('places are evenly spaced from the first, and few enough', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 2, max: 355 }), (count, scenarios) => {
      const places = spacedPlaces(count, scenarios);
      expect(places[0]).toBe(0);
      const apart = new Set(places.slice(1).map((place, k) => place - places[k]!));
      expect(apart.size).toBeLessThanOrEqual(1);
      expect(places.at(-1)).toBeLessThan(count);
      expect(places.length * scenarios).toBeLessThan(24_000 + scenarios);
      // No more is left out than has to be.
      if (count * scenarios <= 24_000) expect(places).toHaveLength(count);
      else expect(places.length * scenarios).toBeGreaterThan(24_000 / 2 - scenarios);
    }),
    { numRuns: 200 },
  );
});

describe('rows in every scenario', () => {
  it('are the rows themselves in their own scenario, and differ in the scenario alone elsewhere', () => {
    const rows = testRows.slice(3, 9);
    const source = inEveryScenario(dataset, rows);
    const scenarioField = dataset.fields.findIndex(({ role }) => role === 'scenario');
    rows.forEach((row, r) => {
      for (let s = 0; s < N; s++) {
        const at = r * N + s;
        expect([source.scenario[at], source.label[at]]).toEqual([s, dataset.label[row]]);
        dataset.columns.forEach((column, f) =>
          expect(source.columns[f]![at]).toBe(f === scenarioField ? s + 1 : column[row]),
        );
      }
    });
  });

  it('keep each row’s behaviours', async () => {
    const run = await trained('mscan');
    const { layout } = run.trainer;
    const rows = testRows.slice(0, 5);
    const own = Array.from(rows, (row, r) => r * N + dataset.scenario[row]!);
    const [as, was] = [
      readBatch(inEveryScenario(dataset, rows), layout, own),
      readBatch(dataset, layout, rows),
    ];
    expect([as.ids, as.historyMask, as.ownHistoryMask]).toEqual([
      was.ids,
      was.historyMask,
      was.ownHistoryMask,
    ]);
    expect(was.historyMask.some((one) => one === 1)).toBe(true);
    run.dispose();
  });
});

let backend: BackendInfo;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

async function trained(model: string): Promise<Run> {
  const run = createRun({
    id: 'run',
    setup: parseSetup({
      model,
      settings: presetSettings(model, 'tiny'),
      training: { ...defaultTraining(), steps: 4, batch: 256, evaluateEvery: 4 },
      dataset: dataset.id,
      seed: 1,
      backend: 'wasm',
    }),
    dataset,
    backend,
  });
  for await (const event of run.events) void event;
  return run;
}

describe.each(['mix', 'single', 'sarnet', 'causalint', 'mscan', 'aread'])(
  'counterfactual error of %s',
  (model) => {
    it('is what the rows’ What-if answers come to, one by one', async () => {
      const run = await trained(model);
      const rows = testRows.filter((_, k) => k % 40 === 7).slice(0, 12);
      const scenario = Array.from(rows, (row) => dataset.scenario[row]!);
      const weight = Array.from(rows, (row) => dataset.weight[row]!);
      const found = await counterfactualError(
        run.trainer,
        { scenarios: N, scenario, weight, share: new Float32Array(rows.length) },
        rows,
      );
      let [error, traffic] = [0, 0];
      for (const [k, row] of rows.entries()) {
        const { probability, truth, ownScenario } = await askWhatIf(run.trainer, {
          row,
          edits: {},
          scenario: null,
        });
        for (let s = 0; s < N; s++) {
          if (s === ownScenario) continue;
          error += weight[k]! * Math.abs(probability[s]! - truth![s]!);
          traffic += weight[k]!;
        }
      }
      expect(found.overall).toBeGreaterThan(0.001);
      expect(found.overall).toBeCloseTo(error / traffic, 6);
      run.dispose();
    });
  },
);

it('stands among a run’s figures against the truth, of all test rows where they are few', async () => {
  const run = await trained('star');
  const { counterfactualError: kept } = await truthFigures(run.trainer);
  const judged = {
    scenarios: N,
    scenario: Array.from(testRows, (row) => dataset.scenario[row]!),
    weight: Array.from(testRows, (row) => dataset.weight[row]!),
    share: [],
  };
  expect(testRows.length * N).toBeLessThan(24_000);
  expect(kept).toEqual(await counterfactualError(run.trainer, judged, testRows));
  expect(kept!.scenarios.every((value) => value !== null && value > 0 && value < 1)).toBe(true);
  run.dispose();
});
