import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, defineOperation } from '../kernels/defineOperation';
import { newOutput, pointer, wasmKernels } from '../kernels/wasm/module';

interface Slope {
  readonly slope: number;
}

const leakyForward = defineKernel<'x', Slope>({
  name: 'EngineLeakyReluForward',
  forward: ({ x }, { slope }) => (slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope)),
  native: {
    wasm: ({ x }, { slope }) => {
      if (!wasmKernels()) return null;
      const y = newOutput(x.shape);
      wasmKernels()!.run.leaky(pointer(x), pointer(y), tf.util.sizeFromShape(x.shape), slope);
      return y;
    },
  },
});

const leakyGradient = defineKernel<'dy' | 'x', Slope>({
  name: 'EngineLeakyReluGradient',
  forward: ({ dy, x }, { slope }) => tf.mul(dy, tf.step(x, slope)),
  native: {
    wasm: ({ dy, x }, { slope }) => {
      if (!wasmKernels()) return null;
      const dx = newOutput(x.shape);
      const count = tf.util.sizeFromShape(x.shape);
      wasmKernels()!.run.leakyGradient(pointer(dy), pointer(x), pointer(dx), count, slope);
      return dx;
    },
  },
});

const leaky = defineOperation<'x', Slope>({
  name: 'EngineLeakyRelu',
  saveInputs: ['x'],
  forward: ({ x }, attributes) => leakyForward({ x }, attributes)[0]!,
  gradient: ([dy], [x], attributes) => ({ x: () => leakyGradient({ dy: dy!, x: x! }, attributes)[0]! }),
});

/** `x` where x > 0, `slope * x` elsewhere; slope 0 is ReLU. */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  return leaky({ x }, { slope }) as T;
}

/** Derivative of `leakyRelu` as a forward value: 1 where x > 0, `slope` elsewhere. No gradient passes. */
export function activationFactor<T extends tf.Tensor>(x: T, slope: number): T {
  return tf.step(x, slope);
}

export function sigmoid<T extends tf.Tensor>(x: T): T {
  return tf.sigmoid(x);
}

export function tanh<T extends tf.Tensor>(x: T): T {
  return tf.tanh(x);
}

/** log(1 + exp(x)). */
export function softplus<T extends tf.Tensor>(x: T): T {
  return tf.softplus(x);
}
