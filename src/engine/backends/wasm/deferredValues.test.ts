import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { openBackend } from '../../backend';
import { createAdam } from '../../optimiser';
import { routedDense, routedSharedDense } from '../../ops/routedDense';
import { oneHotRows } from '../../ops/oneHotRows';
import { as2, as3, values } from '../../testing/operation';
import { deferredValue } from './deferredValues';

/** Enough weights to be deferred; groups of 1 to 12 rows, and some without. */
const [ROWS, GROUPS, INPUT, OUTPUT] = [78, 40, 43, 44] as const;
const SMALL = Array.from({ length: 12 }, (_, k) => Array<number>(k + 1).fill(3 * k + 2)).flat();

type Combine = 'multiply' | 'add' | 'many' | null;
/** `many`: own weights alone, where two groups have more rows than are left to Adam. */
const kinds: readonly (readonly [string, Combine])[] = [
  ['own weights', null],
  ['own weights, some of many rows', 'many'],
  ['own weights times shared ones', 'multiply'],
  ['own weights plus shared ones', 'add'],
];

/** Gradients by own weights and, where there are any, by shared ones, of a layer of these. */
function gradients(weight: tf.Tensor, shared: tf.Tensor, combine: Combine): tf.Tensor[] {
  const x = values<tf.Rank.R2>([ROWS, INPUT], 1);
  const large = combine === 'many' ? 40 : 0;
  const index = SMALL.map((group, b) => (b < large ? 7 * (b % 2) : group));
  const route = oneHotRows(tf.tensor1d(index, 'int32'), GROUPS);
  const layer = (own: tf.Tensor, common: tf.Tensor): tf.Tensor =>
    combine && combine !== 'many'
      ? routedSharedDense(x, as3(own), { shared: as2(common), combine }, null, route)
      : routedDense(x, as3(own), null, route);
  const dy = values([ROWS, OUTPUT], 4);
  return combine && combine !== 'many'
    ? tf.grads(layer)([weight, shared], dy)
    : tf.grads((own) => layer(own, shared))([weight], dy);
}

/** Weights after two steps of Adam, and moments. `read`: gradients are read before. */
async function trained(combine: Combine, read: boolean): Promise<Float32Array[]> {
  const [weight, shared] = tf.tidy(() => [
    tf.variable(values<tf.Rank.R3>([GROUPS, INPUT, OUTPUT], 2)),
    tf.variable(values<tf.Rank.R2>([INPUT, OUTPUT], 3)),
  ]);
  const parameters = [shared, weight].map((tensor, i) => ({
    name: `p${i}`,
    tensor,
    shape: tensor.shape,
    kind: 'weight' as const,
    l2Centre: 0,
  }));
  const adam = createAdam({ parameters, table: null });
  for (let step = 0; step < 2; step++) {
    tf.tidy(() => {
      const [dWeight, dShared = null] = gradients(weight, shared, combine);
      expect(deferredValue(dWeight!) !== null).toBe(true);
      if (read) dWeight!.dataSync();
      expect(deferredValue(dWeight!) !== null).toBe(!read);
      adam.apply({
        gradients: [dShared, dWeight!],
        rowGradient: null,
        plan: null,
        learningRate: 0.01,
        l2: 1e-3,
        batch: ROWS,
      });
    });
  }
  const moments = await adam.snapshot();
  const found = [weight, shared].map((tensor) => tensor.dataSync<'float32'>().slice());
  adam.dispose();
  tf.dispose([weight, shared]);
  return [...found, ...Object.values(moments)];
}

it.each(kinds)(
  'Adam by the deferred gradient of %s leaves the bits of one that was read',
  async (_name, combine) => {
    await openBackend('wasm');
    const before = tf.memory();
    const found = await trained(combine, false);
    const expected = await trained(combine, true);
    expect(found.map((list, i) => list.every((value, k) => Object.is(value, expected[i]![k])))).not.toContain(
      false,
    );
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  },
);

it.each(kinds)(
  'whoever reads what is deferred of %s finds the numbers of the CPU',
  async (_name, combine) => {
    await openBackend('wasm');
    const read = (): Float32Array[] =>
      tf.tidy(() => {
        const given = [values([GROUPS, INPUT, OUTPUT], 2), values([INPUT, OUTPUT], 3)] as const;
        // The last first: reading one of them makes all.
        return gradients(...given, combine)
          .reverse()
          .map((each) => tf.add(each, 1).dataSync<'float32'>().slice());
      });
    const onWasm = read();
    await tf.setBackend('cpu');
    const onCpu = read();
    const furthest = onWasm.map((list, i) =>
      list.reduce((most, value, k) => Math.max(most, Math.abs(value - onCpu[i]![k]!)), 0),
    );
    expect(Math.max(...furthest)).toBeLessThan(1e-4);
  },
);

it('what nobody reads is freed with its tensor', async () => {
  await openBackend('wasm');
  const before = tf.memory();
  tf.tidy(() => {
    const made = gradients(values([GROUPS, INPUT, OUTPUT], 2), values([INPUT, OUTPUT], 3), null);
    const copy = tf.clone(made[0]!);
    expect(deferredValue(copy) !== null).toBe(true);
  });
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
});
