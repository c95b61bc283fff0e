/**
 * Kernels of linear layers that a row reaches by a route: `sum_n route[b, n] (x[b] W_n + bias_n)`. With a one-hot route only
 * the row's own product is computed: rows are grouped by n on WASM; on the device a product of weight 0 is skipped.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { deferFormula } from '../../backends/webgpu/deferred/values';
import { wasmKernels } from '../../backends/wasm/module';
import { int } from '../../backends/webgpu/program';
import { sumByRoute } from '../routeRows';
import { forwardOnWasm, inputGradientOnWasm, weightGradientOnWasm, type Combine } from './wasm';

/** What stands in for a group's own weights where they are combined with shared ones. */
function combinedWeights(weight: tf.Tensor3D, shared: tf.Tensor, combine: Combine): tf.Tensor3D {
  return combine === 'multiply' ? tf.mul(weight, shared) : tf.add(weight, shared);
}

interface Combination {
  readonly combine: Combine;
}

/** Work for one element on the device: every share is looked at, and of those that are not 0 a few numbers are multiplied. */
const workOf = (shares: number, products: number): { readonly reads: number; readonly cost: number } => ({
  reads: shares + products,
  cost: shares + 2 * products,
});

/** `dx[b] = Σ_n route[b, n] dy[b] W_nᵀ`, W_n own weights or combined with shared ones. */
export const routedInputGradient = defineOperation({
  name: 'routedInputGradient',
  shapes: 'dy: B,out; weight: N,in,out; route: B,N; shared?: in,out -> B,in',
  forward: ({ dy, weight: own, route, shared }, { combine }: Combination) => {
    const weight = shared ? combinedWeights(own, shared, combine) : own;
    const [n, input, output] = weight.shape;
    const spread = tf.mul(tf.expandDims(route, 2), tf.expandDims(dy, 1));
    const flat = tf.reshape(tf.transpose(weight, [0, 2, 1]), [n * output, input]);
    return tf.matMul(tf.reshape(spread, [dy.shape[0], n * output]), flat);
  },
  wasm: ({ dy, weight, route, shared }, { combine }) =>
    wasmKernels() ? inputGradientOnWasm(dy, { weight, shared, combine }, route) : null,
  webgpu: ({ dy, weight, route, shared }, { combine }) => {
    const [n, input, output] = weight.shape as [number, number, number];
    // `shared` is a word of WGSL's.
    const combined = shared
      ? ` ${combine === 'multiply' ? '*' : '+'} sharedWeight[i * uniforms.outputs + o]`
      : '';
    return deferFormula({
      name: 'routedInput',
      shape: [dy.shape[0]!, input],
      inputs: { dy, weight, route, ...(shared && { sharedWeight: shared }) },
      uniforms: { count: int(n), inputs: int(input), outputs: int(output) },
      code: `
        let b = index / uniforms.inputs;
        let i = index % uniforms.inputs;
        var total = 0.0;
        for (var n = 0; n < uniforms.count; n = n + 1) {
          let share = route[b * uniforms.count + n];
          if (share != 0.0) {
            var sum = 0.0;
            let first = (n * uniforms.inputs + i) * uniforms.outputs;
            for (var o = 0; o < uniforms.outputs; o = o + 1) {
              sum = sum + dy[b * uniforms.outputs + o] * (weight[first + o]${combined});
            }
            total = total + share * sum;
          }
        }
        return total;`,
      ...workOf(n, output),
    });
  },
});

/** `dWeight[n] = Σ_b route[b, n] x[b]ᵀ dy[b]`. */
export const routedWeightGradient = defineOperation({
  name: 'routedWeightGradient',
  shapes: 'x: B,in; dy: B,out; route: B,N -> N,in,out',
  forward: ({ x, dy, route }) => {
    const [n, input, output] = [route.shape[1], x.shape[1], dy.shape[1]];
    const spread = tf.mul(tf.expandDims(route, 2), tf.expandDims(dy, 1));
    const flat = tf.matMul(x, tf.reshape(spread, [dy.shape[0], n * output]), true, false);
    return tf.transpose(tf.reshape(flat, [input, n, output]), [1, 0, 2]);
  },
  wasm: ({ x, dy, route }) => (wasmKernels() ? weightGradientOnWasm(x, dy, route, null).dWeight : null),
  webgpu: ({ x, dy, route }) => {
    const [n, input, output] = [route.shape[1]!, x.shape[1]!, dy.shape[1]!];
    const rows = x.shape[0]!;
    return deferFormula({
      name: 'routedWeight',
      shape: [n, input, output],
      inputs: { x, dy, route },
      uniforms: { rows: int(rows), count: int(n), inputs: int(input), outputs: int(output) },
      code: `
        let o = index % uniforms.outputs;
        let i = (index / uniforms.outputs) % uniforms.inputs;
        let n = index / (uniforms.outputs * uniforms.inputs);
        var sum = 0.0;
        for (var b = 0; b < uniforms.rows; b = b + 1) {
          let share = route[b * uniforms.count + n];
          if (share != 0.0) {
            sum = sum + share * x[b * uniforms.inputs + i] * dy[b * uniforms.outputs + o];
          }
        }
        return sum;`,
      ...workOf(rows, Math.ceil(rows / n)),
    });
  },
});

const operation = defineOperation({
  name: 'routedDense',
  shapes: 'x: B,in; weight: N,in,out; route: B,N; bias?: N,out -> B,out',
  forward: ({ x, weight, route, bias }) => {
    const [n, input, output] = weight.shape;
    const flat = tf.reshape(tf.transpose(weight, [1, 0, 2]), [input, n * output]);
    const all = tf.reshape(tf.matMul(x, flat), [x.shape[0], n, output]);
    const own = tf.sum(tf.mul(all, tf.expandDims(route, 2)), 1);
    return bias ? tf.add(own, tf.matMul(route, bias)) : own;
  },
  wasm: ({ x, weight, route, bias }) =>
    wasmKernels() ? forwardOnWasm(x, { weight, combine: 'none' }, bias, route) : null,
  webgpu: ({ x, weight, route, bias }) => {
    const [n, input, output] = weight.shape as [number, number, number];
    return deferFormula({
      name: 'routed',
      shape: [x.shape[0]!, output],
      inputs: { x, weight, route, ...(bias && { bias }) },
      uniforms: { count: int(n), inputs: int(input), outputs: int(output) },
      code: `
        let b = index / uniforms.outputs;
        let o = index % uniforms.outputs;
        var total = 0.0;
        for (var n = 0; n < uniforms.count; n = n + 1) {
          let share = route[b * uniforms.count + n];
          if (share != 0.0) {
            var sum = ${bias ? 'bias[n * uniforms.outputs + o]' : '0.0'};
            let first = n * uniforms.inputs * uniforms.outputs + o;
            for (var i = 0; i < uniforms.inputs; i = i + 1) {
              sum = sum + x[b * uniforms.inputs + i] * weight[first + i * uniforms.outputs];
            }
            total = total + share * sum;
          }
        }
        return total;`,
      ...workOf(n, input),
    });
  },
  save: ['x', 'weight', 'route'],
  gradient: ({ dy, x, weight, route }) => ({
    x: () => routedInputGradient({ dy, weight, route }, { combine: 'none' }),
    weight: () => routedWeightGradient({ x, dy, route }),
    bias: () => sumByRoute(dy, route),
  }),
});

/**
 * Each row through the layers that its route names: `sum_n route[b, n] (x[b] weight[n] + bias[n])`.
 *
 * `x [B, in]`, `weight [N, in, out]`, `bias [N, out]` or null, `route [B, N]` (a one-hot, or few non-zeros a row: only those
 * products are computed), to `[B, out]`. The route is a constant: no gradient reaches it. @throws RangeError naming shapes.
 */
export function routedDense(
  x: tf.Tensor2D,
  weight: tf.Tensor3D,
  bias: tf.Tensor2D | null,
  route: tf.Tensor2D,
): tf.Tensor2D {
  return operation({ x, weight, route, bias });
}

const sharedWeightGradient = defineOperation({
  name: 'routedSharedWeightGradient',
  shapes:
    'x: B,in; dy: B,out; route: B,N; weight: N,in,out; shared: in,out -> dWeight: N,in,out; dShared: in,out',
  forward: ({ x, dy, route, weight, shared }, { combine }: Combination) => {
    const own = routedWeightGradient({ x, dy, route });
    return combine === 'multiply'
      ? { dWeight: tf.mul(own, shared), dShared: tf.sum(tf.mul(own, weight), 0) }
      : { dWeight: own, dShared: tf.sum(own, 0) };
  },
  wasm: ({ x, dy, route, weight, shared }, { combine }) => {
    if (!wasmKernels()) return null;
    const { dWeight, dShared } = weightGradientOnWasm(x, dy, route, { weight, shared, combine });
    return { dWeight, dShared: dShared! };
  },
});

const sharedOperation = defineOperation({
  name: 'routedSharedDense',
  shapes: 'x: B,in; weight: N,in,out; shared: in,out; route: B,N; bias?: N,out -> B,out',
  forward: ({ x, weight, shared, route, bias }, { combine }: Combination) =>
    operation({ x, weight: combinedWeights(weight, shared, combine), route, bias }),
  wasm: ({ x, weight, shared, route, bias }, { combine }) =>
    wasmKernels() ? forwardOnWasm(x, { weight, shared, combine }, bias, route) : null,
  save: ['x', 'weight', 'shared', 'route'],
  gradient: ({ dy, x, weight, shared, route }, { combine }) => {
    const { dWeight, dShared } = sharedWeightGradient({ x, dy, route, weight, shared }, { combine });
    return {
      x: () => routedInputGradient({ dy, weight, route, shared }, { combine }),
      weight: () => tf.clone(dWeight),
      shared: () => tf.clone(dShared),
      bias: () => sumByRoute(dy, route),
    };
  },
});

/**
 * As `routedDense`, where every n's weights are its own times, or plus, shared ones `shared [in, out]`; the combined weights
 * `[N, in, out]` are never made on WASM. @throws RangeError naming shapes.
 */
export function routedSharedDense(
  x: tf.Tensor2D,
  weight: tf.Tensor3D,
  { shared, combine }: { readonly shared: tf.Tensor2D; readonly combine: 'multiply' | 'add' },
  bias: tf.Tensor2D | null,
  route: tf.Tensor2D,
): tf.Tensor2D {
  return sharedOperation({ x, weight, shared, route, bias }, { combine });
}
