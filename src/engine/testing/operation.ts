/** Operations against the same mathematics spelled out, gradients by the tape included, on CPU and WASM. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../backend';

/** Fixed values around 0 of a shape. */
export function values<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape);
  const list = Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + seed) + 0.3 * Math.cos(seed * i));
  return tf.tensor(list, shape);
}

/** Five rows of three, each with one 1. */
export const oneHot = (): tf.Tensor2D => tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0], [5, 3]);

/** As many rows, each with one 1 among so many. */
export const oneHotOf = (rows: number, classes: number): tf.Tensor2D =>
  tf.tidy(() => {
    const places = Array.from({ length: rows }, (_, row) => (7 * row + 3) % classes);
    const hot = tf.oneHot(tf.tensor1d(places, 'int32'), classes) as tf.Tensor2D;
    // The library's own one-hot of floats holds integers on WASM.
    return tf.cast(hot, 'float32');
  });

export const as2 = (x: tf.Tensor | undefined): tf.Tensor2D => x as tf.Tensor2D;
export const as3 = (x: tf.Tensor | undefined): tf.Tensor3D => x as tf.Tensor3D;

export type Form = (...inputs: tf.Tensor[]) => tf.Tensor;

export interface OperationCase {
  readonly ours: Form;
  /** The same in terms of TensorFlow.js's operations; none where CPU and WASM are only compared with each other. */
  readonly spelled?: Form;
  /** Shapes of the inputs that gradients are wanted of. */
  readonly shapes: readonly (readonly number[])[];
  /** Largest difference, relative to the largest value (or 1). */
  readonly tolerance?: number;
  /** False where the gradient is not the value's (some of it is stopped), or a kink lies between two values. */
  readonly differences?: false;
}

const given = ({ shapes }: OperationCase): tf.Tensor[] =>
  shapes.map((shape, i) => values([...shape] as [number], i + 1));

/** Value and all gradients of `form`, of a sum that weighs its elements differently. */
function read(form: Form, inputs: readonly tf.Tensor[]): number[][] {
  return tf.tidy(() => {
    const value = form(...inputs);
    const weights = values(value.shape as [number], 9);
    const gradients = tf.grads((...moved) => tf.sum(tf.mul(form(...moved), weights)))([...inputs]);
    return [value, ...gradients].map((tensor) => Array.from(tensor.dataSync()));
  });
}

function expectSame(found: number[][], expected: number[][], tolerance: number): void {
  expected.forEach((list, i) => {
    const size = Math.max(1, ...list.map(Math.abs));
    expect(found[i]!.length).toBe(list.length);
    list.forEach((value, k) => expect(Math.abs(found[i]![k]! - value) / size).toBeLessThan(tolerance));
  });
}

/** A few numbers of every gradient against finite differences on the open backend. */
function expectDifferences({ ours }: OperationCase, inputs: readonly tf.Tensor[]): void {
  const [, ...gradients] = read(ours, inputs);
  const h = 1e-2;
  const at = (input: number, element: number, step: number): number =>
    tf.tidy(() => {
      const moved = inputs.map((x, i) => {
        if (i !== input) return x;
        const list = x.dataSync<'float32'>().slice();
        list[element]! += step;
        return tf.tensor(list, x.shape);
      });
      const value = ours(...moved);
      const weights = values(value.shape as [number], 9).dataSync();
      return value.dataSync<'float32'>().reduce((sum, each, i) => sum + each * weights[i]!, 0);
    });
  gradients.forEach((gradient, input) => {
    const scale = Math.max(0.05, ...gradient.map(Math.abs));
    const stride = Math.max(1, Math.floor(gradient.length / 5));
    for (let i = 0; i < gradient.length; i += stride) {
      const difference = (at(input, i, h) - at(input, i, -h)) / (2 * h);
      // The third derivative times h², and float32's rounding over 2h.
      expect(Math.abs(difference - gradient[i]!) / scale, `input ${input}[${i}]`).toBeLessThan(2e-2);
    }
  });
}

/**
 * Tests an operation's cases: value and gradients are those of the spelled-out form on both backends, WASM's are the CPU's, and
 * gradients are those of finite differences.
 */
export function testOperation(cases: Readonly<Record<string, OperationCase>>): void {
  describe.each(Object.entries(cases))('%s', (_title, each) => {
    const { ours, spelled, tolerance = 2e-6 } = each;
    let onCpu: number[][] = [];

    beforeAll(async () => {
      await openBackend('wasm');
      await tf.setBackend('cpu');
      onCpu = tf.tidy(() => read(ours, given(each)));
    });

    if (spelled) {
      it('on cpu: value and gradients are those of the spelled-out form', async () => {
        await tf.setBackend('cpu');
        tf.tidy(() => expectSame(onCpu, read(spelled, given(each)), tolerance));
      });
    }

    if (each.differences !== false) {
      it('on cpu: gradients are those of finite differences', async () => {
        await tf.setBackend('cpu');
        tf.tidy(() => expectDifferences(each, given(each)));
      });
    }

    it('on wasm: value and gradients are those of the spelled-out form and of the CPU', async () => {
      await tf.setBackend('wasm');
      tf.tidy(() => {
        const found = read(ours, given(each));
        if (spelled) expectSame(found, read(spelled, given(each)), tolerance);
        expectSame(found, onCpu, 2e-5);
      });
    });
  });
}
