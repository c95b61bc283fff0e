/**
 * The experts of inter-scenario transfer (Eq 18, 20): H^{d,p} = act(S^d θ_p + b_p), mixed by α into one vector a row,
 * where only the row's own expert (p = d) receives a gradient.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { leakyRelu, mixtureOwnGradient, multiDense } from '../../../engine';
import type { Parameter, VariableFactory } from '../../../engine';

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

/** Parameters `experts.weight [N, d_s, width]`, `experts.bias [N, width]`. */
export function createExperts(variables: VariableFactory, options: ExpertsOptions): Experts {
  const { scenarios, input, width, start, slope } = options;
  const shape = [scenarios, input, width] as const;
  const initial = variables.glorot('experts.weight', shape, input, width);
  const weight = variables.parameter('experts.weight', 'weight', shape, initial);
  const bias = variables.parameter(
    'experts.bias',
    'bias',
    [scenarios, width],
    Float32Array.from({ length: scenarios * width }, (_, i) => start[i % width]!),
  );
  const w = weight.tensor;
  const b = bias.tensor;
  const all = (s: tf.Tensor2D): tf.Tensor3D => leakyRelu(multiDense(s, w, b), slope);

  return {
    weight,
    bias,
    all,
    mix: (s, alpha, oneHot) => mixtureOwnGradient({ x: s, weight: w, bias: b, alpha, oneHot, slope }),
  };
}
