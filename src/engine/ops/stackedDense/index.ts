import * as tf from '@tensorflow/tfjs-core';
import { newOutput, pointer, pointerOrZero, wasmKernels } from '../../backends/wasm/module';
import { gemmAll } from '../../backends/wasm/product';
import { defineOperation } from '../../operation/defineOperation';
import { product } from '../matMul/product';

const operation = defineOperation({
  name: 'stackedDense',
  shapes: 'x: N,B,in; weight: N,in,out; bias?: N,out -> N,B,out',
  forward: ({ x, weight, bias }) => {
    const linear = tf.matMul(x, weight);
    return bias ? tf.add(linear, tf.expandDims(bias, 1)) : linear;
  },
  wasm: ({ x, weight, bias }, _, { N, B: m, in: k, out: n }) => {
    if (!wasmKernels()) return null;
    const out = newOutput([N, m, n]);
    const [px, pw, pb, po] = [pointer(x), pointer(weight), pointerOrZero(bias), pointer(out)];
    gemmAll(
      Array.from({ length: N }, (_each, i) => ({
        a: px + 4 * i * m * k,
        b: pw + 4 * i * k * n,
        c: po + 4 * i * m * n,
        bias: pb && pb + 4 * i * n,
        m,
        n,
        k,
      })),
    );
    return out;
  },
  save: ['x', 'weight'],
  gradient: ({ dy, x, weight }) => ({
    x: () => product(dy, weight, false, true),
    weight: () => product(x, dy, true, false),
    bias: () => tf.sum(dy, 1),
  }),
});

/**
 * N linear layers, each over its own input: `x [N, B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, to `[N, B, out]`.
 * @throws RangeError naming the shapes.
 */
export function stackedDense(x: tf.Tensor3D, weight: tf.Tensor3D, bias: tf.Tensor2D | null): tf.Tensor3D {
  return operation({ x, weight, bias });
}
