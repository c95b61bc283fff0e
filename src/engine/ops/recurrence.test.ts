import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBackend } from '../backend';
import { rectangle } from '../backends/wasm/library';
import { normalArray } from '../random';
import { gru } from './gru';
import { maxLast } from './maxLast';
import { additiveAttentionScores } from './additiveAttentionScores';

const numbers = (name: string, shape: number[]) =>
  tf.tensor(
    normalArray(
      3,
      name,
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  );

/** Value and gradients by every input, as plain numbers, on one backend. */
async function run(
  backend: 'cpu' | 'wasm',
  shapes: Readonly<Record<string, number[]>>,
  f: (...x: tf.Tensor[]) => tf.Tensor,
): Promise<number[][]> {
  await openBackend(backend);
  return tf.tidy(() => {
    const inputs = Object.entries(shapes).map(([name, shape]) => numbers(name, shape));
    const y = f(...inputs);
    const weight = numbers('weight of the output', y.shape);
    const grads = tf.grads((...x: tf.Tensor[]) => tf.sum(tf.mul(f(...x), weight)))(inputs);
    return [y, ...grads].map((tensor) => [...tensor.dataSync()]);
  });
}

async function expectBackendsAgree(
  shapes: Readonly<Record<string, number[]>>,
  f: (...x: tf.Tensor[]) => tf.Tensor,
): Promise<void> {
  const cpu = await run('cpu', shapes, f);
  const wasm = await run('wasm', shapes, f);
  cpu.forEach((values, i) =>
    values.forEach((value, j) =>
      expect(Math.abs(wasm[i]![j]! - value)).toBeLessThan(2e-5 * (1 + Math.abs(value))),
    ),
  );
}

const mask = (rows: number, length: number) =>
  tf.tensor2d(
    Array.from({ length: rows * length }, (_, i) =>
      i % length <= Math.floor(i / length) % (length + 1) ? 1 : 0,
    ),
    [rows, length],
  );

describe('the gated recurrent unit', () => {
  for (const width of [3, 8]) {
    it(`agrees between backends, values and gradients, ${width} units`, async () => {
      await expectBackendsAgree({ x: [5, 4, 3 * width], u: [width, 3 * width] }, (x, u) =>
        gru(x as tf.Tensor3D, u as tf.Tensor2D, mask(5, 4)),
      );
    });
  }

  it('keeps its state over steps that are not there', async () => {
    await openBackend('wasm');
    const x = numbers('x', [2, 3, 12]) as tf.Tensor3D;
    const u = numbers('u', [4, 12]) as tf.Tensor2D;
    const whole = gru(tf.slice(x, [0, 0, 0], [2, 2, 12]), u, tf.ones([2, 2]));
    const cut = gru(x, u, tf.tensor2d([1, 1, 0, 1, 1, 0], [2, 3]));
    expect([...cut.dataSync()]).toEqual([...whole.dataSync()]);
    expect([...gru(x, u, tf.zeros([2, 3])).dataSync()]).toEqual(Array(8).fill(0));
  });

  it('names shapes that do not fit', () => {
    expect(() => gru(tf.zeros([2, 3, 11]), tf.zeros([4, 12]), tf.zeros([2, 3]))).toThrow(/\[2, 3, 11\]/);
  });
});

describe('scores of pairs', () => {
  for (const hidden of [4, 6]) {
    it(`agree between backends, values and gradients, ${hidden} units`, async () => {
      await expectBackendsAgree({ a: [5, 3, hidden], p: [5, 2, hidden], v: [hidden, 1] }, (a, p, v) =>
        additiveAttentionScores(a as tf.Tensor3D, p as tf.Tensor3D, v as tf.Tensor2D),
      );
    });
  }

  it('equal the network over every pair', async () => {
    await openBackend('cpu');
    const a = numbers('a', [2, 3, 4]).arraySync() as number[][][];
    const p = numbers('p', [2, 2, 4]).arraySync() as number[][][];
    const v = numbers('v', [4, 1]).arraySync() as number[][];
    const found = additiveAttentionScores(tf.tensor3d(a), tf.tensor3d(p), tf.tensor2d(v)).arraySync();
    a.forEach((rows, b) =>
      rows.forEach((x, j) =>
        p[b]!.forEach((y, k) => {
          const expected = x.reduce((sum, value, q) => sum + Math.max(0, value + y[q]!) * v[q]![0]!, 0);
          expect(found[b]![j]![k]).toBeCloseTo(expected, 5);
        }),
      ),
    );
  });
});

describe('the largest value', () => {
  it('gives every tie the whole gradient', async () => {
    await openBackend('cpu');
    const x = tf.tensor2d([1, 3, 3, -1, -2, -1], [2, 3]);
    expect([...maxLast(x).dataSync()]).toEqual([3, -1]);
    const gradient = tf.grad((y: tf.Tensor) => tf.sum(maxLast(y)))(x);
    expect([...gradient.dataSync()]).toEqual([0, 1, 1, 1, 0, 1]);
  });
});

describe('rectangles on WASM', () => {
  const boxes = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 4 })
    .map((axes) => ({
      whole: axes.map(([part, before, after]) => part + before + after),
      begin: axes.map(([, before]) => before),
      part: axes.map(([part]) => part),
    }));

  it('cut and paste as the library does', async () => {
    const cut = async (
      backend: 'cpu' | 'wasm',
      { whole, begin, part }: typeof boxes extends fc.Arbitrary<infer B> ? B : never,
    ) => {
      await tf.setBackend(backend);
      const x = tf.tensor(
        Float32Array.from({ length: whole.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
        whole,
      );
      const piece = tf.slice(x, begin, part);
      const padded = tf.pad(
        piece,
        whole.map((length, axis) => [begin[axis]!, length - begin[axis]! - part[axis]!]),
      );
      return [[...piece.dataSync()], [...padded.dataSync()]];
    };
    await openBackend('wasm');
    await fc.assert(
      fc.asyncProperty(boxes, async (box) => {
        expect(await cut('wasm', box)).toEqual(await cut('cpu', box));
      }),
      { numRuns: 60 },
    );
  });

  it('of one run need no outer axis', () => {
    expect(rectangle([4, 5], [2, 5], [1, 0])).toEqual({ start: 5, layout: [1, 1, 1, 10, 0, 0, 0] });
  });
});
