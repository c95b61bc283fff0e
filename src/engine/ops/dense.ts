/** Linear layers: one, N over one input, N over their own inputs; and mixtures of N vectors. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../kernels/defineOperation';
import {
  denseForward,
  stackedForward,
  wideForward,
  wideInputGradient,
  wideWeightGradient,
  type Layout,
} from '../kernels/linear';
import { rawProduct } from '../kernels/product';

const shapeOf = (x: tf.Tensor): string => `[${x.shape.join(', ')}]`;

function demand(fits: boolean, name: string, need: string, ...given: (tf.Tensor | null)[]): void {
  if (fits) return;
  const shapes = given.map((x) => (x ? shapeOf(x) : 'null')).join(', ');
  throw new RangeError(`${name} got ${shapes}; it needs ${need}.`);
}

const denseOperation = defineOperation<'x' | 'weight', object, 'bias'>({
  name: 'EngineDenseLayer',
  saveInputs: ['x', 'weight'],
  forward: (inputs, attributes) => denseForward(inputs, attributes)[0]!,
  gradient: ([dy], [x, weight]) => ({
    x: () => rawProduct(dy!, weight!, false, true),
    weight: () => rawProduct(x!, dy!, true, false),
    bias: () => tf.sum(dy!, 0),
  }),
});

/** Linear layer: `x [B, in]`, `weight [in, out]`, `bias [out]` or null, to `[B, out]`. @throws RangeError naming the shapes. */
export function dense(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D | null): tf.Tensor2D {
  const fits = x.rank === 2 && weight.rank === 2 && x.shape[1] === weight.shape[0];
  demand(
    fits && (!bias || bias.size === weight.shape[1]),
    'dense',
    '[B, in], [in, out] and [out] or null',
    x,
    weight,
    bias,
  );
  return denseOperation({ x, weight, ...(bias && { bias }) }, {}) as tf.Tensor2D;
}

const wideOperation = defineOperation<'x' | 'weight', { readonly layout: Layout }, 'bias'>({
  name: 'EngineWideLayer',
  saveInputs: ['x', 'weight'],
  forward: (inputs, attributes) => wideForward(inputs, attributes)[0]!,
  gradient: ([dy], [x, weight], { layout }) => ({
    x: () => wideInputGradient({ dy: dy!, weight: weight! }, { layout })[0]!,
    weight: () => wideWeightGradient({ x: x!, dy: dy! }, { layout })[0]!,
    bias: () => tf.sum(dy!, layout === 'rows' ? 0 : 1),
  }),
});

function runWide(
  name: string,
  layout: Layout,
  x: tf.Tensor2D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D | null,
): tf.Tensor3D {
  const fits = x.rank === 2 && weight.rank === 3 && x.shape[1] === weight.shape[1];
  const biasFits = !bias || bias.size === weight.shape[0] * weight.shape[2];
  demand(fits && biasFits, name, '[B, in], [N, in, out] and [N, out] or null', x, weight, bias);
  return wideOperation({ x, weight, ...(bias && { bias }) }, { layout }) as tf.Tensor3D;
}

/**
 * N linear layers over one shared input: `x [B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, to `[B, N, out]`.
 * @throws RangeError naming the shapes.
 */
export function multiDense(x: tf.Tensor2D, weight: tf.Tensor3D, bias: tf.Tensor2D | null): tf.Tensor3D {
  return runWide('multiDense', 'rows', x, weight, bias);
}

/** The same as `multiDense`, with the N outputs as a stack `[N, B, out]`, ready for `stackedDense`. */
export function multiDenseStacked(
  x: tf.Tensor2D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D | null,
): tf.Tensor3D {
  return runWide('multiDenseStacked', 'stack', x, weight, bias);
}

const stackedOperation = defineOperation<'x' | 'weight', object, 'bias'>({
  name: 'EngineStackedLayer',
  saveInputs: ['x', 'weight'],
  forward: (inputs, attributes) => stackedForward(inputs, attributes)[0]!,
  gradient: ([dy], [x, weight]) => ({
    x: () => rawProduct(dy!, weight!, false, true),
    weight: () => rawProduct(x!, dy!, true, false),
    bias: () => tf.sum(dy!, 1),
  }),
});

/**
 * N linear layers, each over its own input: `x [N, B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, to `[N, B, out]`.
 * @throws RangeError naming the shapes.
 */
export function stackedDense(x: tf.Tensor3D, weight: tf.Tensor3D, bias: tf.Tensor2D | null): tf.Tensor3D {
  const ranks = x.rank === 3 && weight.rank === 3;
  const fits = ranks && x.shape[0] === weight.shape[0] && x.shape[2] === weight.shape[1];
  const biasFits = !bias || bias.size === weight.shape[0] * weight.shape[2];
  demand(fits && biasFits, 'stackedDense', '[N, B, in], [N, in, out] and [N, out] or null', x, weight, bias);
  return stackedOperation({ x, weight, ...(bias && { bias }) }, {}) as tf.Tensor3D;
}
