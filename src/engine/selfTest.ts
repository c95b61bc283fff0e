/**
 * A small network's loss and gradients on the chosen backend against those of the CPU backend, which are written down: wrong kernels show before
 * training does, and no other backend has to be fetched and compiled for it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createMode } from './mode';
import * as ops from './ops';
import { normalArray } from './random';
import { EXPECTED } from './selfTestExpected';

const SEED = 20260;

function values(name: string, shape: number[]): tf.Tensor {
  const count = shape.reduce((all, length) => all * length, 1);
  return tf.tensor(normalArray(SEED, name, count, 0, 0.5), shape);
}

/** Loss and gradients `[1 + 84 + 105 + 21 + 5 + 15]` of a stacked, gated, normalised network over every operation that models lean on. */
export async function lossAndGradients(): Promise<Float32Array> {
  const flat = tf.tidy(() => {
    const x = values('x', [12, 7]) as tf.Tensor2D;
    const experts = values('experts', [3, 7, 5]) as tf.Tensor3D;
    const gate = values('gate', [7, 3]) as tf.Tensor2D;
    const tower = values('tower', [5, 1]) as tf.Tensor2D;
    const bias = values('bias', [3, 5]) as tf.Tensor2D;
    const ones = tf.ones<tf.Rank.R2>([12, 1]);
    const label = tf.cast<tf.Tensor2D>(tf.greater(tf.slice(x, [0, 0], [12, 1]), 0), 'float32');
    const mode = createMode('train', SEED, 3);
    const leaves = [x, experts, gate, tower, bias];
    const { value, grads } = tf.engine().gradients(() => {
      const hidden = ops.leakyRelu(ops.multiDense(x, experts, bias), 0.2);
      const mixed = ops.mixExperts(hidden, ops.softmaxLast(ops.matMul(x, gate)));
      const { mean, variance } = ops.batchMoments(mixed, ones);
      const normal = ops.normalise(mixed, mean, variance, tf.ones([5]), tf.zeros([5]));
      const logit = ops.dense(ops.dropout(normal, 0.3, mode), tower, null);
      return ops.bceWithLogits(logit, label, ones);
    }, leaves);
    return tf.concat1d([
      tf.reshape(value, [1]),
      ...grads.map((gradient) => tf.reshape<tf.Rank.R1>(gradient, [-1])),
    ]);
  });
  const result = await flat.data<'float32'>();
  flat.dispose();
  return result.slice();
}

export interface SelfTestResult {
  readonly passed: boolean;
  /** Largest difference from the CPU backend, relative to the largest value. */
  readonly error: number;
}

/** Difference that float32 sums in another order may leave. */
const TOLERANCE = 1e-4;

/** Compares the current backend with what the CPU backend computes. */
export async function selfTest(): Promise<SelfTestResult> {
  const found = await lossAndGradients();
  let worst = found.length === EXPECTED.length ? 0 : Infinity;
  let scale = 0;
  for (let i = 0; i < EXPECTED.length; i++) {
    const difference = Math.abs(found[i]! - EXPECTED[i]!);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(EXPECTED[i]!));
  }
  const error = worst / scale;
  return { passed: error < TOLERANCE, error };
}
