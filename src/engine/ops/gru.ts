import * as tf from '@tensorflow/tfjs-core';
import { defineOperations } from '../kernels/defineOperation';
import { gruInputGradient, gruTape, gruWeightGradient } from '../kernels/recurrence';

/** Last state `[B, D]` and the tape `[L, B, 4 D]`. */
const recurrence = defineOperations<'projected' | 'weight' | 'mask'>({
  name: 'EngineGru',
  saveInputs: ['weight', 'mask'],
  saveOutputs: [false, true],
  forward: (inputs) => {
    const tape = gruTape(inputs, {})[0]!;
    const [length, batch, four] = tape.shape as [number, number, number];
    const last = tf.slice(tape, [length - 1, 0, (3 * four) / 4], [1, batch, four / 4]);
    return [tf.reshape(last, [batch, four / 4]), tape];
  },
  gradient: ([dy], saved) => {
    const [weight, mask, tape] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    let made: tf.Tensor | null = null;
    // Shared by both gradients; the tape frees it early where it only adds it to another.
    const da = (): tf.Tensor =>
      made && !made.isDisposed ? made : (made = gruInputGradient({ dy: dy!, tape, weight, mask }, {})[0]!);
    return {
      projected: () => da(),
      weight: () => gruWeightGradient({ da: da(), tape }, {})[0]!,
      mask: () => tf.zerosLike(mask),
    };
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
  const width = weight.shape[0];
  if (weight.shape[1] !== 3 * width || projected.shape[2] !== 3 * width) {
    throw new RangeError(
      `gru got inputs [${projected.shape.join(', ')}] and a state weight [${weight.shape.join(', ')}]; it needs [B, L, 3 D] and [D, 3 D].`,
    );
  }
  return recurrence({ projected, weight, mask }, {})[0] as tf.Tensor2D;
}
