/** Training on the WASM backend with helping threads, in Node: the same bits as alone. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import {
  createAdam,
  leakyRelu,
  multiDenseStacked,
  oneHot,
  openBackend,
  routedDense,
  routedSharedDense,
  stackedDense,
} from '.';
import { wasmKernels } from './backends/wasm/module';
import { normalArray } from './random';

const [BATCH, INPUT, EXPERTS, HIDDEN, OUTPUT] = [256, 96, 3, 64, 40] as const;

/** Two stacked layers and all their gradients: every way of sharing a product. */
function numbers(): Float32Array[] {
  return tf.tidy(() => {
    const normal = (name: string, shape: number[]): tf.Tensor =>
      tf.tensor(normalArray(1, name, tf.util.sizeFromShape(shape)), shape);
    const leaves = [
      normal('x', [BATCH, INPUT]),
      normal('first', [EXPERTS, INPUT, HIDDEN]),
      normal('bias', [EXPERTS, HIDDEN]),
      normal('second', [EXPERTS, HIDDEN, OUTPUT]),
    ];
    const [x, first, bias, second] = leaves as [tf.Tensor2D, tf.Tensor3D, tf.Tensor2D, tf.Tensor3D];
    const probe = normal('probe', [EXPERTS, BATCH, OUTPUT]);
    const { value, grads } = tf
      .engine()
      .gradients(
        () =>
          tf.sum(tf.mul(stackedDense(leakyRelu(multiDenseStacked(x, first, bias), 0), second, null), probe)),
        leaves,
      );
    return [value, ...grads].map((each) => each.dataSync<'float32'>().slice());
  });
}

/** Enough weights for several threads; a few rows a group, in `many` some have more than are left to Adam; gradients that are `read` are made for it. */
const [ROWS, GROUPS, INNER, WIDTH] = [150, 133, 70, 64] as const;
type Kind = 'own' | 'read' | 'many' | 'multiply' | 'add';
const kinds: readonly Kind[] = ['own', 'read', 'many', 'multiply', 'add'];

/** Values, gradients by inputs and the weights after two steps of Adam of a layer of many scenarios' own weights. */
async function routedNumbers(kind: Kind): Promise<Float32Array[]> {
  const normal = <R extends tf.Rank>(name: string, shape: tf.ShapeMap[R]): tf.Tensor<R> =>
    tf.tensor(normalArray(2, name, tf.util.sizeFromShape(shape), 0, 1), shape);
  const combined = kind === 'multiply' || kind === 'add';
  const weight = tf.variable(normal<tf.Rank.R3>('own', [GROUPS, INNER, WIDTH]));
  const shared = tf.variable(normal<tf.Rank.R2>('shared', [INNER, WIDTH]));
  const bias = tf.variable(normal<tf.Rank.R2>('bias', [GROUPS, WIDTH]));
  // Own weights first: their update makes the shared ones' gradient in the same pass.
  const parameters = (combined ? [weight, shared] : [weight]).map((tensor, i) => {
    return { name: `p${i}`, tensor, shape: tensor.shape, kind: 'weight' as const, l2Centre: 0 };
  });
  const adam = createAdam({ parameters, table: null });
  const found: Float32Array[] = [];
  for (let step = 0; step < 2; step++) {
    tf.tidy(() => {
      const x = normal<tf.Rank.R2>(`x${step}`, [ROWS, INNER]);
      const groups = Array.from({ length: ROWS }, (_, b) =>
        kind === 'many' && b < 40 ? 5 : (11 * b) % GROUPS,
      );
      const route = oneHot(tf.tensor1d(groups, 'int32'), GROUPS) as tf.Tensor2D;
      const layer = (input: tf.Tensor, own: tf.Tensor, common: tf.Tensor): tf.Tensor =>
        combined
          ? routedSharedDense(
              input as tf.Tensor2D,
              own as tf.Tensor3D,
              { shared: common as tf.Tensor2D, combine: kind },
              bias,
              route,
            )
          : routedDense(input as tf.Tensor2D, own as tf.Tensor3D, bias, route);
      const y = layer(x, weight, shared);
      const given = combined ? [x, weight, shared] : [x, weight];
      const byAll = tf.grads((input, own, common) => layer(input, own, common));
      const [dx, ...gradients] = byAll(given, normal('dy', [ROWS, WIDTH]));
      found.push(...[y, dx!].map((each) => each.dataSync<'float32'>().slice()));
      if (kind === 'read') gradients.forEach((gradient) => gradient.dataSync());
      adam.apply({
        ...{ gradients, rowGradient: null, plan: null },
        ...{ learningRate: 0.01, l2: 1e-3, batch: ROWS },
      });
    });
  }
  found.push(...[weight, shared].map((each) => each.dataSync<'float32'>().slice()));
  found.push(...Object.values(await adam.snapshot()));
  adam.dispose();
  tf.dispose([weight, shared, bias]);
  return found;
}

it.each(kinds)('Adam and scenarios’ own weights (%s) are shared among threads to the bit', async (kind) => {
  await openBackend('wasm', { threads: 2 });
  const pool = wasmKernels()!.pool!;
  const run = vi.spyOn(pool, 'run');
  const before = pool.helped();
  let shared = await routedNumbers(kind);
  // Forward, backward and Adam of each step, in at least two parts each.
  expect(run.mock.calls.filter(([tasks]) => tasks.length > 1).length).toBeGreaterThanOrEqual(6);
  const names = new Set(run.mock.calls.flatMap(([tasks]) => tasks.flat().map(({ name }) => name)));
  expect([...names]).toEqual(
    expect.arrayContaining(['routedForward', 'routedInput', kind === 'read' ? 'adam' : 'routedAdam']),
  );
  run.mockRestore();
  for (let i = 0; i < 200 && pool.helped() === before; i++) shared = await routedNumbers(kind);
  expect(pool.helped()).toBeGreaterThan(before);
  const threads = vi.spyOn(pool, 'threads', 'get').mockReturnValue(0.5);
  const alone = await routedNumbers(kind);
  threads.mockRestore();
  expect(shared.map((list, i) => list.every((value, k) => Object.is(value, alone[i]![k])))).not.toContain(
    false,
  );
  expect(shared.map(({ length }) => length)).toEqual(alone.map(({ length }) => length));
});

it('two threads help where they are asked for, and give the bits of one', async () => {
  const info = await openBackend('wasm', { threads: 2 });
  expect(info.name).toBe('wasm');
  expect(info.threads).toBe(2);
  const pool = wasmKernels()!.pool!;
  const shared = numbers();
  for (let i = 0; i < 200 && pool.helped() === 0; i++) numbers();
  expect(pool.helped()).toBeGreaterThan(0);
  // A thread that comes late, between two products of a chain, must not cut them differently.
  let threads = 1;
  const late = vi.spyOn(pool, 'threads', 'get').mockImplementation(() => ++threads);
  const joined = numbers();
  expect(threads).toBeGreaterThan(2);
  late.mockRestore();
  pool.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const helped = pool.helped();
  const alone = numbers();
  expect(pool.helped()).toBe(helped);
  expect(shared).toEqual(alone);
  expect(joined).toEqual(alone);
});
