/** An MLP whose activation is learned: Linear → PReLU or Dice → dropout. Dice: Zhou et al., KDD 2018, Eq 5. */
import * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu, sigmoid } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import { createStandardise } from './batchNorm';
import type { Makers, RowInputs } from './makers';

interface AdaptiveMlpOptions {
  readonly input: number;
  readonly widths: readonly number[];
  readonly activation: 'prelu' | 'dice' | 'relu';
  readonly dropout: number;
  /** N */
  readonly scenarios: number;
}

export interface AdaptiveMlp {
  readonly outputWidth: number;
  /** `[R, in]` to `[R, last width]`. */
  apply(x: tf.Tensor2D, rows: RowInputs, mode: Mode): { readonly output: tf.Tensor2D };
}

/** Where PReLU's slopes start. */
const SLOPE = 0.25;

/**
 * `<name>.k.weight`, `<name>.k.bias`, slopes `<name>.k.alpha [w]` (not of `relu`); states of Dice `<name>.k.mean`, `<name>.k.variance`.
 *
 * PReLU is `s` above 0 and `alpha s` below. Dice is `p s + (1 - p) alpha s`, `p` the sigmoid of s in units of its deviation: the place
 * where it bends follows the statistics of the rows that count.
 */
export function createAdaptiveMlp(
  make: Makers,
  variables: VariableFactory,
  name: string,
  { widths, activation, dropout: rate, scenarios, ...given }: AdaptiveMlpOptions,
): AdaptiveMlp {
  let input = given.input;
  const layers = widths.map((output, k) => {
    const of = `${name}.${k}`;
    const linear = make.linear(of, { input, output });
    input = output;
    if (activation === 'relu') return { linear, activate: (s: tf.Tensor2D): tf.Tensor2D => leakyRelu(s, 0) };
    const slope = make.weight(`${of}.alpha`, [output], activation === 'prelu' ? SLOPE : 0, 'free');
    const kind = make.own ? 'own' : 'shared';
    const standard = activation === 'dice' ? createStandardise(variables, of, output, kind, scenarios) : null;
    return {
      linear,
      activate: (s: tf.Tensor2D, rows: RowInputs, mode: Mode): tf.Tensor2D => {
        const alpha = slope.rows(rows);
        const open: tf.Tensor2D = standard
          ? tf.mul(s, sigmoid(standard.apply(s, rows, mode)))
          : leakyRelu(s, 0);
        return tf.add(tf.mul(alpha, tf.sub(s, open)), open);
      },
    };
  });
  return {
    outputWidth: input,
    apply(x, rows, mode) {
      let h = x;
      for (const { linear, activate } of layers)
        h = dropout(activate(linear.apply(h, rows), rows, mode), rate, mode);
      return { output: h };
    },
  };
}
