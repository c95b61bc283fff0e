/** Representations through a whole run: what is kept of them is what the weights say. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { simulatedSmall } from '../../../tests/support/simulatedSmall';
import { openBackend } from '../../engine';
import { createRun } from '../run';
import { defaultTraining, presetSettings } from '../setup';
import { parseSetup } from '../parseSetup';
import { readRepresentations } from './read';
import { MAX_POINTS, pointsOf } from './sample';
import type { BackendInfo } from '../../engine';
import type { AnySettings } from '../../models/settings';
import type { TrainingEvent } from '../events';
import type { Run } from '../run';
import type { RepresentationSample } from './sample';

const dataset = simulatedSmall(1500);
let backend: BackendInfo;
beforeAll(async () => {
  backend = await openBackend('cpu');
});

function start(model: string, settings: AnySettings = {}, weights: Uint8Array | null = null): Run {
  const training = { ...defaultTraining(), steps: 6, batch: 64, evaluateEvery: 3, evaluationRows: 50 };
  return createRun({
    id: 'run',
    dataset,
    backend,
    weights,
    setup: parseSetup({
      model,
      settings: { ...presetSettings(model, 'tiny'), ...settings },
      training,
      dataset: dataset.id,
      seed: 5,
      backend: 'cpu',
    }),
  });
}

async function trained(run: Run): Promise<{ events: TrainingEvent[]; sample: RepresentationSample }> {
  const events: TrainingEvent[] = [];
  for await (const event of run.events) events.push(event);
  return { events, sample: run.record('done').representation! };
}

/** Vectors of a kept representation, row by row. */
function vectors(sample: RepresentationSample, name: string) {
  const kept = sample.vectors.find((one) => one.name === name)!;
  return pointsOf(sample, kept, dataset.scenarios.length);
}

it('MMoE: the last layer times its scenario’s output weights is the logit of the row', async () => {
  const run = start('mmoe');
  const { sample } = await trained(run);
  const { arrays } = await run.trainer.snapshot(false);
  const [weight, bias] = [arrays['output.weight']!, arrays['output.bias']!];
  const { values, dim, count, group } = vectors(sample, 'lastLayer');
  expect(count).toBe(sample.rows.length);
  for (let row = 0; row < count; row++) {
    let logit = bias[group[row]!]!;
    for (let k = 0; k < dim; k++) logit += weight[group[row]! * dim + k]! * values[row * dim + k]!;
    expect(1 / (1 + Math.exp(-logit)), `row ${row}`).toBeCloseTo(sample.probability[row]!, 4);
  }
  run.dispose();
});

it('what is kept at the end is what the kept weights give again, row for row', async () => {
  const run = start('optmsm');
  const { events, sample } = await trained(run);
  expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['representation', 'done']);
  const again = start('optmsm', {}, await run.weights());
  const shown = (await readRepresentations(again.trainer))!;
  expect([...shown.rows]).toEqual([...sample.rows]);
  for (const { name } of sample.vectors) {
    const [one, other] = [vectors(sample, name), vectors(shown, name)];
    one.values.forEach((value, i) => expect(other.values[i]).toBeCloseTo(value, 4));
  }
  run.dispose();
  again.dispose();
});

it('OptMSM: each row has one vector in every scenario, its own among them', async () => {
  const run = start('optmsm');
  const { sample } = await trained(run);
  const [each, own] = [vectors(sample, 'contrastive'), vectors(sample, 'own')];
  const scenarios = dataset.scenarios.length;
  expect(each.slots).toBe(scenarios);
  expect(each.count).toBeLessThanOrEqual(MAX_POINTS);
  for (let row = 0; row < each.count / scenarios; row++) {
    const from = (row * scenarios + sample.scenario[row]!) * each.dim;
    for (let k = 0; k < each.dim; k++)
      expect(each.values[from + k]).toBeCloseTo(own.values[row * own.dim + k]!, 4);
  }
  // A probe that comes with squares is read as a standard deviation: of weights in 0…1, so at most a half.
  const kept = run
    .record('done')
    .probes.at(-1)!
    .probes.find(({ name }) => name === 'seGateDeviation')!;
  expect(Math.max(...kept.values)).toBeGreaterThan(0);
  expect(Math.max(...kept.values)).toBeLessThanOrEqual(0.5);
  expect(Math.min(...kept.values)).toBeGreaterThanOrEqual(0);
  // Without a transfer there is nothing to hold apart.
  const plain = start('optmsm', { op: 'none', lambdaOrth: 0 });
  expect((await trained(plain)).sample.vectors.map(({ name }) => name)).toEqual(['own']);
  run.dispose();
  plain.dispose();
});

it('reading leaves no tensor behind and changes no weight; a checkpoint carries the sample', async () => {
  const run = start('mmoe');
  const { sample } = await trained(run);
  const tensors = tf.memory().numTensors;
  const before = await run.trainer.snapshot(true);
  await readRepresentations(run.trainer);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(await run.trainer.snapshot(true)).toEqual(before);
  const { readCheckpoint } = await import('../checkpoint/checkpoint');
  expect(readCheckpoint(await run.checkpoint('done')).record.representation).toEqual(sample);
  run.dispose();
});

it('CausalInt without its invariant module offers one representation, with it both', async () => {
  const names = async (settings: AnySettings) => {
    const run = start('causalint', settings);
    const { sample } = await trained(run);
    run.dispose();
    return sample.vectors.map(({ name }) => name);
  };
  expect(await names({})).toEqual(['xIR', 'xSR']);
  expect(await names({ invar: false })).toEqual(['xIR']);
});
