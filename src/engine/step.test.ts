import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bceWithLogits,
  createAdam,
  createLossAccumulator,
  createMode,
  createTable,
  createVariables,
  dense,
  dropout,
  leakyRelu,
  memoryOf,
  openBackend,
  readTensor,
  runStep,
  mixExperts,
  softmaxLast,
  traceKernels,
  matMul,
  multiDense,
  type BackendName,
} from '.';
import { uniformArray } from './random';
import { applyStateUpdates } from './variables';

const BATCH = 16;
const FIELDS = 3;
const DIM = 4;
const VOCABULARY = 30;

/** A small gated network with its table, optimiser and a fixed stream of batches. */
function network(seed: number) {
  const variables = createVariables(seed);
  const table = createTable(VOCABULARY, DIM, seed);
  const input = FIELDS * DIM;
  const experts = variables.parameter(
    'experts',
    'weight',
    [2, input, 6],
    variables.glorot('experts', [2, input, 6], input, 6),
  );
  const bias = variables.parameter('bias', 'bias', [2, 6], new Float32Array(12));
  const gate = variables.parameter(
    'gate',
    'weight',
    [input, 2],
    variables.normal('gate', [input, 2], 0, 0.3),
  );
  const tower = variables.parameter('tower', 'weight', [6, 1], variables.glorot('tower', [6, 1], 6, 1));
  const optimiser = createAdam({ parameters: variables.parameters, table });
  const losses = createLossAccumulator();
  const label = tf.tensor2d(
    uniformArray(5, 'label', BATCH).map((u) => (u > 0.5 ? 1 : 0)),
    [BATCH, 1],
  );
  const ones = tf.ones<tf.Rank.R2>([BATCH, 1]);
  const step = (number: number): void => {
    const ids = Int32Array.from(uniformArray(7, number, BATCH * FIELDS, 0, VOCABULARY), Math.floor);
    runStep({
      table,
      parameters: variables.parameters,
      optimiser,
      ids,
      batch: BATCH,
      learningRate: 0.01,
      l2: 1e-4,
      mode: createMode('train', seed, number),
      losses,
      build: (rows, mode) => {
        const x = tf.reshape<tf.Rank.R2>(rows, [BATCH, input]);
        const hidden = leakyRelu(multiDense(x, experts.tensor, bias.tensor), 0);
        const mixed = mixExperts(hidden, softmaxLast(matMul(x, gate.tensor)));
        const logit = dense(dropout(mixed, 0.2, mode), tower.tensor, null);
        const total = bceWithLogits(logit, label, ones);
        return { total, terms: { click: total } };
      },
    });
  };
  return { step, losses, table, variables };
}

describe.each<BackendName>(['cpu', 'wasm'])('a training step on %s', (backend) => {
  beforeAll(async () => {
    const info = await openBackend(backend);
    expect(info.name).toBe(backend);
  });
  afterAll(() => tf.disposeVariables());

  it('recorded states become what their blend says, more of them than one dispatch writes', async () => {
    const variables = createVariables(1);
    const states = Array.from({ length: 6 }, (_, k) =>
      variables.state(`state${k}`, [k + 1], new Float32Array(k + 1).fill(k)),
    );
    const mode = createMode('train', 1, 0);
    states.forEach((state, k) => {
      const blend = [undefined, { decay: 0.75, scale: 0.25 }, { decay: 1, scale: 1 }][k % 3];
      mode.recordState(state, tf.fill([k + 1, 1], 10), blend);
    });
    expect(() => mode.recordState(states[1]!, tf.ones([3]))).toThrow('state1 holds 2 values');
    const recorded = mode.drainRecorded();
    applyStateUpdates(recorded);
    tf.dispose(recorded.map(({ value }) => value));
    for (const [k, { tensor }] of states.entries()) {
      const expected = [10, 0.75 * k + 2.5, k + 10][k % 3]!;
      expect([...(await tensor.data())]).toEqual(new Array<number>(k + 1).fill(expected));
    }
    expect(mode.drainRecorded()).toEqual([]);
  });

  it('lowers the loss', async () => {
    const { step, losses } = network(1);
    for (let i = 0; i < 20; i++) step(0);
    const first = await losses.read();
    for (let i = 0; i < 200; i++) step(0);
    await losses.read();
    for (let i = 0; i < 20; i++) step(0);
    const last = await losses.read();
    expect(last.total!).toBeLessThan(first.total! * 0.5);
    expect(last.click).toBeCloseTo(last.total!, 6);
  });

  it('gives the same bits for the same seed', async () => {
    const results: Float32Array[][] = [];
    for (let run = 0; run < 2; run++) {
      const { step, table, variables } = network(3);
      for (let i = 0; i < 10; i++) step(i);
      results.push(
        await Promise.all([table, ...variables.parameters].map((variable) => readTensor(variable))),
      );
    }
    expect(results[0]).toEqual(results[1]);
  });

  // Counts must be equal: a tensor that only every twentieth step forgot would show.
  it('holds no more tensors after 200 steps than after one', async () => {
    const { step, losses } = network(4);
    step(0);
    await losses.read();
    const before = memoryOf();
    for (let i = 1; i <= 200; i++) step(i);
    await losses.read();
    expect(memoryOf()).toEqual(before);
  });

  it('issues the same kernels on the same shapes at every step', () => {
    const { step } = network(5);
    const first = traceKernels(() => step(0));
    const second = traceKernels(() => step(1));
    expect(first.length).toBeGreaterThan(20);
    expect(second.slice(0, first.length - 1)).toEqual(first.slice(0, second.length - 1));
  });

  it('leaves the padding row of the table at zero', async () => {
    const { step, table } = network(6);
    for (let i = 0; i < 5; i++) step(i);
    const values = await readTensor(table);
    expect([...values.slice(0, DIM)]).toEqual([0, 0, 0, 0]);
  });
});
