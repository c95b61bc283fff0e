import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchMatMul, matMul, openBackend, split } from '..';
import { createFollower } from './follow';

beforeAll(async () => {
  await openBackend('cpu');
});

type Work = (x: tf.Tensor3D) => tf.Tensor;

/** As the library's tidy, for work whose result is no tensor. */
function tidied<T>(work: () => T): T {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}

/** Which elements of `x` each element of the result is made from, as the follower says. */
function followed(work: Work, x: tf.Tensor3D): readonly (readonly number[])[] {
  return tidied(() => {
    const follower = createFollower();
    follower.mark(x, (id) => ({ id, role: 'value' }));
    const flat = follower.follow(() => tf.reshape(work(x), [-1]));
    for (let k = 0; k < flat.size; k++)
      follower.enter(
        follower.follow(() => tf.slice(flat, [k], [1])),
        1000 + k,
      );
    return Array.from({ length: flat.size }, (_, k) =>
      follower.entries
        .filter(({ to }) => to === 1000 + k)
        .map(({ from }) => from)
        .sort((a, b) => a - b),
    );
  });
}

/** The same by changing one element at a time. */
function perturbed(work: Work, x: tf.Tensor3D): readonly (readonly number[])[] {
  return tidied(() => {
    const values = x.dataSync();
    const start = work(x).dataSync();
    const found = Array.from(start, (): number[] => []);
    for (let j = 0; j < values.length; j++) {
      const other = values.slice();
      other[j]! += 1.5;
      work(tf.tensor3d(other, x.shape))
        .dataSync()
        .forEach((value, k) => {
          if (value !== start[k]) found[k]!.push(j);
        });
    }
    return found;
  });
}

const works: Readonly<Record<string, Work>> = {
  slice: (x) => tf.slice(x, [0, 1, 0], [x.shape[0], x.shape[1] - 1, x.shape[2]]),
  concat: (x) => tf.concat([tf.slice(x, [0, 0, 1], [x.shape[0], x.shape[1], 1]), x], 2),
  stack: (x) => tf.stack([x, tf.mul(x, 2)], 1),
  unstack: (x) => tf.unstack(x, 1)[1]!,
  split: (x) => split(x, [1, x.shape[1] - 1], 1)[1]!,
  'split of the library': (x) => tf.split(x, [1, x.shape[2] - 1], 2)[1]!,
  transpose: (x) => tf.transpose(x, [2, 0, 1]),
  tile: (x) => tf.tile(x, [1, 2, 1]),
  reverse: (x) => tf.reverse(x, [0, 2]),
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 0],
      [0, 2],
    ]),
  sum: (x) => tf.sum(x, 1),
  'sum of all': (x) => tf.sum(x),
  mean: (x) => tf.mean(x, -1, true),
  broadcast: (x) => tf.mul(x, tf.slice(x, [0, 0, 0], [x.shape[0], 1, x.shape[2]])),
  'broadcast of fewer axes': (x) => tf.add(x, tf.sum(x, [0, 1])),
  unary: (x) => tf.tanh(x),
  product: (x) => batchMatMul(x, tf.transpose(x, [0, 2, 1])),
  'product of matrices': (x) =>
    matMul(tf.reshape<tf.Rank.R2>(x, [x.shape[0] * x.shape[1], x.shape[2]]), tf.ones([x.shape[2], 2])),
  'product of the library': (x) => tf.matMul(x, x, true, false),
};

describe.each(Object.entries(works))('through %s', (_name, work) => {
  it('every element is followed to those that it is made from', () => {
    const length = fc.integer({ min: 2, max: 3 });
    fc.assert(
      fc.property(length, length, length, (a, b, c) => {
        const x = tf.tensor3d(
          Float32Array.from({ length: a * b * c }, (_one, k) => Math.sin(1 + 1.7 * k)),
          [a, b, c],
        );
        expect(followed(work, x)).toEqual(perturbed(work, x));
        x.dispose();
      }),
      { numRuns: 4 },
    );
  });
});

describe('weights', () => {
  const [X, V, W, OUT] = [0, 1, 2, 3];

  function entries(work: (x: tf.Tensor2D, v: tf.Tensor2D, w: tf.Tensor2D) => tf.Tensor) {
    return tidied(() => {
      const follower = createFollower();
      const [x, v, w] = [0.1, 0.2, 0.3].map((from) => tf.fill([2, 2], from));
      follower.mark(x!, { id: X, role: 'value' });
      follower.mark(v!, { id: V, role: 'weight' });
      follower.mark(w!, { id: W, role: 'weight' });
      follower.enter(
        follower.follow(() => work(x as tf.Tensor2D, v as tf.Tensor2D, w as tf.Tensor2D)),
        OUT,
      );
      const shown = follower.entries.map(({ from, to, gate }) => `${from}${gate ? '~' : '>'}${to}`);
      return { shown: shown.sort(), joint: follower.joint, weighed: follower.weighed };
    });
  }

  it('take values in and give their own', () => {
    expect(entries((x, v, w) => tf.matMul(tf.relu(tf.matMul(x, v)), w)).shown).toEqual(['0>1', '1>2', '2>3']);
  });

  it('let values past that are added to theirs', () => {
    expect(entries((x, v) => tf.add(x, tf.matMul(x, v))).shown).toEqual(['0>1', '0>3', '1>3']);
  });

  it('made into one before they meet a value are joint', () => {
    const { shown, joint } = entries((x, v, w) => tf.matMul(x, tf.mul(v, w)));
    expect(shown).toEqual(['0>1', '0>2', '1>3', '2>3']);
    expect(joint).toEqual([[V, W]]);
  });

  it('beside values are values', () => {
    expect(entries((x, v, w) => tf.matMul(tf.concat([x, v], 1), tf.concat([w, w], 0))).shown).toEqual([
      '0>2',
      '1>2',
      '2>3',
    ]);
  });

  it('whose result is a share weigh the other', () => {
    const { shown, weighed } = entries((x, v, w) => tf.mul(tf.softmax(tf.matMul(x, v)), tf.matMul(x, w)));
    expect(shown).toEqual(['0>1', '0>2', '1~3', '2>3']);
    expect(weighed).toEqual([{ gate: V, of: W }]);
  });

  it('are let go where the work fails', () => {
    const follower = createFollower();
    const fails = (): never => {
      throw new Error('no');
    };
    expect(() => follower.follow(fails)).toThrow('no');
    tf.tidy(() => {
      const x = tf.ones([2, 2]);
      follower.mark(x, { id: X, role: 'value' });
      follower.enter(tf.neg(x), OUT);
    });
    expect(follower.entries).toEqual([]);
  });
});
