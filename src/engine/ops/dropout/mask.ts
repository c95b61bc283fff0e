/** Dropout masks from the counter-based generator, the same bits on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { deferFormula } from '../../backends/webgpu/deferred/values';
import { float, uint } from '../../backends/webgpu/program';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { defineOperation } from '../../operation/defineOperation';
import { hash3 } from '../../random';

/** Input of a step: its number, which masks follow. */
export const DROPOUT_STEP = 'dropout.step';

interface MaskAttributes {
  readonly shape: readonly number[];
  /** An element is kept where its 24 random bits are at least this. */
  readonly threshold: number;
  /** Value of kept elements. */
  readonly scale: number;
  readonly key: number;
  readonly step: number;
}

const operation = defineOperation({
  name: 'dropoutMask',
  shapes: '-> any',
  forward: (_, { shape, threshold, scale, key, step }: MaskAttributes) => {
    const values = new Float32Array(tf.util.sizeFromShape([...shape]));
    for (let i = 0; i < values.length; i++) values[i] = hash3(i, key, step) >>> 8 >= threshold ? scale : 0;
    return tf.tensor(values, [...shape]);
  },
  wasm: (_, { shape, threshold, scale, key, step }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const out = newOutput(shape);
    kernels.run.dropoutMask(pointer(out), tf.util.sizeFromShape([...shape]), threshold, scale, key, step);
    return out;
  },
  webgpu: (_, { shape, threshold, scale, key, step }) =>
    deferFormula({
      name: 'dropoutMask',
      shape,
      inputs: {},
      uniforms: {
        threshold: uint(threshold),
        scale: float(scale),
        key: uint(key),
        step: uint(step >>> 0, { name: DROPOUT_STEP, index: 0 }),
      },
      code: `
        var a = u32(index) * 1664525u + 1013904223u;
        var b = uniforms.key * 1664525u + 1013904223u;
        var c = uniforms.step * 1664525u + 1013904223u;
        a = a + b * c;
        b = b + c * a;
        c = c + a * b;
        a = a ^ (a >> 16u);
        b = b ^ (b >> 16u);
        c = c ^ (c >> 16u);
        let bits = (a + b * c) >> 8u;
        return select(0.0, uniforms.scale, bits >= uniforms.threshold);`,
      cost: 20,
    }),
});

/** A mask of 0 (with probability `rate`) and 1/(1 - rate). */
export function dropoutMask(
  shape: readonly number[],
  rate: number,
  seed: number,
  step: number,
  call: number,
): tf.Tensor {
  return operation(
    {},
    {
      shape: [...shape],
      threshold: Math.round(rate * 0x1000000),
      scale: 1 / (1 - rate),
      key: hash3(seed | 0, call, 0xd70b),
      step,
    },
  );
}
