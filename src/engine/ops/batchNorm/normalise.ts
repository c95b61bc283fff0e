/** Kernel of normalisation by given statistics, with scale and shift. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { deferFormula } from '../../backends/webgpu/deferred/values';
import { hostFloats } from '../../backends/hostMemory';
import { scaleGradients } from './gradients';
import { NORM_EPSILON, rowLayout, rstdOf, type RowAxis } from './layout';
import { free, newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { float } from '../../backends/webgpu/program';

const contracts = {
  0: 'x: B,...; mean: 1,...; variance: 1,...; gamma: 1,...; beta: 1,... -> B,...',
  1: 'x: N,B,...; mean: N,1,...; variance: N,1,...; gamma: N,1,...; beta: N,1,... -> N,B,...',
} as const;

type Statistics = Readonly<Record<'mean' | 'variance' | 'gamma' | 'beta', tf.TensorInfo>>;

/** Per column: scale and shift of the affine map that normalisation is. */
function affineOf(inputs: Statistics): {
  scale: tf.TensorInfo;
  shift: tf.TensorInfo;
} {
  const scale = newOutput(inputs.mean.shape);
  const shift = newOutput(inputs.mean.shape);
  const [mean, variance, gamma, beta] = [inputs.mean, inputs.variance, inputs.gamma, inputs.beta].map(
    hostFloats,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scales = hostFloats(scale);
  const shifts = hostFloats(shift);
  for (let c = 0; c < mean.length; c++) {
    scales[c] = gamma[c]! / Math.sqrt(variance[c]! + NORM_EPSILON);
    shifts[c] = beta[c]! - mean[c]! * scales[c]!;
  }
  return { scale, shift };
}

/** `gamma (x - mean) / sqrt(variance + eps) + beta`, all with statistics' shape but x. */
export const normaliseByColumns = defineOperation({
  name: 'normalise',
  shapes: ({ rowAxis }: RowAxis) => contracts[rowAxis],
  forward: ({ x, mean, variance, gamma, beta }) =>
    tf.add(tf.mul(tf.sub(x, mean), tf.mul(rstdOf(variance), gamma)), beta),
  wasm: ({ x, ...statistics }, { rowAxis }) => {
    if (!wasmKernels()) return null;
    const y = newOutput(x.shape);
    const { scale, shift } = affineOf(statistics);
    const layout = rowLayout(x.shape, rowAxis);
    wasmKernels()!.run.affine(pointer(x), pointer(scale), pointer(shift), pointer(y), ...layout);
    free(scale, shift);
    return y;
  },
  webgpu: ({ x, mean, variance, gamma, beta }, { rowAxis }) => {
    const [, rows, columns] = rowLayout(x.shape, rowAxis);
    return deferFormula({
      name: 'normalise',
      shape: x.shape,
      inputs: { x, mean, variance, gamma, beta },
      uniforms: { epsilon: float(NORM_EPSILON) },
      code: `
        let at = index / ${rows * columns} * ${columns} + index % ${columns};
        let scale = gamma[at] * inverseSqrt(variance[at] + uniforms.epsilon);
        return (x[index] - mean[at]) * scale + beta[at];`,
      cost: 8,
    });
  },
  save: ['x', 'mean', 'variance', 'gamma'],
  gradient: ({ dy, x, mean, variance, gamma }, { rowAxis }) => {
    const rstd = rstdOf(variance);
    const scale = tf.mul(rstd, gamma);
    const { dGamma, dBeta } = scaleGradients({ dy, x, mean, variance }, { rowAxis });
    return {
      x: () => tf.mul(dy, scale),
      mean: () => tf.neg(tf.mul(scale, dBeta)),
      variance: () => tf.mul(tf.mul(tf.mul(scale, rstd), dGamma), -0.5),
      gamma: () => tf.clone(dGamma),
      beta: () => tf.clone(dBeta),
    };
  },
});
