/** A small network's loss and gradients on the chosen backend against the CPU backend: wrong kernels show before training does. */
import * as tf from '@tensorflow/tfjs-core';
import { createMode } from './mode';
import * as ops from './ops';
import { normalArray } from './random';

const SEED = 20260;

function values(name: string, shape: number[]): tf.Tensor {
  const count = shape.reduce((all, length) => all * length, 1);
  return tf.tensor(normalArray(SEED, name, count, 0, 0.5), shape);
}

/** Loss and gradients of a stacked, gated, normalised network over every operation that models lean on. */
async function compute(): Promise<Float32Array> {
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

/** Compares the current backend with the CPU backend and leaves the current one set. */
export async function selfTest(): Promise<SelfTestResult> {
  const name = tf.getBackend();
  const found = await compute();
  if (name === 'cpu') return { passed: found.every(Number.isFinite), error: 0 };
  await tf.setBackend('cpu');
  let expected: Float32Array;
  try {
    expected = await compute();
  } finally {
    await tf.setBackend(name);
  }
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  const error = worst / scale;
  return { passed: error < TOLERANCE, error };
}
