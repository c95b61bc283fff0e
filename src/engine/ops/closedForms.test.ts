/** Operations with written-out gradients against the same mathematics spelled out, gradients by the tape included. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  normActivationBackward,
  batchMatMulTransposed,
  bceLogitsGradient,
  crossEntropy,
  matMulTransposed,
  normalizedSoftmaxError,
  mixtureOwnGradient,
  openBackend,
  pairInnerProducts,
  addOuterProduct,
  batchVecMat,
  squaredCosineSimilarity,
  stopGradient,
  transposedMatMul,
  type BackendName,
} from '..';

/** Fixed values around 0 of a shape. */
function values<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape);
  const list = Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + seed) + 0.3 * Math.cos(seed * i));
  return tf.tensor(list, shape);
}

const oneHot = (): tf.Tensor2D => tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0], [5, 3]);

type Form = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Value and all gradients of `form`, of a sum that weighs its elements differently. */
function read(form: Form, inputs: readonly tf.Tensor[]): number[][] {
  return tf.tidy(() => {
    const value = form(...inputs);
    const weights = values(value.shape, 9);
    const gradients = tf.grads((...given) => tf.sum(tf.mul(form(...given), weights)))([...inputs]);
    return [value, ...gradients].map((tensor) => Array.from(tensor.dataSync()));
  });
}

const as2 = (x: tf.Tensor): tf.Tensor2D => x as tf.Tensor2D;
const as3 = (x: tf.Tensor): tf.Tensor3D => x as tf.Tensor3D;

function layer(mask: boolean, norm: boolean): { ours: Form; spelled: Form } {
  const u = (): tf.Tensor3D => values<tf.Rank.R3>([2, 5, 6], 3);
  const m = (): tf.Tensor3D => values<tf.Rank.R3>([2, 5, 6], 4);
  const variance = (): tf.Tensor => tf.abs(values<tf.Rank.R3>([2, 1, 6], 5));
  return {
    ours: (delta, gamma) =>
      normActivationBackward(as3(delta), {
        preActivation: u(),
        slope: 0.2,
        mask: mask ? m() : null,
        norm: norm ? { gamma: gamma, variance: variance() } : null,
      }),
    spelled: (delta, gamma) => {
      let y = tf.mul(delta, tf.step(u(), 0.2));
      if (mask) y = tf.mul(y, m());
      return norm ? tf.mul(tf.mul(y, gamma), tf.rsqrt(tf.add(variance(), 1e-5))) : y;
    },
  };
}

const label = (): tf.Tensor2D => tf.tensor2d([1, 0, 0, 1, 1], [5, 1]);
const weight = (): tf.Tensor2D => tf.tensor2d([1, 1, 0, 1, 0.5], [5, 1]);

const cases: readonly (readonly [string, Form, Form, () => tf.Tensor[]])[] = [
  ...[
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ].map(([mask, norm]) => {
    const { ours, spelled } = layer(mask!, norm!);
    const delta = (): tf.Tensor => values<tf.Rank.R3>([2, 5, 6], 1);
    const gamma = (): tf.Tensor => values<tf.Rank.R3>([2, 1, 6], 2);
    const name = `the way back through a layer${mask ? ', dropout' : ''}${norm ? ', normalisation' : ''}`;
    return [name, ours, spelled, () => (norm ? [delta(), gamma()] : [delta()])] as const;
  }),
  [
    'squared cosines of pairs',
    (x) => squaredCosineSimilarity(pairInnerProducts(as3(x)), 1e-12),
    (x) => {
      const [p, q] = tf.unstack(x) as [tf.Tensor, tf.Tensor];
      const length = (y: tf.Tensor): tf.Tensor => tf.sum(tf.square(y), 1, true);
      return tf.div(tf.square(tf.sum(tf.mul(p, q), 1, true)), tf.mul(length(p), length(q)));
    },
    () => [values<tf.Rank.R3>([2, 5, 6], 1)],
  ],
  [
    'a step of rank one',
    (x, a, w) => addOuterProduct(as2(x), as2(a), as2(w), -0.3),
    (x, a, w) => tf.sub(x, tf.mul(tf.mul(a, w), 0.3)),
    () => [values<tf.Rank.R2>([5, 6], 1), values<tf.Rank.R2>([5, 1], 2), values<tf.Rank.R2>([1, 6], 3)],
  ],
  ...[false, true].map(
    (transposed) =>
      [
        `rows times their own matrices${transposed ? ', transposed' : ''}`,
        (v: tf.Tensor, t: tf.Tensor) => batchVecMat(as2(v), as3(t), transposed),
        (v: tf.Tensor, t: tf.Tensor) =>
          transposed ? tf.sum(tf.mul(tf.expandDims(v, 1), t), 2) : tf.sum(tf.mul(tf.expandDims(v, 2), t), 1),
        () => [values<tf.Rank.R2>([5, 4], 1), values<tf.Rank.R3>([5, 4, 4], 2)],
      ] as const,
  ),
  [
    'slopes of click losses',
    (z) => bceLogitsGradient(as2(z), label(), weight()),
    (z) => tf.mul(weight(), tf.sub(tf.sigmoid(z), label())),
    () => [values<tf.Rank.R2>([5, 1], 1)],
  ],
  [
    'cross-entropy of a softmax',
    (z) => crossEntropy(as2(z), oneHot(), weight()),
    (z) => {
      const rows = tf.neg(tf.sum(tf.mul(oneHot(), tf.logSoftmax(z)), 1, true));
      return tf.div(tf.sum(tf.mul(rows, weight())), tf.sum(weight()));
    },
    () => [values<tf.Rank.R2>([5, 3], 1)],
  ],
  [
    'directions of misses',
    (z) => normalizedSoftmaxError(as2(z), oneHot(), 1e-12),
    (z) => {
      const miss = tf.sub(tf.softmax(z), oneHot());
      return tf.div(miss, tf.sqrt(tf.add(tf.sum(tf.square(miss), 1, true), 1e-12)));
    },
    () => [values<tf.Rank.R2>([5, 3], 1)],
  ],
  [
    'a mixture that trains the own branch',
    (x, w, b, alpha) =>
      mixtureOwnGradient({
        x: as2(x),
        weight: as3(w),
        bias: as2(b),
        alpha: as2(alpha),
        oneHot: oneHot(),
        slope: 0.2,
      }),
    (x, w, b, alpha) => {
      const branches = tf.unstack(w).map((one, n) => {
        const linear = tf.add(tf.matMul(as2(x), as2(one)), tf.slice(b, [n, 0], [1, 6]));
        const h = tf.mul(linear, tf.step(linear, 0.2));
        const own = tf.slice(oneHot(), [0, n], [5, 1]);
        const kept = tf.add(tf.mul(h, own), tf.mul(stopGradient(h), tf.sub(1, own)));
        return tf.mul(kept, tf.slice(alpha, [0, n], [5, 1]));
      });
      return tf.addN(branches);
    },
    () => [
      values<tf.Rank.R2>([5, 4], 1),
      values<tf.Rank.R3>([3, 4, 6], 2),
      values<tf.Rank.R2>([3, 6], 3),
      values<tf.Rank.R2>([5, 3], 4),
    ],
  ],
  [
    'a bᵀ',
    (a, b) => matMulTransposed(as2(a), as2(b)),
    (a, b) => tf.matMul(as2(a), tf.transpose(as2(b))),
    () => [values<tf.Rank.R2>([5, 4], 1), values<tf.Rank.R2>([6, 4], 2)],
  ],
  [
    'aᵀ b',
    (a, b) => transposedMatMul(as2(a), as2(b)),
    (a, b) => tf.matMul(tf.transpose(as2(a)), as2(b)),
    () => [values<tf.Rank.R2>([5, 4], 1), values<tf.Rank.R2>([5, 6], 2)],
  ],
  [
    'a bᵀ in a batch',
    (a, b) => batchMatMulTransposed(as3(a), as3(b)),
    (a, b) => tf.matMul(as3(a), tf.transpose(as3(b), [0, 2, 1])),
    () => [values<tf.Rank.R3>([2, 5, 4], 1), values<tf.Rank.R3>([2, 6, 4], 2)],
  ],
];

describe.each<BackendName>(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend);
  });

  it.each(cases)('%s: value and gradients are those of the spelled-out form', (_, ours, spelled, inputs) => {
    tf.tidy(() => {
      const given = inputs();
      const expected = read(spelled, given);
      const found = read(ours, given);
      expected.forEach((list, i) => {
        const size = Math.max(1, ...list.map(Math.abs));
        list.forEach((value, k) => expect(Math.abs(found[i]![k]! - value) / size).toBeLessThan(2e-6));
      });
    });
  });

  it('products name both shapes where they do not fit', () => {
    tf.tidy(() => {
      const a = tf.zeros<tf.Rank.R2>([2, 3]);
      const b = tf.zeros<tf.Rank.R2>([3, 4]);
      expect(() => matMulTransposed(a, b)).toThrow('a [2, 3] and b [3, 4]');
      expect(() => transposedMatMul(a, b)).toThrow('a [2, 3] and b [3, 4]');
      const batch = tf.zeros<tf.Rank.R3>([2, 3, 4]);
      expect(() => batchMatMulTransposed(batch, tf.zeros([3, 3, 4]))).toThrow('[3, 3, 4]');
    });
  });
});
