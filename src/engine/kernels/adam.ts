/**
 * Adam in place, as torch.optim.Adam computes it:
 * m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²; w -= stepSize * m / (sqrt(v) * inverseRoot + epsilon),
 * stepSize = lr / (1-b1^t), inverseRoot = 1 / sqrt(1-b2^t). L2 joins the gradient as pull * (w - centre), pull = 2 l2.
 *
 * On WebGPU a program has one writable buffer, so moments lie in one tensor `[2, n]` and an update is two dispatches.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineInPlace } from './inPlace';
import { liveFloats } from './live';
import { pointer, wasmKernels } from './wasm/module';
import { elementProgram, float, int, runInPlace } from './webgpu';

export interface AdamAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  readonly inverseRoot: number;
  readonly epsilon: number;
  readonly pull: number;
  readonly centre: number;
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const flat = (x: tf.TensorInfo): tf.TensorInfo => ({
  dataId: x.dataId,
  shape: [size(x.shape)],
  dtype: x.dtype,
});

function onHost(w: Float32Array, moments: Float32Array, g: Float32Array, attributes: AdamAttributes): void {
  const { beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre } = attributes;
  const n = w.length;
  for (let i = 0; i < n; i++) {
    const slope = g[i]! + pull * (w[i]! - centre);
    const first = beta1 * moments[i]! + (1 - beta1) * slope;
    const second = beta2 * moments[n + i]! + (1 - beta2) * slope * slope;
    moments[i] = first;
    moments[n + i] = second;
    if (first !== 0) w[i] = w[i]! - (stepSize * first) / (Math.sqrt(second) * inverseRoot + epsilon);
  }
}

/** target: n weights; `moments` `[2, n]`, written too; `gradient` n values. */
export const adamUpdate = defineInPlace<AdamAttributes>({
  name: 'EngineAdam',
  host: ({ target, moments, gradient }, attributes) => {
    const kernels = wasmKernels();
    if (!kernels) {
      onHost(liveFloats(target!), liveFloats(moments!), liveFloats(gradient!), attributes);
      return;
    }
    const n = size(target!.shape);
    const first = pointer(moments!);
    const { beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre } = attributes;
    const places = [pointer(target!), first, first + 4 * n, pointer(gradient!), n] as const;
    kernels.run.adam(...places, beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre);
  },
  device: ({ target, moments, gradient }, attributes) => {
    const { beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre } = attributes;
    const count = size(target!.shape);
    runInPlace(
      elementProgram(
        'engineAdamMoments',
        ['gradient', 'weights'],
        [2 * count],
        'beta1 : f32, beta2 : f32, rest1 : f32, rest2 : f32, pull : f32, centre : f32,',
        `let slope = gradient[index] + uniforms.pull * (weights[index] - uniforms.centre);
         let second = index + uniforms.threads;
         result[index] = uniforms.beta1 * result[index] + uniforms.rest1 * slope;
         result[second] = uniforms.beta2 * result[second] + uniforms.rest2 * slope * slope;`,
        count,
      ),
      [flat(gradient!), flat(target!)],
      [
        float(beta1),
        float(beta2),
        float(1 - beta1),
        float(1 - beta2),
        float(pull),
        float(centre),
        int(count),
      ],
      flat(moments!),
    );
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
