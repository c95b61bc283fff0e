import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { representatives } from '../../../tests/support/chosenModels';
import { counterfactualProbabilities } from '../../data/simulate';
import { tinyDataset } from '../../data/simulate/testing';
import { openBackend } from '../../engine';
import { parseSetup } from '../parseSetup';
import { createRun } from '../run';
import { rowsOfSplit } from '../sampling';
import { defaultTraining, presetSettings } from '../setup';
import { sliceMetrics, MOST_SLICES } from './slices';
import { variantsOf } from './variants';
import { askWhatIf } from './whatIf';
import type { BackendInfo } from '../../engine';
import type { Run } from '../run';

const dataset = await tinyDataset();
const testRows = rowsOfSplit(dataset, 'test');
let backend: BackendInfo;

beforeAll(async () => {
  backend = await openBackend('wasm');
});

async function trained(model: string): Promise<Run> {
  const run = createRun({
    id: 'run',
    dataset,
    backend,
    setup: parseSetup({
      model,
      settings: presetSettings(model, 'tiny'),
      training: { ...defaultTraining(), steps: 3, batch: 256, evaluateEvery: 3, evaluationRows: 50 },
      dataset: dataset.id,
      seed: 5,
      backend: 'wasm',
    }),
  });
  for await (const event of run.events) if (event.kind === 'step') continue;
  return run;
}

const column = (name: string): Int32Array =>
  dataset.columns[dataset.fields.findIndex((f) => f.name === name)]!;

describe.each(representatives().map(({ id }) => id))('%s', (model) => {
  it('says of a row in its own scenario what it predicts for it among others, and leaves no tensor', async () => {
    const run = await trained(model);
    const rows = testRows.slice(0, 300);
    const predicted = await run.trainer.predict(rows);
    const before = tf.memory().numTensors;
    for (const k of [0, 299]) {
      const answer = await askWhatIf(run.trainer, { row: rows[k]!, edits: {}, scenario: null });
      expect([answer.row, answer.label]).toEqual([rows[k], dataset.label[rows[k]!]]);
      expect(answer.probability[answer.ownScenario]).toBeCloseTo(predicted.probability[k]!, 5);
      expect(answer.score[answer.ownScenario]).toBeCloseTo(predicted.score[k]!, 5);
      for (const [name, values] of Object.entries(answer.columns)) {
        const width = values.length;
        const asked = predicted.columns[name]!.subarray(k * width, (k + 1) * width);
        values.forEach((value, c) => expect(value, name).toBeCloseTo(asked[c]!, 4));
      }
      expect(answer.probes.length).toBe(run.trainer.model.probes.filter(({ source }) => !source).length);
    }
    expect(tf.memory().numTensors).toBe(before);
    run.dispose();
  });
});

describe('a row', () => {
  it('has its own true probability in its own scenario, and the simulator’s in the others', async () => {
    const run = await trained('mix');
    for (const row of testRows.slice(0, 40)) {
      const { truth, ownScenario } = await askWhatIf(run.trainer, { row, edits: {}, scenario: null });
      expect(truth![ownScenario]).toBe(dataset.truth!.probability[row]);
      expect([...truth!]).toEqual([...counterfactualProbabilities(dataset, [row])]);
    }
    const [first, second] = testRows;
    const answer = await askWhatIf(run.trainer, { row: first! + 1, edits: {}, scenario: 1 });
    expect([answer.row, answer.previous, answer.scenario]).toEqual([second, first, 1]);
    expect(answer.rows).toBe(testRows.length);
    run.dispose();
  });

  it('that is edited changes in what follows from the edit, and in nothing else', async () => {
    const run = await trained('mix');
    const row = testRows[0]!;
    const ask = (edits: Readonly<Record<string, number>>) =>
      askWhatIf(run.trainer, { row, edits, scenario: null });
    const plain = await ask({});
    expect(plain.fields.some(({ changed }) => changed)).toBe(false);

    const other = testRows.find((one) => column('user_id')[one] !== column('user_id')[row])!;
    const user = await ask({ user_id: column('user_id')[other]! });
    for (const field of user.fields) {
      const from = field.role === 'user' ? user.userFrom! : row;
      expect(field.value, field.name).toBe(column(field.name)[from]);
    }
    expect(column('user_id')[user.userFrom!]).toBe(column('user_id')[other]);
    expect([...user.probability]).not.toEqual([...plain.probability]);

    const slot = column('slot')[row] === 1 ? 2 : 1;
    const moved = await ask({ slot });
    expect(moved.fields.filter(({ changed }) => changed).map(({ name }) => name)).toEqual(['slot']);
    expect([...moved.truth!]).not.toEqual([...plain.truth!]);
    // The same edit, made in the data itself.
    const columns = dataset.fields.map((field, f) =>
      field.name === 'slot'
        ? dataset.columns[f]!.map((value, at) => (at === row ? slot : value))
        : dataset.columns[f]!,
    );
    expect([...moved.truth!]).toEqual([...counterfactualProbabilities({ ...dataset, columns }, [row])]);

    await expect(ask({ user_id: 1e9 })).rejects.toThrow(/user_id is a whole number from 0 to/);
    await expect(ask({ age: 1 })).rejects.toThrow('age follows from the user; change that one.');
    await expect(ask({ nothing: 1 })).rejects.toThrow('There is no field "nothing"');
    run.dispose();
  });

  it('of another user brings that user’s history', () => {
    const { history } = dataset;
    if (!history) throw new Error('The small dataset has histories.');
    const row = testRows[0]!;
    const other = testRows.find((one) => column('user_id')[one] !== column('user_id')[row])!;
    const variants = variantsOf(dataset, row, { user_id: column('user_id')[other]! }, [1, 0]);
    expect([...variants.scenario]).toEqual([1, 0]);
    const width = history.length * history.itemFields.length;
    const from = variants.userFrom! * width;
    expect([...variants.history!.ids]).toEqual([
      ...history.ids.subarray(from, from + width),
      ...history.ids.subarray(from, from + width),
    ]);
    expect(variants.history!.lengths[1]).toBe(history.lengths[variants.userFrom!]);
  });
});

it('slices by scenario are the scenarios’ own figures, and a large vocabulary ends in the others', async () => {
  const run = await trained('mix');
  const { probability } = await run.trainer.predict(testRows);
  const slices = await sliceMetrics(run.trainer, 'scenario_id');
  expect(slices.length).toBe(new Set(testRows.map((row) => dataset.scenario[row]!)).size);
  for (const { name, metrics } of slices) {
    const s = dataset.scenarios.findIndex((scenario) => scenario.name === name);
    const own = [...testRows].flatMap((row, k) =>
      dataset.scenario[row] === s ? [{ row, p: probability[k]! }] : [],
    );
    expect(metrics.rows).toBe(own.length);
    // AUC again, pair by pair.
    let [won, pairs] = [0, 0];
    for (const a of own)
      for (const b of own)
        if (dataset.label[a.row] === 1 && dataset.label[b.row] === 0) {
          pairs++;
          won += a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0;
        }
    if (pairs > 0) expect(metrics.auc).toBeCloseTo(won / pairs, 6);
  }
  const users = await sliceMetrics(run.trainer, 'user_id');
  expect(users.length).toBeLessThanOrEqual(MOST_SLICES);
  expect(users.at(-1)!.name).toMatch(/\d+ others/);
  expect(users.reduce((sum, { metrics }) => sum + metrics.rows, 0)).toBe(testRows.length);
  await expect(sliceMetrics(run.trainer, 'none')).rejects.toThrow('There is no field "none"');
  run.dispose();
});
