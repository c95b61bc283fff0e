import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { gruInputGradient, gruWeightGradient } from './gradients';
import { gruTape } from './tape';

/** Last state, and the tape kept for the gradient. */
const operation = defineOperation({
  name: 'gru',
  shapes: 'projected: B,L,3D; weight: D,3D; mask: B,L -> B,D | tape: L,B,4D',
  forward: (inputs, _, { B, L, D }) => {
    const tape = gruTape(inputs);
    const last = tf.slice(tape, [L - 1, 0, 3 * D], [1, B, D]);
    return { y: tf.reshape(last, [B, D]), tape };
  },
  save: ['weight', 'mask', 'tape'],
  constants: ['mask'],
  gradient: ({ dy, weight, mask, tape }) => {
    let made: tf.Tensor3D | null = null;
    // Shared by both gradients; the tape frees it early where it only adds it to another.
    const da = (): tf.Tensor3D =>
      made && !made.isDisposed ? made : (made = gruInputGradient({ dy, tape, weight, mask }));
    return { projected: () => da(), weight: () => gruWeightGradient({ da: da(), tape }) };
  },
});

/**
 * Last state of a gated recurrent unit with the reset gate before the state's product:
 * `z = σ(x_z + h U_z)`, `r = σ(x_r + h U_r)`, `n = tanh(x_n + (r h) U_n)`, `h' = (1 - z) h + z n`, starting at 0.
 * A step whose mask is 0 leaves the state as it was. No gradient reaches the mask.
 *
 * @param projected the input's part of every step, biases included, blocks z, r, n side by side `[B, L, 3 D]`
 * @param weight of the state, blocks z, r, n side by side `[D, 3 D]`
 * @param mask `[B, L]`, 1 where a step is there
 * @returns `[B, D]`
 * @throws RangeError naming the shapes where they do not fit
 */
export function gru(projected: tf.Tensor3D, weight: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return operation({ projected, weight, mask });
}
