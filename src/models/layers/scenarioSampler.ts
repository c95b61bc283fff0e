/** A few scenarios drawn anew every step, where comparing all of them would cost too much. */
import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../../engine';

/** Coin flips that make one random number of the sample. */
const FLIPS = 24;

export interface ScenarioSampler {
  /**
   * A fresh sample every step as a matrix of ones `[count, N]` that picks rows, in random order; same shapes always. Every
   * scenario, and every pair of them, has the same chance as the others.
   */
  draw(mode: Mode): tf.Tensor2D;
  dispose(): void;
}

/** Draws without a host: coin flips from the step's dropout stream make one number a scenario, the numbers' ranks choose. */
export function createScenarioSampler(scenarios: number, count: number): ScenarioSampler {
  const constants = tf.tidy(() => ({
    powers: tf.keep(tf.pow<tf.Tensor2D>(0.5, tf.reshape(tf.range(2, 2 + FLIPS), [FLIPS, 1]))),
    places: tf.keep(tf.reshape<tf.Rank.R2>(tf.range(0, count), [count, 1])),
  }));
  return {
    draw: (mode) =>
      tf.tidy(() => {
        const flips = tf.reshape<tf.Rank.R2>(mode.dropoutMask([scenarios, FLIPS], 0.5), [scenarios, FLIPS]);
        const number = tf.matMul(flips, constants.powers);
        const higher = tf.step(tf.sub(tf.transpose(number), number));
        const rank = tf.reshape(tf.sum(higher, 1), [1, scenarios]);
        return tf.relu(tf.sub(1, tf.abs(tf.sub(rank, constants.places))));
      }),
    dispose: () => tf.dispose([constants.powers, constants.places]),
  };
}
