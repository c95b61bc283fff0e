/** MAMDR's rounds against their independent form in PyTorch (tests/reference/mamdr), and what its weights must always hold to. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostBatch, type Fixture } from '../../../../tests/support/fixture';
import { forward, quietMode } from '../../../../tests/support/probe';
import { smallDataset } from '../../../../tests/support/smallDataset';
import { useOwnTables, type HostBatch } from '../../../data/batches';
import { assign, createAdam, createMode, createVariables, openBackend, runStep } from '../../../engine';
import { findModel } from '../../../models/registry';
import { defaultTraining } from '../../setup';
import { createTrainer } from '../../trainer';
import { findProcedure } from '..';
import { trainingIds } from '.';
import { actionsOf, drawRound, type Round } from './rounds';
import { createWeights } from './weights';
import type { AnyModel, DataShape } from '../../../models/definition';
import type { AnySettings } from '../../../models/settings';

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Weights {
  readonly parameters: Readonly<Record<string, Values>>;
  readonly table: Values;
}
interface Case {
  readonly name: string;
  readonly inner: 'sgd' | 'adam';
  readonly innerRate: number;
  readonly outerRate: number;
  readonly helperRate: number;
  readonly regularisation: boolean;
  readonly rounds: readonly Round[];
  readonly after: readonly {
    readonly shared: Weights;
    readonly own: readonly Weights[];
    readonly losses: readonly number[];
  }[];
  readonly logits: readonly Values[];
}
interface Script extends Weights {
  readonly base: string;
  readonly settings: AnySettings;
  readonly shape: DataShape;
  readonly batches: readonly (readonly Fixture['batch'][])[];
  readonly cases: readonly Case[];
}

const fixtures = new URL('../../../../tests/reference/mamdr/fixtures/', import.meta.url);
const scriptOf = (name: string): Script =>
  JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')) as Script;
const N = scriptOf('rounds').shape.scenarios;
const SLOTS = N + 2;

beforeAll(async () => {
  await openBackend('cpu');
});

const floats = ({ values }: Values): Float32Array => Float32Array.from(values);
const tiled = (one: Float32Array, times: number): Float32Array =>
  Float32Array.from({ length: one.length * times }, (_, i) => one[i % one.length]!);

/** The table `[V, N + 2, d]` whose rows of an id are all alike. */
function tableOf({ shape, values }: Values): Float32Array {
  const d = shape[1]!;
  return Float32Array.from(
    { length: values.length * SLOTS },
    (_, i) => values[Math.floor(i / (SLOTS * d)) * d + (i % d)]!,
  );
}

function scriptedModel(script: Script): AnyModel {
  // Mix has a batch norm to switch off, this form of it has none.
  const { batchNorm, ...settings } = script.settings;
  expect(batchNorm).toBe('off');
  const model = findModel('mamdr')
    .configure({ ...settings, base: script.base })
    .build(script.shape, createVariables(1));
  const find = (name: string) => [...model.parameters, ...model.states].find((one) => one.name === name)!;
  for (const [name, given] of Object.entries(script.parameters)) {
    assign(find(name), floats(given));
    assign(find(`shared.${name}`), floats(given));
    assign(find(`served.${name}`), tiled(floats(given), N));
  }
  assign(model.table, tableOf(script.table));
  return model;
}

/** A scripted batch whose ids are rows of the table that serve. */
function served(batch: Fixture['batch']): HostBatch {
  const host = hostBatch({ batch });
  const own = { ...host, layout: { ...host.layout, ownTables: SLOTS } };
  useOwnTables(own);
  return own;
}

describe('rounds with Adam inside equal their PyTorch reference', () => {
  it.each(['rounds', 'rounds-shared-bottom', 'rounds-mmoe'])(
    '%s: shared weights, own weights, losses and logits',
    (name) => {
      const script = scriptOf(name);
      const adam = script.cases.find(({ inner }) => inner === 'adam')!;
      const model = scriptedModel(script);
      const weights = createWeights(model, N);
      const optimiser = createAdam({ parameters: model.parameters, table: model.table });
      const taken = Array.from({ length: N }, () => 0);
      const values = (name: string) =>
        [...model.parameters, ...model.states].find((one) => one.name === name)!.tensor.dataSync();
      const close = (got: ArrayLike<number>, wanted: readonly number[], what: string): void => {
        const size = Math.max(1e-3, ...wanted.map(Math.abs));
        const apart = wanted.map((value, i) => Math.abs(value - got[i]!) / size);
        expect(Math.max(...apart), what).toBeLessThan(1e-5);
      };
      let number = 0;
      for (const [r, round] of adam.rounds.entries()) {
        const losses: number[] = [];
        for (const action of actionsOf(round, (n) => script.batches[n]!.length)) {
          if (action.kind === 'load') weights.load(action.from);
          else if (action.kind === 'moveShared') weights.moveShared(adam.outerRate);
          else if (action.kind === 'moveOwn') weights.moveOwn(action.scenario, adam.helperRate);
          else {
            const visits = script.batches[action.scenario]!;
            const host = served(visits[taken[action.scenario]!++ % visits.length]!);
            const batch = { ...host, ids: trainingIds(host, N) };
            runStep({
              table: model.table,
              parameters: model.parameters,
              optimiser,
              ids: batch.ids,
              batch: batch.layout.batch,
              learningRate: adam.innerRate,
              l2: 0,
              mode: createMode('train', 1, number++),
              build(rows, mode) {
                const found = forward(model, script.shape, batch, mode, rows).losses;
                losses.push(found.total.dataSync()[0]!);
                return found;
              },
            });
          }
        }
        const { shared, own, losses: wanted } = adam.after[r]!;
        close(losses, wanted, `losses of round ${r}`);
        for (const [name, given] of Object.entries(shared.parameters)) {
          close(values(`shared.${name}`), given.values, `shared ${name}, round ${r}`);
          const size = given.values.length;
          own.forEach((weight, n) => {
            const all = weight.parameters[name]!.values.map((value, i) => value + given.values[i]!);
            close(
              values(`served.${name}`).slice(n * size, (n + 1) * size),
              all,
              `served ${name} of ${n}, round ${r}`,
            );
          });
        }
        const table = model.table.tensor.dataSync();
        const d = model.table.dim;
        const slot = (at: number) =>
          shared.table.values.map((_, i) => table[(Math.floor(i / d) * SLOTS + at) * d + (i % d)]!);
        close(slot(N + 1), shared.table.values, `shared table, round ${r}`);
        own.forEach((weight, n) =>
          close(
            slot(n),
            weight.table.values.map((value, i) => value + shared.table.values[i]!),
            `table of ${n}, round ${r}`,
          ),
        );
      }
      adam.logits.forEach((wanted, n) => {
        const logits = tf.tidy(() =>
          forward(model, script.shape, served(script.batches[n]![0]!), quietMode('evaluate'))
            .pass.logit.dataSync()
            .slice(),
        );
        close(logits, wanted.values, `logits of ${n}`);
      });
      optimiser.dispose();
      model.dispose();
    },
  );
});

describe('a round', () => {
  it('visits every scenario once, then each with helpers that are others, and differs from the next', () => {
    const round = drawRound(3, 0, [0, 1, 2, 3, 4], 6, 2);
    expect([...round.order].sort()).toEqual([0, 1, 2, 3, 4]);
    round.helpers.forEach((helpers, n) => {
      expect(helpers.length).toBe(n === 5 ? 0 : 2);
      expect(new Set(helpers).size).toBe(helpers.length);
      expect(helpers).not.toContain(n);
      expect(helpers).not.toContain(5);
    });
    expect(drawRound(3, 1, [0, 1, 2, 3, 4], 6, 2)).not.toEqual(round);
  });
});

/** Weights after a few steps of a run, by name. */
async function trained(given: AnySettings) {
  const definition = findModel('mamdr');
  const configured = definition.configure({ ...definition.presets.tiny, dropout: 0, ...given });
  const training = {
    ...defaultTraining(),
    steps: 24,
    batch: 32,
    evaluateEvery: 12,
    stopMetric: 'none',
  } as const;
  const trainer = createTrainer({ configured, dataset: smallDataset(), training, seed: 2 });
  const { events } = findProcedure(configured.procedure).start(trainer, null);
  const kinds: string[] = [];
  for await (const { kind } of events) kinds.push(kind);
  expect(kinds.at(-1)).toBe('done');
  const { arrays } = await trainer.snapshot(false);
  trainer.dispose();
  return arrays;
}

it('without domain regularisation every scenario is served by the shared weights; with it each by its own', async () => {
  for (const regularisation of [false, true]) {
    const arrays = await trained({ regularisation });
    const shared = arrays['shared.mlp.0.weight']!;
    const all = arrays['served.mlp.0.weight']!;
    const apart = all.some((value, i) => Math.abs(value - shared[i % shared.length]!) > 1e-6);
    expect(apart, `regularisation ${regularisation}`).toBe(regularisation);
  }
});

it.each(['mix', 'wide-deep', 'deepfm', 'pnn', 'dcn', 'shared-bottom', 'mmoe'])(
  'over %s every scenario is served by a network of its own that is what it trained, embeddings too',
  async (base) => {
    const definition = findModel('mamdr');
    const configured = definition.configure({ ...definition.presets.tiny, base, dropout: 0 });
    const training = {
      ...defaultTraining(),
      steps: 40,
      batch: 32,
      evaluateEvery: 20,
      stopMetric: 'none',
    } as const;
    const trainer = createTrainer({ configured, dataset: smallDataset(), training, seed: 2 });
    const { events } = findProcedure(configured.procedure).start(trainer, null);
    for await (const event of events)
      if (event.kind === 'done') expect(event.final.overall.logLoss).toBeGreaterThan(0);
    const { model, dataset, layout, shape } = trainer;
    const weights = createWeights(model, dataset.scenarios.length);
    const logits = (batch: HostBatch, kind: 'train' | 'evaluate'): Float32Array =>
      tf.tidy(() => forward(model, shape, batch, quietMode(kind)).pass.logit.dataSync<'float32'>().slice());
    const scores: number[] = [];
    for (const [n] of dataset.scenarios.entries()) {
      const rows = trainer.trainingRows.filter((row) => dataset.scenario[row] === n).slice(0, layout.batch);
      const batch = trainer.readBatch(rows);
      const served = logits(batch, 'evaluate').subarray(0, rows.length);
      weights.load(n);
      const trained = logits({ ...batch, ids: trainingIds(batch, dataset.scenarios.length) }, 'train');
      served.forEach((logit, i) => expect(logit).toBeCloseTo(trained[i]!, 5));
      weights.load('shared');
      const shared = logits({ ...batch, ids: trainingIds(batch, dataset.scenarios.length) }, 'train');
      scores.push(Math.max(...served.map((logit, i) => Math.abs(logit - shared[i]!))));
    }
    // Each has learned something of its own: otherwise the shared weights would do as well.
    for (const difference of scores) expect(difference).toBeGreaterThan(1e-4);
    trainer.dispose();
  },
);
