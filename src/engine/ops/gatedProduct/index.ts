import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

interface Scale {
  readonly scale: number;
}

/** `dy x scale`. */
const byGate = defineOperation({
  name: 'gatedProductByGate',
  shapes: 'dy: ...; x: ... -> ...',
  loop: {
    host: ({ dy, x }, out, _, { scale }: Scale) => {
      const factor = Math.fround(scale);
      for (let i = 0; i < out.length; i++) out[i] = Math.fround(dy[i]! * x[i]!) * factor;
    },
    wasm: ({ kernels, at, out, size, attributes: { scale } }) =>
      kernels.run.productTimes(at.dy, at.x, out, size, scale),
    device: () => 'result[index] = dy[index] * x[index] * uniforms.scale;',
  },
});

const operation = defineOperation({
  name: 'gatedProduct',
  shapes: 'x: ...; gate: ... -> ...',
  loop: {
    host: ({ x, gate }, out, _, { scale }: Scale) => {
      const factor = Math.fround(scale);
      for (let i = 0; i < out.length; i++) out[i] = x[i]! * Math.fround(factor * gate[i]!);
    },
    wasm: ({ kernels, at, out, size, attributes: { scale } }) =>
      kernels.run.timesScaled(at.x, at.gate, out, size, scale),
    device: () => 'result[index] = x[index] * (uniforms.scale * gate[index]);',
  },
  save: ['x', 'gate'],
  gradient: ({ dy, x, gate }, attributes) => ({
    x: (): tf.Tensor => operation({ x: dy, gate }, attributes),
    gate: () => byGate({ dy, x }, attributes),
  }),
});

/** `x * (scale * gate)` in one pass, all of one shape: units times the factors of a gate. @throws RangeError naming the shapes. */
export function gatedProduct<T extends tf.Tensor>(x: T, gate: tf.Tensor, scale: number): T {
  return operation({ x, gate }, { scale }) as T;
}
