/**
 * First-order gradients of the library's kernels that models use.
 *
 * The library keeps its own gradients in a file that Node cannot load beside the backends; ours also avoid its costs (a sum's
 * gradient multiplied by ones, a product's gradient through WASM's slow transposed form). An operation without a gradient
 * here makes a step fail with its kernel's name.
 */
import * as tf from '@tensorflow/tfjs-core';
import { product } from './ops/matMul/product';
import { sigmoidGradient } from './ops/activations';
import { softmaxGradient } from './ops/softmax';
import { oneHot } from './ranks';

type Lazy = Readonly<Record<string, () => tf.Tensor>>;

interface Rule {
  readonly inputs?: readonly string[];
  readonly output?: boolean;
  /** Kernels with a list of inputs save them all. */
  readonly all?: boolean;
  readonly rule: (dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: tf.NamedAttrMap) => Lazy;
}

function register(kernelName: string, { inputs = [], output = false, all = false, rule }: Rule): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: [...inputs],
    outputsToSave: [output],
    saveAllInputs: all,
    gradFunc: (dy, saved, attributes) => rule(dy as tf.Tensor, saved, attributes),
  });
}

/** Sums a gradient over the axes along which `shape` was broadcast. */
function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  const reduced = axes.length > 0 ? tf.sum(gradient, axes) : gradient;
  return tf.reshape(reduced, shape);
}

/** Shape of a reduction's result with the reduced axes kept at length 1. */
function keptShape(shape: readonly number[], axis: unknown): number[] {
  const axes = tf.util.parseAxisParam(axis as number | number[], [...shape]);
  return shape.map((length, i) => (axes.includes(i) ? 1 : length));
}

register('Add', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({ a: () => unbroadcast(dy, a!.shape), b: () => unbroadcast(dy, b!.shape) }),
});
register('AddN', {
  all: true,
  rule: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy)])),
});
register('Sub', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({
    a: () => unbroadcast(dy, a!.shape),
    b: () => tf.neg(unbroadcast(dy, b!.shape)),
  }),
});
register('Multiply', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({
    a: () => unbroadcast(tf.mul(dy, b!), a!.shape),
    b: () => unbroadcast(tf.mul(dy, a!), b!.shape),
  }),
});
register('RealDiv', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({
    a: () => unbroadcast(tf.div(dy, b!), a!.shape),
    b: () => tf.neg(unbroadcast(tf.div(tf.mul(dy, a!), tf.square(b!)), b!.shape)),
  }),
});
register('SquaredDifference', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => {
    const slope = (): tf.Tensor => tf.mul(dy, tf.mul(tf.sub(a!, b!), 2));
    return { a: () => unbroadcast(slope(), a!.shape), b: () => tf.neg(unbroadcast(slope(), b!.shape)) };
  },
});
register('Maximum', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({
    a: () => unbroadcast(tf.mul(dy, tf.cast(tf.greaterEqual(a!, b!), 'float32')), a!.shape),
    b: () => unbroadcast(tf.mul(dy, tf.cast(tf.less(a!, b!), 'float32')), b!.shape),
  }),
});
register('Minimum', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({
    a: () => unbroadcast(tf.mul(dy, tf.cast(tf.lessEqual(a!, b!), 'float32')), a!.shape),
    b: () => unbroadcast(tf.mul(dy, tf.cast(tf.greater(a!, b!), 'float32')), b!.shape),
  }),
});
/** The exponent must be a constant: no gradient reaches it. */
register('Pow', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b]) => ({
    a: () => unbroadcast(tf.mul(dy, tf.mul(b!, tf.pow(a!, tf.sub(b!, 1)))), a!.shape),
    b: () => {
      throw new Error('The gradient of pow reaches its base only; keep the exponent constant.');
    },
  }),
});

/** Element-wise functions of one input, by the derivative in terms of the input. */
const byInput: Readonly<Record<string, (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor>> = {
  Abs: (dy, x) => tf.mul(dy, tf.sign(x)),
  Square: (dy, x) => tf.mul(dy, tf.mul(x, 2)),
  Log: (dy, x) => tf.div(dy, x),
  Log1p: (dy, x) => tf.div(dy, tf.add(x, 1)),
  Expm1: (dy, x) => tf.mul(dy, tf.exp(x)),
  Softplus: (dy, x) => tf.mul(dy, tf.sigmoid(x)),
  Sin: (dy, x) => tf.mul(dy, tf.cos(x)),
  Cos: (dy, x) => tf.neg(tf.mul(dy, tf.sin(x))),
  Sqrt: (dy, x) => tf.div(dy, tf.mul(tf.sqrt(x), 2)),
  Rsqrt: (dy, x) => tf.mul(dy, tf.div(tf.rsqrt(x), tf.mul(x, -2))),
  Reciprocal: (dy, x) => tf.neg(tf.div(dy, tf.square(x))),
};
for (const [name, derivative] of Object.entries(byInput)) {
  register(name, { inputs: ['x'], rule: (dy, [x]) => ({ x: () => derivative(dy, x!) }) });
}

/** Element-wise functions whose derivative is cheapest in terms of the output. */
const byOutput: Readonly<Record<string, (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor>> = {
  Exp: (dy, y) => tf.mul(dy, y),
  Sigmoid: (dy, y) => sigmoidGradient({ dy, y }),
  Tanh: (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))),
  Relu: (dy, y) => tf.mul(dy, tf.step(y)),
};
for (const [name, derivative] of Object.entries(byOutput)) {
  register(name, { output: true, rule: (dy, [y]) => ({ x: () => derivative(dy, y!) }) });
}

for (const name of ['Step', 'Sign', 'Floor', 'Round', 'ZerosLike', 'OnesLike']) {
  register(name, { rule: (dy) => ({ x: () => tf.zerosLike(dy) }) });
}
register('Neg', { rule: (dy) => ({ x: () => tf.neg(dy) }) });
register('Identity', { rule: (dy) => ({ x: () => tf.clone(dy) }) });
register('Cast', { rule: (dy) => ({ x: () => tf.clone(dy) }) });
register('LeakyRelu', {
  inputs: ['x'],
  rule: (dy, [x], { alpha }) => ({ x: () => tf.mul(dy, tf.step(x!, alpha as number)) }),
});
register('ClipByValue', {
  inputs: ['x'],
  rule: (dy, [x], { clipValueMin, clipValueMax }) => ({
    x: () => {
      const above = tf.greaterEqual(x!, clipValueMin as number);
      const below = tf.lessEqual(x!, clipValueMax as number);
      return tf.mul(dy, tf.cast(tf.logicalAnd(above, below), 'float32'));
    },
  }),
});
/** `where` with a condition that needs no gradient. */
register('Select', {
  inputs: ['condition'],
  rule: (dy, [condition]) => ({
    condition: () => tf.zeros(condition!.shape),
    t: () => tf.mul(dy, tf.cast(condition!, 'float32')),
    e: () => tf.mul(dy, tf.cast(tf.logicalNot(condition!), 'float32')),
  }),
});

register('Sum', {
  inputs: ['x'],
  rule: (dy, [x], { axis }) => ({
    x: () => tf.broadcastTo(tf.reshape(dy, keptShape(x!.shape, axis)), x!.shape),
  }),
});
register('Mean', {
  inputs: ['x'],
  rule: (dy, [x], { axis }) => ({
    x: () => tf.broadcastTo(tf.reshape(tf.mul(dy, dy.size / x!.size), keptShape(x!.shape, axis)), x!.shape),
  }),
});
/** Ties all receive the full gradient. */
for (const name of ['Max', 'Min']) {
  register(name, {
    inputs: ['x'],
    output: true,
    rule: (dy, [x, y], attributes) => ({
      x: () => {
        const kept = keptShape(x!.shape, attributes.axis ?? attributes.reductionIndices);
        const hit = tf.cast(tf.equal(x!, tf.reshape(y!, kept)), 'float32');
        return tf.mul(hit, tf.reshape(dy, kept));
      },
    }),
  });
}
register('Softmax', {
  output: true,
  rule: (dy, [y]) => ({ logits: () => softmaxGradient({ dy, y: y! }) }),
});
register('LogSoftmax', {
  output: true,
  rule: (dy, [y]) => ({ logits: () => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.exp(y!))) }),
});
register('Cumsum', {
  inputs: ['x'],
  rule: (dy, _saved, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis as number, exclusive as boolean, !(reverse as boolean)),
  }),
});

register('Reshape', { inputs: ['x'], rule: (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }) });
register('ExpandDims', { inputs: ['input'], rule: (dy, [x]) => ({ input: () => tf.reshape(dy, x!.shape) }) });
register('Transpose', {
  rule: (dy, _saved, { perm }) => {
    const order = perm as number[];
    return {
      x: () =>
        tf.transpose(
          dy,
          order.map((_, axis) => order.indexOf(axis)),
        ),
    };
  },
});
register('Reverse', { rule: (dy, _saved, { dims }) => ({ x: () => tf.reverse(dy, dims as number[]) }) });
register('Tile', {
  inputs: ['x'],
  rule: (dy, [x], { reps }) => ({
    x: () => {
      // Axis by axis, at rank 3: doubling the rank would pass what WebGPU can index.
      let sum = dy;
      (reps as number[]).forEach((times, axis) => {
        if (times === 1) return;
        const shape = sum.shape.map((length, i) => (i === axis ? x!.shape[axis]! : length));
        const before = tf.util.sizeFromShape(shape.slice(0, axis));
        const block = tf.util.sizeFromShape(shape.slice(axis));
        sum = tf.reshape(tf.sum(tf.reshape(sum, [before, times, block]), 1), shape);
      });
      return tf.reshape(sum, x!.shape);
    },
  }),
});
register('Concat', {
  all: true,
  rule: (dy, saved, { axis }) => {
    const along = tf.util.parseAxisParam(axis as number, saved[0]!.shape)[0]!;
    let begin = 0;
    const entries = saved.map((part, i) => {
      const start = dy.shape.map((_, k) => (k === along ? begin : 0));
      begin += part.shape[along]!;
      return [i, () => tf.slice(dy, start, part.shape)] as const;
    });
    return Object.fromEntries(entries);
  },
});
register('Pack', {
  all: true,
  rule: (dy, saved, { axis }) =>
    Object.fromEntries(
      saved.map((part, i) => {
        const start = dy.shape.map((_, k) => (k === axis ? i : 0));
        const size = dy.shape.map((length, k) => (k === axis ? 1 : length));
        return [i, () => tf.reshape(tf.slice(dy, start, size), part.shape)];
      }),
    ),
});
tf.registerGradient({
  kernelName: 'Unpack',
  gradFunc: (dys, _saved, { axis }) => ({ value: () => tf.stack(dys as tf.Tensor[], axis as number) }),
});
tf.registerGradient({
  kernelName: 'SplitV',
  gradFunc: (dys, _saved, { axis }) => ({ x: () => tf.concat(dys as tf.Tensor[], axis as number) }),
});
register('Slice', {
  inputs: ['x'],
  rule: (dy, [x], { begin, size }) => ({
    x: () => {
      const parts = tf.slice_util.parseSliceParams(x!, begin as number[], size as number[]);
      const start = parts[0]!;
      const length = parts[1]!;
      return tf.pad(
        dy,
        x!.shape.map((whole, i) => [start[i]!, whole - start[i]! - length[i]!]),
      );
    },
  }),
});
register('PadV2', {
  inputs: ['x'],
  rule: (dy, [x], { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        (paddings as [number, number][]).map(([before]) => before),
        x!.shape,
      ),
  }),
});
register('BatchMatMul', {
  inputs: ['a', 'b'],
  rule: (dy, [a, b], { transposeA, transposeB }) => {
    if (a!.rank !== b!.rank || (a!.rank === 3 && a!.shape[0] !== b!.shape[0])) {
      throw new Error(
        `matMul of [${a!.shape.join(', ')}] and [${b!.shape.join(', ')}] broadcasts a batch, which has no gradient; ` +
          'tile the smaller operand or use multiDense.',
      );
    }
    const left = transposeA as boolean;
    const right = transposeB as boolean;
    return {
      a: () => (left ? product(b!, dy, right, true) : product(dy, b!, false, !right)),
      b: () => (right ? product(dy, a!, true, left) : product(a!, dy, !left, false)),
    };
  },
});
/** Rows of a small matrix by index; the gradient is a product with a one-hot, so its order of addition is fixed. */
register('GatherV2', {
  inputs: ['x', 'indices'],
  rule: (dy, [x, indices], { axis, batchDims }) => ({
    x: () => {
      if (axis !== 0 || batchDims !== 0) {
        throw new Error('gather has a gradient along axis 0 only; use mixExperts with a one-hot.');
      }
      const rows = x!.shape[0];
      const picked = oneHot(tf.reshape<tf.Rank.R1>(indices!, [-1]), rows);
      const flat = tf.reshape(dy, [indices!.size, x!.size / rows]);
      return tf.reshape(product(picked, flat, true, false), x!.shape);
    },
    indices: () => tf.zerosLike(indices!),
  }),
});
