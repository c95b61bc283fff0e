/** Which programs deferred values become, on a device that computes nothing. Their numbers are those of the models' fixtures (`npm run check:webgpu`). */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCountingGpu } from '../../../../../tests/support/countingGpu';
import { copyInto } from '../../../ops/copy';
import { dense } from '../../../ops/dense';
import { leakyRelu } from '../../../ops/activations';
import { beforeRead } from '../demand';
import { dropDevice } from '../dropDevice';

beforeAll(openCountingGpu);
afterAll(() => {
  vi.unstubAllGlobals();
});

interface Program {
  readonly dispatch: readonly [number, number, number];
  readonly makes?: string;
  readonly shaderKey: string;
}
interface Recorder {
  recordAndSubmit(program: Program, output: tf.TensorInfo, inputs: readonly tf.TensorInfo[]): void;
}

/** What programs made while `work` ran, their workgroups, and the most buffers that one of them bound. */
async function programsOf(
  work: () => Promise<void> | void,
): Promise<{ makes: string[]; groups: number[]; buffers: number }> {
  const backend = tf.backend() as unknown as Recorder;
  const run = backend.recordAndSubmit.bind(backend);
  const makes: string[] = [];
  const groups: number[] = [];
  let buffers = 0;
  backend.recordAndSubmit = (program, output, inputs, ...rest: []) => {
    makes.push(program.makes ?? program.shaderKey);
    groups.push(program.dispatch.reduce((all, along) => all * along, 1));
    buffers = Math.max(buffers, inputs.length + 1);
    run(program, output, inputs, ...rest);
  };
  try {
    await work();
  } finally {
    backend.recordAndSubmit = run;
  }
  return { makes, groups, buffers };
}

const uploaded = (shape: number[]): tf.Tensor =>
  tf.tensor(new Float32Array(tf.util.sizeFromShape(shape)), shape);

describe('deferred values', () => {
  it('run nothing until somebody asks, and then a chain is one program', async () => {
    const x = uploaded([4, 6]);
    const { makes } = await programsOf(async () => {
      const y = tf.tidy(() => tf.transpose(tf.mul(tf.sigmoid(tf.add(x, 1)), x)));
      await y.data();
      y.dispose();
    });
    expect(makes).toEqual(['Transpose']);
    x.dispose();
  });

  it('finish a product where it is: bias and activation cost no program', async () => {
    const [x, weight, bias] = [uploaded([8, 5]), uploaded([5, 3]), uploaded([3])];
    const { makes } = await programsOf(async () => {
      const y = tf.tidy(() =>
        leakyRelu(dense(x as tf.Tensor2D, weight as tf.Tensor2D, bias as tf.Tensor1D), 0.1),
      );
      await y.data();
      y.dispose();
    });
    expect(makes).toEqual(['product>leakyRelu']);
    tf.dispose([x, weight, bias]);
  });

  it.each([
    ['a thread an element where a tile would be mostly beyond the matrix', [128, 12, 12, 2], 72],
    ['tiles of 16 where larger ones would be', [128, 16, 40, 16], 384],
    ['tiles of 64 where they fit', [4, 512, 128, 32], 64],
  ])('multiply matrices by %s', async (_, [batch, m, n, k], workgroups) => {
    const [a, b] = [uploaded([batch!, m!, k!]), uploaded([batch!, k!, n!])];
    const { groups } = await programsOf(async () => {
      const y = tf.matMul(a, b);
      await y.data();
      y.dispose();
    });
    expect(groups).toEqual([workgroups]);
    tf.dispose([a, b]);
  });

  it("make a layer's three gradients in one program", async () => {
    const [x, weight, bias] = [uploaded([64, 5]), uploaded([5, 40]), uploaded([40])];
    const dy = uploaded([64, 40]);
    const { makes } = await programsOf(async () => {
      const gradients = tf.grads((...[a, w, b]: tf.Tensor[]) =>
        dense(a as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D),
      )([x, weight, bias], dy);
      for (const gradient of gradients) await gradient.data();
      tf.dispose(gradients);
    });
    expect(makes).toEqual(['product+product+sum']);
    tf.dispose([x, weight, bias, dy]);
  });

  it('are read through a slice of a concatenation, whose other parts are not bound', async () => {
    const parts = Array.from({ length: 3 }, () => uploaded([2, 4]));
    const { makes, buffers } = await programsOf(async () => {
      const y = tf.tidy(() => tf.square(tf.slice(tf.concat(parts, 0), [3, 1], [1, 2])));
      await y.data();
      y.dispose();
    });
    expect(makes).toEqual(['Square']);
    expect(buffers).toBe(2);
    tf.dispose(parts);
  });

  it('are made of the old numbers before memory is overwritten', async () => {
    const [x, other] = [uploaded([7]), uploaded([7])];
    const { makes } = await programsOf(async () => {
      const old = tf.add(x, 1);
      copyInto({ target: x, source: other });
      await old.data();
      old.dispose();
    });
    expect(makes[0]).toBe('Add');
    expect(makes).toHaveLength(2);
    tf.dispose([x, other]);
  });

  it('are forgotten with what they read when nobody asks', async () => {
    const before = tf.memory();
    const { makes } = await programsOf(() => {
      const x = uploaded([3, 4]);
      const y = tf.tidy(() => tf.sum(tf.mul(x, x)));
      x.dispose();
      y.dispose();
    });
    expect(makes).toEqual([]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it('go with a device that is lost, and are freed after another is opened', async () => {
    const before = tf.memory();
    const rows = uploaded([40, 4]);
    const sums = tf.sum(rows, 0);
    const scaled = tf.mul(sums, 2);
    vi.unstubAllGlobals();
    dropDevice();
    await openCountingGpu();
    const x = uploaded([50, 3]);
    const { makes } = await programsOf(async () => {
      const y = tf.sum(x, 0);
      await y.data();
      y.dispose();
    });
    expect(makes).toEqual(['sum']);
    tf.dispose([scaled, sums, rows, x]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it('have each function once, where one that is asked for reads another', async () => {
    const backend = tf.backend() as unknown as { readonly device: GPUDevice };
    const compile = vi.spyOn(backend.device, 'createShaderModule');
    const x = uploaded([8, 3]);
    await programsOf(async () => {
      const [first, second, third] = [tf.add(x, 1), tf.sub(x, 2), tf.square(x)];
      const sums = [tf.add(tf.sqrt(first), second), first, tf.add(second, third), second];
      beforeRead(sums);
      await sums[0]!.data();
      tf.dispose([...sums, third]);
    });
    for (const [{ code }] of compile.mock.calls) {
      const names = [...code.matchAll(/\bfn (\w+)/g)].map((found) => found[1]);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(compile).toHaveBeenCalled();
    compile.mockRestore();
    x.dispose();
  });

  it('bind at most eight buffers and leave nothing behind, whatever is made of what', async () => {
    const steps = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), async (given, asked) => {
        const before = tf.memory();
        const { buffers } = await programsOf(async () => {
          const made: tf.Tensor[] = Array.from({ length: 9 }, () => uploaded([6, 6]));
          for (const [kind, left, right] of given) {
            const [a, b] = [made[left % made.length]!, made[right % made.length]!];
            made.push(
              tf.tidy(() => {
                switch (kind % 6) {
                  case 0:
                    return tf.add(a, b);
                  case 1:
                    return tf.mul(a, tf.sigmoid(b));
                  case 2:
                    return tf.matMul(a, b);
                  case 3:
                    return tf.slice(tf.concat([a, b], 1), [0, 3], [6, 6]);
                  case 4:
                    return tf.sub(a, tf.sum(b, 0));
                  default:
                    return tf.transpose(tf.softmax(a));
                }
              }),
            );
          }
          beforeRead(asked.map((at) => made[at % made.length]!));
          for (const at of asked) await made[at % made.length]!.data();
          tf.dispose(made);
        });
        expect(buffers).toBeLessThanOrEqual(8);
        expect(tf.memory().numTensors).toBe(before.numTensors);
        expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
      }),
      { numRuns: 60 },
    );
  });
});
