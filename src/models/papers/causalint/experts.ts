/**
 * The experts of inter-scenario transfer (Eq 18, 20): H^{d,p} = act(S^d θ_p + b_p), mixed by α into one vector a row,
 * where only the row's own expert (p = d) receives a gradient. With more scenarios than a row asks, those of a pool and its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  askedMixture,
  leakyRelu,
  maskedSoftmax,
  matMul,
  mixtureOwnGradient,
  multiDense,
  oneHotRows,
  softmaxLast,
  stopGradient,
} from '../../../engine';
import type { Parameter, VariableFactory } from '../../../engine';
import type { AskedScenarios, RowsOfScenarios } from '../../layers';

export interface Experts {
  readonly weight: Parameter;
  readonly bias: Parameter;
  /**
   * Σ_p α_p Expert^{d,p}: `s [B, d_s]`, logits of α `[B, N]`, to `[B, width]`. Where a row asks a pool, α is the softmax over those asked.
   * `stopped`: no gradient reaches the logits.
   */
  mix(s: tf.Tensor2D, logits: tf.Tensor2D, inputs: RowsOfScenarios, stopped: boolean): tf.Tensor2D;
  /** H^{d,p} of every p, without stop-gradient: `[B, N, width]`. */
  all(s: tf.Tensor2D): tf.Tensor3D;
}

export interface ExpertsOptions {
  readonly scenarios: number;
  /** Whose experts a row asks. */
  readonly asking: AskedScenarios;
  readonly input: number;
  readonly width: number;
  /** What every expert says at the start `[width]`: S starts near 0, so the bias alone decides. */
  readonly start: Float32Array;
  readonly slope: number;
}

/** Of logits `[B, N]` those of the pool, in its order, and of the row's own scenario `[B, P + 1]`. */
function logitsOfAsked(logits: tf.Tensor2D, oneHot: tf.Tensor2D, pool: readonly number[]): tf.Tensor2D {
  const places = tf.transpose(oneHotRows(tf.tensor1d([...pool], 'int32'), logits.shape[1]));
  return tf.concat2d([matMul(logits, places), tf.sum(tf.mul(logits, oneHot), 1, true)], 1);
}

/** Parameters `experts.weight [N, d_s, width]`, `experts.bias [N, width]`. */
export function createExperts(variables: VariableFactory, options: ExpertsOptions): Experts {
  const { scenarios, asking, input, width, start, slope } = options;
  const { pool } = asking;
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
    mix(s, logits, inputs, stopped) {
      const { scenarioOneHot: oneHot } = inputs;
      const gate = (alpha: tf.Tensor2D): tf.Tensor2D => (stopped ? stopGradient(alpha) : alpha);
      if (!pool) {
        const alpha = gate(softmaxLast(logits));
        return mixtureOwnGradient({ x: s, weight: w, bias: b, alpha, oneHot, slope });
      }
      const alpha = gate(maskedSoftmax(logitsOfAsked(logits, oneHot, pool), asking.rows(inputs).present));
      return askedMixture({ x: s, weight: w, bias: b, alpha, own: oneHot, pool, slope });
    },
  };
}
