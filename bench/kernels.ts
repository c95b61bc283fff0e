/** Kernels that WebGPU defers (`src/engine/backends/webgpu/deferred`) against the CPU backend: one by one, and in random chains. */
import * as tf from '@tensorflow/tfjs-core';
import { hash3 } from '../src/engine';

type Kernel = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor;

const SIZE = 40;

const column = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [0, 3], [SIZE, 1]);
const row = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [5, 0], [1, SIZE]);
const stack = (x: tf.Tensor2D): tf.Tensor3D => tf.reshape(x, [4, 10, SIZE]);

/** Each once at least, over rows, columns and stacks; `a` and `b` are `[40, 40]`, `b` is positive. */
const kernels: Readonly<Record<string, Kernel>> = {
  arithmetic: (a, b) => tf.div(tf.sub(tf.mul(a, b), tf.add(a, 0.5)), tf.add(b, 1)),
  broadcast: (a, b) => tf.mul(tf.add(column(a), row(b)), tf.maximum(a, tf.minimum(row(a), b))),
  'broadcast of a stack': (a, b) => tf.add(tf.expandDims(stack(a), 2), tf.reshape(b, [4, 1, 10, SIZE])),
  squares: (a, b) => tf.squaredDifference(tf.square(a), tf.sqrt(b)),
  roots: (_, b) => tf.add(tf.rsqrt(b), tf.reciprocal(b)),
  logarithms: (a, b) => tf.add(tf.log(b), tf.add(tf.log1p(b), tf.expm1(a))),
  exponentials: (a) => tf.mul(tf.exp(tf.neg(a)), tf.softplus(a)),
  activations: (a) => tf.add(tf.sigmoid(a), tf.add(tf.tanh(a), tf.add(tf.relu(a), tf.leakyRelu(a, 0.1)))),
  steps: (a) => tf.add(tf.step(a, 0.2), tf.add(tf.sign(a), tf.abs(tf.clipByValue(a, -0.3, 0.4)))),
  comparisons: (a, b) =>
    tf.cast(tf.logicalAnd(tf.greater(a, 0), tf.logicalNot(tf.lessEqual(b, 0.7))), 'float32'),
  choice: (a, b) => tf.where(tf.less(a, 0), b, a),
  transpose: (a) => tf.transpose(stack(a), [2, 0, 1]),
  tile: (a) => tf.tile(row(a), [3, 2]),
  slice: (a) => tf.slice(stack(a), [1, 2, 3], [2, 5, 7]),
  pad: (a) => tf.pad(stack(a), [[1, 0], [0, 2], [3, 1]], 0.25), // prettier-ignore
  concat: (a, b) => tf.concat([stack(a), stack(b), stack(a)], 1),
  'slice of a concatenation': (a, b) =>
    tf.slice(tf.concat([stack(a), stack(b), stack(a)], 1), [1, 12, 3], [2, 5, 7]),
  pack: (a, b) => tf.stack([a, b, a], 1),
  'one-hot': () => tf.oneHot(tf.tensor1d([0, 3, 1, 2], 'int32'), 4),
  'short sums': (a) => tf.add(tf.sum(stack(a), 1, true), tf.max(stack(a), 0, true)),
  'long sums': (a) => tf.add(tf.sum(a, 0), tf.max(a, 1)),
  means: (a) => tf.add(tf.mean(a, 1), tf.mean(stack(a), [0, 1])),
  'sum of all': (a, b) => tf.sum(tf.mul(a, b)),
  softmax: (a) => tf.softmax(tf.slice(a, [0, 0], [SIZE, 12])),
  'log-softmax': (a) => tf.logSoftmax(tf.slice(a, [0, 0], [SIZE, 12])),
  product: (a, b) => tf.matMul(a, b),
  'product of transposed': (a, b) => tf.matMul(a, b, true, true),
  'products of a stack': (a, b) => tf.matMul(stack(a), stack(b), false, true),
  'one matrix for a stack': (a, b) => tf.matMul(stack(a), tf.expandDims(b, 0), false, true),
  'product with an epilogue': (a, b) => tf.relu(tf.add(tf.matMul(a, b), row(b))),
  'product of deferred values': (a, b) => tf.matMul(tf.concat([a, tf.transpose(b)], 1), tf.concat([b, a], 0)),
};

/** A chain that the seed draws: each step reads two of what was made before. */
function chain(seed: number, a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor {
  const made: tf.Tensor2D[] = [a, b, tf.tanh(tf.sub(a, b))];
  for (let step = 0; step < 14; step++) {
    const draw = (stream: number): number => hash3(seed, step, stream);
    const [x, y] = [made[draw(1) % made.length]!, made[draw(2) % made.length]!];
    const forms: readonly (() => tf.Tensor)[] = [
      () => tf.sub(tf.mul(x, 0.5), y),
      () => tf.mul(tf.sigmoid(x), y),
      () => tf.tanh(tf.matMul(x, y, draw(3) % 2 === 0, draw(4) % 2 === 0)),
      () => tf.slice(tf.concat([x, y], 1), [0, 7], [SIZE, SIZE]),
      () => tf.sub(x, tf.mean(y, draw(3) % 2, true)),
      () => tf.transpose(tf.tanh(tf.add(x, row(y)))),
    ];
    made.push(forms[draw(0) % forms.length]!() as tf.Tensor2D);
  }
  return tf.add(made.at(-1)!, made.at(-2)!);
}

const CHAINS = 12;

/** The largest difference from the CPU backend by kernel, beside numbers of about 1. */
export async function compareKernels(): Promise<Record<string, number>> {
  const device = tf.getBackend();
  const values = (stream: number): Float32Array =>
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => (hash3(i, stream, 1) >>> 8) / 0x1000000);
  const all: Record<string, Kernel> = { ...kernels };
  for (let seed = 0; seed < CHAINS; seed++) all[`chain ${seed}`] = (a, b) => chain(seed, a, b);
  const run = async (backend: string, kernel: Kernel): Promise<Float32Array> => {
    await tf.setBackend(backend);
    const out = tf.tidy(() => {
      const a = tf.sub<tf.Tensor2D>(tf.tensor2d(values(1), [SIZE, SIZE]), 0.5);
      return kernel(a, tf.add(tf.tensor2d(values(2), [SIZE, SIZE]), 0.1));
    });
    const numbers = await out.data<'float32'>();
    out.dispose();
    return Float32Array.from(numbers);
  };
  const worst: Record<string, number> = {};
  for (const [name, kernel] of Object.entries(all)) {
    const expected = await run('cpu', kernel);
    const found = await run(device, kernel);
    const errors = expected.map((value, i) => Math.abs(value - found[i]!) / Math.max(1, Math.abs(value)));
    worst[name] = expected.length === found.length ? errors.reduce((most, e) => Math.max(most, e), 0) : NaN;
  }
  await tf.setBackend(device);
  return worst;
}
