import * as tf from '@tensorflow/tfjs-core';
import { matMul } from './matMul';

/**
 * Last state of a gated recurrent unit with the reset gate before the state's product:
 * `z = σ(x_z + h U_z)`, `r = σ(x_r + h U_r)`, `n = tanh(x_n + (r h) U_n)`, `h' = (1 - z) h + z n`, starting at 0.
 * A step whose mask is 0 leaves the state as it was.
 *
 * @param projected the input's part of every step, biases included, blocks z, r, n side by side `[B, L, 3 D]`
 * @param weight of the state, blocks z, r, n side by side `[D, 3 D]`
 * @param mask `[B, L]`, 1 where a step is there
 * @returns `[B, D]`
 */
export function gru(projected: tf.Tensor3D, weight: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const [batch, length, triple] = projected.shape;
  const width = triple / 3;
  if (weight.shape[0] !== width || weight.shape[1] !== triple) {
    throw new RangeError(
      `gru got inputs [${projected.shape.join(', ')}] and a state weight [${weight.shape.join(', ')}]; it needs [B, L, 3 D] and [D, 3 D].`,
    );
  }
  const gates = tf.slice(weight, [0, 0], [width, 2 * width]);
  const candidate = tf.slice(weight, [0, 2 * width], [width, width]);
  let h = tf.zeros<tf.Rank.R2>([batch, width]);
  for (let k = 0; k < length; k++) {
    const x = (from: number, size: number): tf.Tensor2D =>
      tf.reshape(tf.slice(projected, [0, k, from], [batch, 1, size]), [batch, size]);
    // The first state is 0, so its products are too.
    const both = tf.sigmoid(k === 0 ? x(0, 2 * width) : tf.add(x(0, 2 * width), matMul(h, gates)));
    const z = tf.slice(both, [0, 0], [batch, width]);
    const r = tf.slice(both, [0, width], [batch, width]);
    const own = x(2 * width, width);
    const n = tf.tanh(k === 0 ? own : tf.add(own, matMul(tf.mul(r, h), candidate)));
    const move = tf.mul(tf.slice(mask, [0, k], [batch, 1]), z);
    h = tf.add(h, tf.mul(move, tf.sub(n, h)));
  }
  return h;
}
