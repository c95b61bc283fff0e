import * as tf from '@tensorflow/tfjs-core';
import { activateForward, activateGradient, type Slope } from '../kernels/activate';
import { defineOperation } from '../kernels/defineOperation';
import { logOddsForward, logOddsGradient } from '../kernels/rows';

const leaky = defineOperation<'x', Slope>({
  name: 'EngineLeakyRelu',
  saveInputs: ['x'],
  forward: ({ x }, attributes) => activateForward({ x }, attributes)[0]!,
  gradient: ([dy], [x], attributes) => ({ x: () => activateGradient({ dy: dy!, x: x! }, attributes)[0]! }),
});

const masked = defineOperation<'x' | 'mask', Slope>({
  name: 'EngineMaskedLeakyRelu',
  saveInputs: ['x', 'mask'],
  forward: (inputs, attributes) => activateForward(inputs, attributes)[0]!,
  gradient: ([dy], [x, mask], attributes) => ({
    x: () => activateGradient({ dy: dy!, x: x!, mask: mask! }, attributes)[0]!,
    mask: () => tf.mul(dy!, activateForward({ x: x! }, attributes)[0]!),
  }),
});

/** `x` where x > 0, `slope * x` elsewhere; slope 0 is ReLU. */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  return leaky({ x }, { slope }) as T;
}

/** `leakyRelu(x) * mask` in one pass (`mask` as `x`, or null): an activation with its dropout. @throws RangeError where shapes differ. */
export function maskedLeakyRelu<T extends tf.Tensor>(x: T, slope: number, mask: tf.Tensor | null): T {
  if (!mask) return leakyRelu(x, slope);
  if (!tf.util.arraysEqual(x.shape, mask.shape)) {
    throw new RangeError(
      `maskedLeakyRelu got [${x.shape.join(', ')}] and a mask [${mask.shape.join(', ')}].`,
    );
  }
  return masked({ x, mask }, { slope }) as T;
}

/** Derivative of `leakyRelu` as a forward value: 1 where x > 0, `slope` elsewhere. No gradient passes. */
export function leakyReluDerivative<T extends tf.Tensor>(x: T, slope: number): T {
  return tf.step(x, slope);
}

/** `1 / (1 + exp(-x))`, element by element. */
export function sigmoid<T extends tf.Tensor>(x: T): T {
  return tf.sigmoid(x);
}

const odds = defineOperation<'p'>({
  name: 'EngineLogOdds',
  saveInputs: ['p'],
  forward: (inputs) => logOddsForward(inputs, {}),
  gradient: ([dy], [p]) => ({ p: () => logOddsGradient({ dy: dy!, p: p! }, {}) }),
});

/** `log(p / (1 - p))` of probabilities: the logit that a sigmoid would have made them of. */
export function logOdds<T extends tf.Tensor>(p: T): T {
  return odds({ p }, {}) as T;
}

/** Hyperbolic tangent, element by element. */
export function tanh<T extends tf.Tensor>(x: T): T {
  return tf.tanh(x);
}

/** log(1 + exp(x)). */
export function softplus<T extends tf.Tensor>(x: T): T {
  return tf.softplus(x);
}
