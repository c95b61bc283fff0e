/**
 * The experts of inter-scenario transfer (Eq 18, 20): H^{d,p} = act(S^d θ_p + b_p), mixed by α into one vector a row,
 * where only the row's own expert (p = d) receives a gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { leakyRelu, select, wide } from '../../../engine';
import type { Parameter, VariableFactory } from '../../../engine';
import { applyOwnTransposed } from '../../layers';

export interface Experts {
  readonly weight: Parameter;
  readonly bias: Parameter;
  /** Σ_p α_p Expert^{d,p}: `s [B, d_s]`, `alpha [B, N]`, one-hot `[B, N]`, to `[B, width]`. */
  mix(s: tf.Tensor2D, alpha: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor2D;
  /** H^{d,p} of every p, without stop-gradient: `[B, N, width]`. */
  all(s: tf.Tensor2D): tf.Tensor3D;
}

export interface ExpertsOptions {
  readonly scenarios: number;
  readonly input: number;
  readonly width: number;
  /** What every expert says at the start `[width]`: S starts near 0, so the bias alone decides. */
  readonly start: Float32Array;
  readonly slope: number;
}

type MixInputs = [tf.Tensor2D, tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];

/** Parameters `experts.weight [N, d_s, width]`, `experts.bias [N, width]`. */
export function createExperts(variables: VariableFactory, options: ExpertsOptions): Experts {
  const { scenarios, input, width, start, slope } = options;
  const shape = [scenarios, input, width];
  const initial = variables.glorot('experts.weight', shape, input, width);
  const weight = variables.parameter('experts.weight', 'weight', shape, initial);
  const bias = variables.parameter(
    'experts.bias',
    'bias',
    [scenarios, width],
    Float32Array.from({ length: scenarios * width }, (_, i) => start[i % width]!),
  );
  const w = weight.tensor as tf.Tensor3D;
  const b = bias.tensor as tf.Tensor2D;
  const all = (s: tf.Tensor2D): tf.Tensor3D => leakyRelu(wide(s, w, b), slope);

  return {
    weight,
    bias,
    all,
    mix(s, alpha, oneHot) {
      // Written as one operation, because the stopped experts then need no gradient tensors of [B, N, width] at all.
      const run = tf.customGrad<tf.Tensor2D>((...given) => {
        const [sIn, wIn, bIn, alphaIn, save] = given as MixInputs;
        const h = leakyRelu(wide(sIn, wIn, bIn), slope);
        save([sIn, wIn, alphaIn, h, oneHot]);
        const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]): tf.Tensor[] => mixGradient(dy, saved, slope);
        return { value: select(h, alphaIn), gradFunc };
      });
      return run(s, w, b, alpha);
    },
  };
}

/** Gradients by s, weight, bias and alpha; every gradient by experts of other scenarios is dropped (Eq 20). */
function mixGradient(dy: tf.Tensor2D, saved: readonly tf.Tensor[], slope: number): tf.Tensor[] {
  const [s, weight, alpha, h, oneHot] = saved as [
    tf.Tensor2D,
    tf.Tensor3D,
    tf.Tensor2D,
    tf.Tensor3D,
    tf.Tensor2D,
  ];
  const [scenarios, input, width] = weight.shape;
  const ownAlpha = tf.sum(tf.mul(alpha, oneHot), 1, true);
  // The activation keeps the sign, so its output tells its slope.
  const ownSlope = tf.step(select(h, oneHot), slope);
  const inner = tf.mul<tf.Tensor2D>(tf.mul(dy, ownSlope), ownAlpha);
  const spread = tf.reshape(tf.mul(tf.expandDims(oneHot, 2), tf.expandDims(s, 1)), [
    s.shape[0],
    scenarios * input,
  ]);
  const byWeight = tf.reshape(tf.matMul(tf.transpose(spread), inner), [scenarios, input, width]);
  const byBias = tf.matMul(tf.transpose(oneHot), inner);
  const byInput = applyOwnTransposed(inner, weight, oneHot);
  const byAlpha = tf.sum(tf.mul(h, tf.expandDims(dy, 1)), 2);
  return [byInput, byWeight, byBias, byAlpha];
}
