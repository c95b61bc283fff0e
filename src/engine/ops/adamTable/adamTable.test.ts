import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { hash3 } from '../../random';
import { openBackend } from '../..';
import { planRows } from '../../rowPlan';
import { createTouchedRows, type TouchedRows } from '.';

const [VOCABULARY, DIM] = [7, 3];
const rates = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, pull: 0.02 };

const draw = (seed: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => (hash3(i, seed, 1) >>> 8) / 0x1000000 - 0.5);

/** Adam over every row of the table, spelled out. `moments`: first, then second. */
function denseAdam(table: Float64Array, moments: Float64Array, gradient: Float64Array, step: number): void {
  const { beta1, beta2, epsilon } = rates;
  const size = table.length;
  for (let i = 0; i < size; i++) {
    const first = (moments[i] = beta1 * moments[i]! + (1 - beta1) * gradient[i]!);
    const second = (moments[size + i] = beta2 * moments[size + i]! + (1 - beta2) * gradient[i]! ** 2);
    const correctedSecond = Math.sqrt(second / (1 - beta2 ** step));
    table[i] = table[i]! - ((0.1 / (1 - beta1 ** step)) * first) / (correctedSecond + epsilon);
  }
}

/** Batches whose rows come, stay away and come again; row 6 never comes, row 2 twice in one batch; id 0 is padding. */
const batches = [Int32Array.of(1, 2, 2), Int32Array.of(4), Int32Array.of(1, 0, 5), Int32Array.of(2, 3)];

function update(touched: TouchedRows, ids: Int32Array, step: number): Float32Array {
  const values = draw(step + 10, ids.length * DIM);
  tf.tidy(() =>
    touched.update(tf.tensor2d(values, [ids.length, DIM]), planRows(ids, VOCABULARY), {
      ...rates,
      stepSize: 0.1 / (1 - rates.beta1 ** step),
      inverseRoot: 1 / Math.sqrt(1 - rates.beta2 ** step),
    }),
  );
  return values;
}

beforeAll(async () => {
  expect((await openBackend('wasm')).name).toBe('wasm');
});

it.each([false, true])(
  'moves every row as dense Adam does; rows found anew from the moments: %s',
  (recount) => {
    const table = tf.tensor2d(draw(1, VOCABULARY * DIM), [VOCABULARY, DIM]);
    const moments = tf.zeros<tf.Rank.R2>([2, VOCABULARY * DIM]);
    const expected = Float64Array.from(table.dataSync());
    const expectedMoments = new Float64Array(2 * VOCABULARY * DIM);
    let touched = createTouchedRows(table, moments)!;
    batches.forEach((ids, index) => {
      const values = update(touched, ids, index + 1);
      const gradient = new Float64Array(VOCABULARY * DIM);
      ids.forEach((id, place) => {
        if (id === 0) return;
        for (let d = 0; d < DIM; d++)
          gradient[id * DIM + d] =
            gradient[id * DIM + d]! + values[place * DIM + d]! + rates.pull * expected[id * DIM + d]!;
      });
      denseAdam(expected, expectedMoments, gradient, index + 1);
      if (recount) {
        touched.dispose();
        touched = createTouchedRows(table, moments)!;
        touched.recount();
      }
    });
    const close = (tensor: tf.Tensor, to: Float64Array): void =>
      tensor.dataSync().forEach((value, i) => expect(value).toBeCloseTo(to[i]!, 5));
    close(table, expected);
    close(moments, expectedMoments);
    expect([...table.dataSync()].slice(6 * DIM)).toEqual([...draw(1, VOCABULARY * DIM)].slice(6 * DIM));
    touched.dispose();
    tf.dispose([table, moments]);
  },
);
