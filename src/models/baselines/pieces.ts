/** A linear output over pieces side by side, which can tell what each piece adds to it. */
import * as tf from '@tensorflow/tfjs-core';
import type { Makers, RowInputs } from '../layers';

export interface PieceOutput {
  /** Pieces `[B, w_p]` each, to the logit `[B, 1]`. */
  apply(pieces: readonly tf.Tensor2D[], rows: RowInputs): tf.Tensor2D;
  /** What each piece adds to it `[B, pieces]`, the bias left out. */
  parts(pieces: readonly tf.Tensor2D[], rows: RowInputs): tf.Tensor2D;
}

/** `output.weight [sum of widths, 1]`, `output.bias [1]`, which starts at the prior. */
export function createPieceOutput(make: Makers, widths: readonly number[]): PieceOutput {
  const input = widths.reduce((sum, width) => sum + width, 0);
  const linear = make.linear('output', { input, output: 1, bias: 'prior' });
  const side = (pieces: readonly tf.Tensor2D[]): tf.Tensor2D =>
    pieces.length === 1 ? pieces[0]! : tf.concat([...pieces], 1);
  return {
    apply: (pieces, rows) => linear.apply(side(pieces), rows),
    parts(pieces, rows) {
      const silent = pieces.map((piece) => tf.zerosLike(piece));
      const bias = linear.apply(side(silent), rows);
      const alone = pieces.map((piece, p) =>
        linear.apply(side(silent.map((zeros, q) => (q === p ? piece : zeros))), rows),
      );
      return tf.sub(tf.concat(alone, 1), bias);
    },
  };
}
