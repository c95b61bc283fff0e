import * as tf from '@tensorflow/tfjs-core';
import { newOutput, pointer, pointerOrZero, wasmKernels } from '../../backends/wasm/module';
import { gemmAt } from '../../backends/wasm/product';
import { defineOperation } from '../../operation/defineOperation';
import { product } from '../matMul/product';

const operation = defineOperation({
  name: 'dense',
  shapes: 'x: B,in; weight: in,out; bias?: out -> B,out',
  forward: ({ x, weight, bias }) => {
    const linear = tf.matMul(x, weight);
    return bias ? tf.add(linear, bias) : linear;
  },
  // The bias is part of the product.
  wasm: ({ x, weight, bias }, _, { B: m, in: k, out: n }) => {
    if (!wasmKernels()) return null;
    const out = newOutput([m, n]);
    gemmAt({ a: pointer(x), b: pointer(weight), c: pointer(out), bias: pointerOrZero(bias), m, n, k });
    return out;
  },
  save: ['x', 'weight'],
  gradient: ({ dy, x, weight }) => ({
    x: () => product(dy, weight, false, true),
    weight: () => product(x, dy, true, false),
    bias: () => tf.sum(dy, 0),
  }),
});

/** Linear layer: `x [B, in]`, `weight [in, out]`, `bias [out]` or null, to `[B, out]`. @throws RangeError naming the shapes. */
export function dense(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D | null): tf.Tensor2D {
  return operation({ x, weight, bias });
}
