import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';

interface Slope {
  readonly slope: number;
}

const leaky = defineOperation<'x', Slope>({
  name: 'EngineLeakyRelu',
  saveInputs: ['x'],
  forward: ({ x }, { slope }) => (slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope)),
  gradient: (dy, [x], { slope }) => ({ x: () => tf.mul(dy, tf.step(x!, slope)) }),
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
