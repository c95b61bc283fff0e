/** Encoder layers of a transformer (Vaswani et al., NeurIPS 2017) over the tokens of each row. */
import * as tf from '@tensorflow/tfjs-core';
import {
  batchMatMul,
  batchMatMulTransposed,
  leakyRelu,
  matMul,
  NORM_EPSILON,
  softmaxLast,
} from '../../engine';
import type { Parameter, VariableFactory } from '../../engine';
import { createLinear, type Linear } from './linear';

export interface TransformerOptions {
  /** d, width of a token. */
  readonly width: number;
  /** H; divides d. */
  readonly heads: number;
  readonly feedForward: number;
}

export interface TransformerLayer {
  /** Tokens `[B, F, d]` to tokens of the same shape and the weights of attention `[B * H, F, F]`; no row sees another. */
  apply(tokens: tf.Tensor3D): { readonly tokens: tf.Tensor3D; readonly weights: tf.Tensor3D };
}

/** `<name>.gamma`, `<name>.beta` `[d]`: normalisation of each vector by its own mean and variance. */
function createLayerNorm(variables: VariableFactory, name: string, width: number) {
  const gamma = variables.parameter(`${name}.gamma`, 'norm', [width], new Float32Array(width).fill(1));
  const beta = variables.parameter(`${name}.beta`, 'norm', [width], new Float32Array(width));
  return (x: tf.Tensor2D): tf.Tensor2D => {
    const centred = tf.sub(x, tf.mean(x, 1, true));
    const variance = tf.mean(tf.square(centred), 1, true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, NORM_EPSILON)));
    return tf.add(tf.mul(normal, gamma.tensor), beta.tensor);
  };
}

/**
 * `<name>.{query,key,value,output}.weight [d, d]`, `<name>.attentionNorm.*`, `<name>.feedForward.{0,1}.*`, `<name>.feedForwardNorm.*`.
 *
 * @throws RangeError where the heads don't divide the width
 */
export function createTransformerLayer(
  variables: VariableFactory,
  name: string,
  { width, heads, feedForward }: TransformerOptions,
): TransformerLayer {
  if (width % heads !== 0) {
    throw new RangeError(
      `${heads} attention heads do not divide an embedding size of ${width}; choose a number of heads that does.`,
    );
  }
  const size = width / heads;
  const project = (part: string): Parameter<tf.Tensor2D> =>
    createLinear(variables, `${name}.${part}`, { input: width, output: width, bias: null }).weight;
  const [query, key, value, output] = [project('query'), project('key'), project('value'), project('output')];
  const attentionNorm = createLayerNorm(variables, `${name}.attentionNorm`, width);
  const first: Linear = createLinear(variables, `${name}.feedForward.0`, {
    input: width,
    output: feedForward,
  });
  const second: Linear = createLinear(variables, `${name}.feedForward.1`, {
    input: feedForward,
    output: width,
  });
  const feedForwardNorm = createLayerNorm(variables, `${name}.feedForwardNorm`, width);
  return {
    apply(tokens) {
      const [batch, count] = tokens.shape;
      const rows = tf.reshape<tf.Rank.R2>(tokens, [batch * count, width]);
      /** One head after the other within a row `[B * H, F, d / H]`. */
      const headsOf = ({ tensor }: Parameter<tf.Tensor2D>): tf.Tensor3D => {
        const split = tf.reshape(matMul(rows, tensor), [batch, count, heads, size]);
        return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [batch * heads, count, size]);
      };
      const scores = batchMatMulTransposed(headsOf(query), headsOf(key));
      const weights = softmaxLast(tf.mul<tf.Tensor3D>(scores, 1 / Math.sqrt(size)));
      const read = tf.reshape(batchMatMul(weights, headsOf(value)), [batch, heads, count, size]);
      const joined = tf.reshape<tf.Rank.R2>(tf.transpose(read, [0, 2, 1, 3]), [batch * count, width]);
      const attended = attentionNorm(tf.add(rows, matMul(joined, output.tensor)));
      const inner = second.apply(leakyRelu(first.apply(attended), 0));
      return {
        tokens: tf.reshape(feedForwardNorm(tf.add(attended, inner)), [batch, count, width]),
        weights,
      };
    },
  };
}
