/**
 * Adam in place, as torch.optim.Adam computes it:
 * m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²; w -= stepSize * m / (sqrt(v) * inverseRoot + epsilon),
 * stepSize = lr / (1-b1^t), inverseRoot = 1 / sqrt(1-b2^t). L2 joins the gradient as 2 l2 (w - centre).
 *
 * On WebGPU a program has one writable buffer, so moments lie in one tensor `[2, n]` and an update is two dispatches.
 */
import { defineInPlace } from './inPlace';
import { liveFloats } from './live';
import { elementProgram, float, int, runInPlace } from './webgpu';
import type * as tf from '@tensorflow/tfjs-core';

export interface AdamMomentsAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly l2: number;
  readonly centre: number;
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const flat = (x: tf.TensorInfo): tf.TensorInfo => ({
  dataId: x.dataId,
  shape: [size(x.shape)],
  dtype: x.dtype,
});

/** target `[2, n]` (first and second moment), `gradient`, `weights` of n values. */
export const adamMoments = defineInPlace<AdamMomentsAttributes>({
  name: 'EngineAdamMoments',
  host: ({ target, gradient, weights }, { beta1, beta2, l2, centre }) => {
    const moments = liveFloats(target!);
    const g = liveFloats(gradient!);
    const w = liveFloats(weights!);
    const n = w.length;
    const pull = 2 * l2;
    const rest1 = 1 - beta1;
    const rest2 = 1 - beta2;
    for (let i = 0; i < n; i++) {
      const slope = g[i]! + pull * (w[i]! - centre);
      moments[i] = beta1 * moments[i]! + rest1 * slope;
      moments[n + i] = beta2 * moments[n + i]! + rest2 * slope * slope;
    }
  },
  device: ({ target, gradient, weights }, { beta1, beta2, l2, centre }) => {
    const count = size(weights!.shape);
    runInPlace(
      elementProgram(
        'engineAdamMoments',
        ['gradient', 'weights'],
        [2 * count],
        'beta1 : f32, beta2 : f32, pull : f32, centre : f32,',
        `let slope = gradient[index] + uniforms.pull * (weights[index] - uniforms.centre);
         let second = index + uniforms.threads;
         result[index] = uniforms.beta1 * result[index] + (1.0 - uniforms.beta1) * slope;
         result[second] = uniforms.beta2 * result[second] + (1.0 - uniforms.beta2) * slope * slope;`,
        count,
      ),
      [flat(gradient!), flat(weights!)],
      [float(beta1), float(beta2), float(2 * l2), float(centre), int(count)],
      flat(target!),
    );
  },
});

export interface AdamStepAttributes {
  readonly stepSize: number;
  readonly inverseRoot: number;
  readonly epsilon: number;
}

/** target: weights of n values; `moments` `[2, n]`. */
export const adamStep = defineInPlace<AdamStepAttributes>({
  name: 'EngineAdamStep',
  host: ({ target, moments }, { stepSize, inverseRoot, epsilon }) => {
    const w = liveFloats(target!);
    const mv = liveFloats(moments!);
    const n = w.length;
    for (let i = 0; i < n; i++) {
      const m = mv[i]!;
      if (m !== 0) w[i] = w[i]! - (stepSize * m) / (Math.sqrt(mv[n + i]!) * inverseRoot + epsilon);
    }
  },
  device: ({ target, moments }, { stepSize, inverseRoot, epsilon }) => {
    const count = size(target!.shape);
    runInPlace(
      elementProgram(
        'engineAdamStep',
        ['moments'],
        [count],
        'stepSize : f32, inverseRoot : f32, epsilon : f32,',
        `let root = sqrt(moments[index + uniforms.threads]) * uniforms.inverseRoot + uniforms.epsilon;
         result[index] = result[index] - uniforms.stepSize * moments[index] / root;`,
        count,
      ),
      [flat(moments!)],
      [float(stepSize), float(inverseRoot), float(epsilon), int(count)],
      flat(target!),
    );
  },
});
