/** Adam against torch.optim.Adam's numbers (tests/reference/engine/reference.py). */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../..';
import type { BackendName } from '../..';
import { as2 } from '../../testing/operation';
import { expectClose, fixtures } from '../../testing/pytorch';

describe.each<BackendName>(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    expect((await engine.openBackend(backend)).name).toBe(backend);
  });

  it('Adam with L2 and a table follows torch.optim.Adam for three steps', async () => {
    const { vocabulary, dim, batch, fields, l2, centre, learningRate, start, steps } = fixtures.adam;
    const variables = engine.createVariables(1);
    const matrix = variables.parameter(
      'matrix',
      'weight',
      [fields * dim, 1],
      Float32Array.from(start.matrix),
      centre,
    );
    const bias = variables.parameter('bias', 'bias', [1], Float32Array.from(start.bias));
    const table = engine.createTable(vocabulary, dim, 1);
    engine.assignParameter(table, Float32Array.from(start.table));
    const optimiser = engine.createAdam({ parameters: variables.parameters, table });
    for (const [at, step] of steps.entries()) {
      const losses = engine.createLossAccumulator();
      engine.runStep({
        table,
        parameters: variables.parameters,
        optimiser,
        ids: Int32Array.from(step.ids),
        batch,
        learningRate,
        l2,
        mode: engine.createMode('train', 1, at),
        losses,
        build: (rows) => {
          const x = tf.reshape<tf.Rank.R2>(rows, [batch, fields * dim]);
          const logit = engine.dense(x, as2(matrix.tensor), bias.tensor);
          const label = tf.tensor2d(step.label, [batch, 1]);
          return { total: engine.bceWithLogits(logit, label, tf.ones([batch, 1])), terms: {} };
        },
      });
      expect((await losses.read()).total).toBeCloseTo(step.loss, 5);
      expectClose(await engine.readTensor(table), step.table, `table after step ${at + 1}`, 2e-6);
      expectClose(await engine.readTensor(matrix), step.matrix, `matrix after step ${at + 1}`, 2e-6);
      expectClose(await engine.readTensor(bias), step.bias, `bias after step ${at + 1}`, 2e-6);
    }
  });
});
