import * as tf from '@tensorflow/tfjs-core';
import { deferFormula } from '../../backends/webgpu/deferred/values';
import { float } from '../../backends/webgpu/program';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { defineOperation } from '../../operation/defineOperation';

interface Slope {
  readonly slope: number;
}

const size = (x: tf.TensorInfo): number => tf.util.sizeFromShape(x.shape);

const composed = (x: tf.Tensor, slope: number): tf.Tensor =>
  slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope);

/** `dy * mask * (1 where x > 0, slope elsewhere)`. */
const byInput = defineOperation({
  name: 'leakyReluGradient',
  shapes: 'dy: ...; x: ...; mask?: ... -> ...',
  forward: ({ dy, x, mask }, { slope }: Slope) => {
    const d = tf.mul(dy, tf.step(x, slope));
    return mask ? tf.mul(d, mask) : d;
  },
  wasm: ({ dy, x, mask }, { slope }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const dx = newOutput(x.shape);
    const inputs = [pointer(dy), pointer(x)] as const;
    if (mask) kernels.run.activateGradient(...inputs, pointer(mask), pointer(dx), size(x), slope);
    else kernels.run.leakyGradient(...inputs, pointer(dx), size(x), slope);
    return dx;
  },
  webgpu: ({ dy, x, mask }, { slope }) =>
    deferFormula({
      name: 'leakyReluGradient',
      shape: x.shape,
      inputs: { dy, x, ...(mask && { mask }) },
      uniforms: { slope: float(slope) },
      code: `return dy[index] * select(uniforms.slope, 1.0, x[index] > 0.0)${mask ? ' * mask[index]' : ''};`,
    }),
});

const operation = defineOperation({
  name: 'leakyRelu',
  shapes: 'x: ...; mask?: ... -> ...',
  forward: ({ x, mask }, { slope }: Slope) => (mask ? tf.mul(composed(x, slope), mask) : composed(x, slope)),
  wasm: ({ x, mask }, { slope }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const y = newOutput(x.shape);
    if (mask) kernels.run.activate(pointer(x), pointer(mask), pointer(y), size(x), slope);
    else kernels.run.leaky(pointer(x), pointer(y), size(x), slope);
    return y;
  },
  webgpu: ({ x, mask }, { slope }) =>
    deferFormula({
      name: 'leakyRelu',
      shape: x.shape,
      inputs: { x, ...(mask && { mask }) },
      uniforms: { slope: float(slope) },
      code: `
        let value = x[index];
        return select(uniforms.slope * value, value, value > 0.0)${mask ? ' * mask[index]' : ''};`,
    }),
  save: ['x', 'mask'],
  gradient: ({ dy, x, mask }, { slope }) => ({
    x: () => byInput({ dy, x, mask }, { slope }),
    mask: (): tf.Tensor => tf.mul(dy, operation({ x }, { slope })),
  }),
});

/** `x` where x > 0, `slope * x` elsewhere; slope 0 is ReLU. */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  return operation({ x }, { slope }) as T;
}

/** `leakyRelu(x) * mask` in one pass (`mask` as `x`, or null): an activation with its dropout. @throws RangeError naming the shapes. */
export function maskedLeakyRelu<T extends tf.Tensor>(x: T, slope: number, mask: tf.Tensor | null): T {
  return operation({ x, mask }, { slope }) as T;
}

/** Derivative of `leakyRelu` as a forward value: 1 where x > 0, `slope` elsewhere. No gradient passes. */
export function leakyReluDerivative<T extends tf.Tensor>(x: T, slope: number): T {
  return tf.step(x, slope);
}

/** Gradient of a sigmoid by its input, of its output y: `dy y (1 - y)`. */
export const sigmoidGradient = defineOperation({
  name: 'sigmoidGradient',
  shapes: 'dy: ...; y: ... -> ...',
  loop: {
    host: ({ dy, y }, out) => {
      for (let i = 0; i < out.length; i++) out[i] = dy[i]! * y[i]! * (1 - y[i]!);
    },
    wasm: ({ kernels, at, out, size: count }) => kernels.run.sigmoidGradient(at.dy, at.y, out, count),
    device: () => 'result[index] = dy[index] * y[index] * (1.0 - y[index]);',
  },
});

/** `1 / (1 + exp(-x))`, element by element. */
export function sigmoid<T extends tf.Tensor>(x: T): T {
  return tf.sigmoid(x);
}

/** Hyperbolic tangent, element by element. */
export function tanh<T extends tf.Tensor>(x: T): T {
  return tf.tanh(x);
}

/** log(1 + exp(x)). */
export function softplus<T extends tf.Tensor>(x: T): T {
  return tf.softplus(x);
}
