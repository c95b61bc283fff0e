/** Our WASM kernels against the CPU backend's, over shapes that cross every block's edge. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMode, openBackend, uniformArray } from '../..';
import { blockTranspose, broadcastLayout, rectangle } from './overrideTfKernels';
import { wasmKernels } from './module';

const size = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

function values(shape: readonly number[], seed: number): Float32Array {
  return uniformArray(seed, 'values', size(shape), -1, 1);
}

/** Runs on both backends and compares, relative to the largest value. */
async function compare(
  shapes: readonly (readonly number[])[],
  work: (...given: tf.Tensor[]) => tf.Tensor,
): Promise<void> {
  const found: { shape: number[]; numbers: Float32Array }[] = [];
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const given = shapes.map((shape, i) => tf.tensor(values(shape, i), [...shape]));
      const out = work(...given);
      found.push({ shape: out.shape, numbers: out.dataSync<'float32'>().slice() });
    });
  }
  await tf.setBackend('wasm');
  const [ours, theirs] = found as [(typeof found)[0], (typeof found)[0]];
  expect(ours.shape).toEqual(theirs.shape);
  const scale = Math.max(1, ...theirs.numbers.map(Math.abs));
  let worst = 0;
  ours.numbers.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - theirs.numbers[i]!) / scale);
  });
  // Sums of up to 2,401 float32 numbers in another order.
  expect(worst).toBeLessThan(1e-5);
}

beforeAll(async () => {
  await openBackend('wasm');
  expect(wasmKernels(), 'our kernels run on the backend’s memory').not.toBeNull();
});

const length = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

describe('matrix products', () => {
  it('agree for every edge and every transposition', async () => {
    await fc.assert(
      fc.asyncProperty(
        length(70),
        length(40),
        length(300),
        fc.boolean(),
        fc.boolean(),
        async (m, n, k, ta, tb) => {
          const a = ta ? [k, m] : [m, k];
          const b = tb ? [n, k] : [k, n];
          await compare([a, b], (x, y) => tf.matMul(x, y, ta, tb));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('agree past the width of a block', async () => {
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      await compare([ta ? [515, 66] : [66, 515], tb ? [530, 515] : [515, 530]], (x, y) =>
        tf.matMul(x, y, ta, tb),
      );
    }
  });

  it('agree for batches, shared operands and broadcast ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        length(6),
        length(9),
        length(9),
        length(9),
        fc.constantFrom<'both' | 'a' | 'b'>('both', 'a', 'b'),
        fc.boolean(),
        fc.boolean(),
        async (count, m, n, k, batched, ta, tb) => {
          const a = [batched === 'b' ? 1 : count, ...(ta ? [k, m] : [m, k])];
          const b = [batched === 'a' ? 1 : count, ...(tb ? [n, k] : [k, n])];
          await compare([a, b], (x, y) => tf.matMul(x, y, ta, tb));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('see weights that changed in place', () => {
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([2, 3]);
      const weight = tf.ones<tf.Rank.R2>([3, 2]);
      expect([...tf.matMul(x, weight).dataSync()]).toEqual([3, 3, 3, 3]);
      const backend = tf.backend() as unknown as {
        typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
      };
      backend.typedArrayFromHeap(weight).fill(2);
      expect([...tf.matMul(x, weight).dataSync()]).toEqual([6, 6, 6, 6]);
    });
  });
});

describe('passes over tensors', () => {
  const shape = fc.array(length(7), { minLength: 1, maxLength: 4 });

  it('sums agree over every set of axes', async () => {
    const chosen = shape.chain((lengths) =>
      fc.record({
        lengths: fc.constant(lengths),
        axes: fc.subarray(
          lengths.map((_, axis) => axis),
          { minLength: 1 },
        ),
        keep: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(chosen, async ({ lengths, axes, keep }) => {
        await compare([lengths], (x) => tf.sum(x, axes, keep));
      }),
      { numRuns: 80 },
    );
  });

  it('transposes agree for every permutation', async () => {
    const permuted = shape.chain((lengths) =>
      fc.record({
        lengths: fc.constant(lengths),
        order: fc.shuffledSubarray(
          lengths.map((_, axis) => axis),
          { minLength: lengths.length },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(permuted, async ({ lengths, order }) => {
        await compare([lengths], (x) => tf.transpose(x, order));
      }),
      { numRuns: 120 },
    );
    expect(blockTranspose([5, 3, 4], [1, 0, 2])).toEqual([1, 5, 3, 4]);
    expect(blockTranspose([5, 3, 4], [2, 0, 1])).toEqual([1, 15, 4, 1]);
    expect(blockTranspose([5, 3, 4], [2, 1, 0])).toBeNull();
  });

  it('arithmetic agrees for every broadcast', async () => {
    const pairs = fc.array(fc.record({ length: length(9), a: fc.boolean(), b: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    });
    const operations = [tf.add, tf.sub, tf.mul, tf.div];
    await fc.assert(
      fc.asyncProperty(pairs, fc.integer({ min: 0, max: 3 }), fc.boolean(), async (axes, which, drop) => {
        const a = axes.map((axis) => (axis.a ? axis.length : 1));
        const whole = axes.map((axis) => (axis.b ? axis.length : 1));
        const b = drop ? whole.slice(1) : whole;
        await compare([a, b], (x, y) => operations[which]!(x, tf.add(tf.abs(y), 0.5)));
      }),
      { numRuns: 120 },
    );
    expect(broadcastLayout([2, 3, 4], [4])?.shape).toEqual([2, 3, 4]);
  });

  it('repeats agree', async () => {
    const repeats = fc.array(fc.record({ length: length(5), times: length(3) }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(repeats, async (axes) => {
        await compare([axes.map((axis) => axis.length)], (x) =>
          tf.tile(
            x,
            axes.map((axis) => axis.times),
          ),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('concatenations agree', async () => {
    const parts = fc.record({
      outer: fc.array(length(4), { maxLength: 2 }),
      lengths: fc.array(length(5), { minLength: 2, maxLength: 4 }),
      inner: fc.array(length(4), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ outer, lengths, inner }) => {
        await compare(
          lengths.map((own) => [...outer, own, ...inner]),
          (...given) => tf.concat(given, outer.length),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('a clone is another name for one memory, which lives as long as either', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numDataBuffers;
    const y = tf.clone(x);
    expect(tf.memory().numDataBuffers).toBe(before);
    x.dispose();
    const others = Array.from({ length: 8 }, () => tf.fill([3], 9));
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([y, ...others]);
    expect(tf.memory().numDataBuffers).toBe(before - 1);
  });

  it('gathered rows agree', async () => {
    await compare([[7, 5]], (x) => tf.gather(x, tf.tensor1d([6, 0, 3, 3, 1], 'int32')));
    await compare([[7, 4, 2]], (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [6, 0],
            [3, 3],
          ],
          [2, 2],
          'int32',
        ),
      ),
    );
  });

  it('dropout masks are the same to the bit', async () => {
    const masks: Float32Array[] = [];
    for (const backend of ['wasm', 'cpu']) {
      await tf.setBackend(backend);
      const mask = createMode('train', 9, 4).dropoutMask([37, 29], 0.3);
      masks.push(mask.dataSync<'float32'>().slice());
      mask.dispose();
    }
    await tf.setBackend('wasm');
    expect(masks[0]).toEqual(masks[1]);
    const kept = masks[0]!.filter((value) => value > 0).length / masks[0]!.length;
    expect(kept).toBeGreaterThan(0.65);
    expect(kept).toBeLessThan(0.75);
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
