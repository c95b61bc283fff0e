/**
 * Kernels of linear layers that a row reaches by a route: `sum_n route[b, n] (x[b] W_n + bias_n)`. With a one-hot route only
 * the row's own product is computed: rows are grouped by n on WASM; on the device a product of weight 0 is skipped.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
import { hostFloats } from '../../backends/hostMemory';
import { free, newFloats, newInts, newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { gemmAt } from '../../backends/wasm/product';
import { int } from '../../backends/webgpu/program';

/** Rows that go to one n, and how much. */
interface Group {
  readonly n: number;
  readonly rows: Int32Array;
  readonly shares: Float32Array;
}

/** Every row with a share in n, for each n with any. */
function groupRows(route: Float32Array, batch: number, count: number): Group[] {
  const groups: Group[] = [];
  for (let n = 0; n < count; n++) {
    let length = 0;
    for (let b = 0; b < batch; b++) if (route[b * count + n] !== 0) length++;
    if (length === 0) continue;
    const rows = new Int32Array(length);
    const shares = new Float32Array(length);
    let at = 0;
    for (let b = 0; b < batch; b++) {
      const share = route[b * count + n]!;
      if (share === 0) continue;
      rows[at] = b;
      shares[at++] = share;
    }
    groups.push({ n, rows, shares });
  }
  return groups;
}

/** Rows of `x [B, width]` by number, as a new tensor. */
function gathered(x: tf.TensorInfo, ids: tf.TensorInfo, count: number): tf.TensorInfo {
  const [batch, width] = x.shape as [number, number];
  const out = newOutput([count, width]);
  wasmKernels()!.run.gatherRows(pointer(x), pointer(ids), pointer(out), count, batch, width);
  return out;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

function zeroed(shape: readonly number[]): tf.TensorInfo {
  const out = newOutput(shape);
  wasmKernels()!.run.zero(pointer(out), sizeOf(shape));
  return out;
}

const groupsOf = (route: tf.TensorInfo): Group[] => {
  const [batch, count] = route.shape as [number, number];
  return groupRows(hostFloats(route), batch, count);
};

const routedInputGradient = defineOperation({
  name: 'routedInputGradient',
  shapes: 'dy: B,out; weight: N,in,out; route: B,N -> B,in',
  forward: ({ dy, weight, route }) => {
    const [n, input, output] = weight.shape;
    const spread = tf.mul(tf.expandDims(route, 2), tf.expandDims(dy, 1));
    const flat = tf.reshape(tf.transpose(weight, [0, 2, 1]), [n * output, input]);
    return tf.matMul(tf.reshape(spread, [dy.shape[0], n * output]), flat);
  },
  wasm: ({ dy, weight, route }) => {
    if (!wasmKernels()) return null;
    const [, input, output] = weight.shape as [number, number, number];
    const dx = zeroed([dy.shape[0]!, input]);
    for (const { n, rows, shares } of groupsOf(route)) {
      const [ids, scale] = [newInts(rows), newFloats(shares)];
      const own = gathered(dy, ids, rows.length);
      const part = newOutput([rows.length, input]);
      gemmAt({
        a: pointer(own),
        b: pointer(weight) + 4 * n * input * output,
        c: pointer(part),
        m: rows.length,
        n: input,
        k: output,
        transposeB: true,
      });
      const places = [pointer(part), pointer(ids), pointer(scale), pointer(dx)] as const;
      wasmKernels()!.run.scatterRows(...places, rows.length, input);
      free(ids, scale, own, part);
    }
    return dx;
  },
  webgpu: ({ dy, weight, route }) => {
    const [n, input, output] = weight.shape as [number, number, number];
    const batch = dy.shape[0]!;
    const dx = newDeviceOutput([batch, input]);
    runDevice({
      name: 'routedInput',
      bindings: [
        { name: 'dx', tensor: dx, write: true },
        { name: 'dy', tensor: dy },
        { name: 'weight', tensor: weight },
        { name: 'route', tensor: route },
      ],
      uniforms: { count: int(n), inputs: int(input), outputs: int(output), size: int(batch * input) },
      body: `
          if (index < uniforms.size) {
            let b = index / uniforms.inputs;
            let i = index % uniforms.inputs;
            var total = 0.0;
            for (var n = 0; n < uniforms.count; n = n + 1) {
              let share = route[b * uniforms.count + n];
              if (share != 0.0) {
                var sum = 0.0;
                let first = (n * uniforms.inputs + i) * uniforms.outputs;
                for (var o = 0; o < uniforms.outputs; o = o + 1) {
                  sum = sum + dy[b * uniforms.outputs + o] * weight[first + o];
                }
                total = total + share * sum;
              }
            }
            dx[index] = total;
          }
        `,
      threads: batch * input,
    });
    return dx;
  },
});

const routedWeightGradient = defineOperation({
  name: 'routedWeightGradient',
  shapes: 'x: B,in; dy: B,out; route: B,N -> N,in,out',
  forward: ({ x, dy, route }) => {
    const [n, input, output] = [route.shape[1], x.shape[1], dy.shape[1]];
    const spread = tf.mul(tf.expandDims(route, 2), tf.expandDims(dy, 1));
    const flat = tf.matMul(x, tf.reshape(spread, [dy.shape[0], n * output]), true, false);
    return tf.transpose(tf.reshape(flat, [input, n, output]), [1, 0, 2]);
  },
  wasm: ({ x, dy, route }) => {
    if (!wasmKernels()) return null;
    const [n, input, output] = [route.shape[1]!, x.shape[1]!, dy.shape[1]!];
    const dWeight = zeroed([n, input, output]);
    for (const { n: at, rows, shares } of groupsOf(route)) {
      const [ids, scale] = [newInts(rows), newFloats(shares)];
      const [ownX, ownDy] = [gathered(x, ids, rows.length), gathered(dy, ids, rows.length)];
      wasmKernels()!.run.scaleRows(pointer(ownDy), pointer(scale), rows.length, output);
      gemmAt({
        a: pointer(ownX),
        b: pointer(ownDy),
        c: pointer(dWeight) + 4 * at * input * output,
        m: input,
        n: output,
        k: rows.length,
        transposeA: true,
      });
      free(ids, scale, ownX, ownDy);
    }
    return dWeight;
  },
  webgpu: ({ x, dy, route }) => {
    const [n, input, output] = [route.shape[1]!, x.shape[1]!, dy.shape[1]!];
    const dWeight = newDeviceOutput([n, input, output]);
    const threads = n * input * output;
    runDevice({
      name: 'routedWeight',
      bindings: [
        { name: 'dWeight', tensor: dWeight, write: true },
        { name: 'x', tensor: x },
        { name: 'dy', tensor: dy },
        { name: 'route', tensor: route },
      ],
      uniforms: {
        rows: int(x.shape[0]!),
        count: int(n),
        inputs: int(input),
        outputs: int(output),
        size: int(threads),
      },
      body: `
          if (index < uniforms.size) {
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
            dWeight[index] = sum;
          }
        `,
      threads,
    });
    return dWeight;
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
  wasm: ({ x, weight, route, bias }) => {
    if (!wasmKernels()) return null;
    const [, input, output] = weight.shape as [number, number, number];
    const y = zeroed([x.shape[0]!, output]);
    for (const { n, rows, shares } of groupsOf(route)) {
      const [ids, scale] = [newInts(rows), newFloats(shares)];
      const own = gathered(x, ids, rows.length);
      const part = newOutput([rows.length, output]);
      gemmAt({
        a: pointer(own),
        b: pointer(weight) + 4 * n * input * output,
        c: pointer(part),
        bias: bias ? pointer(bias) + 4 * n * output : 0,
        m: rows.length,
        n: output,
        k: input,
      });
      const places = [pointer(part), pointer(ids), pointer(scale), pointer(y)] as const;
      wasmKernels()!.run.scatterRows(...places, rows.length, output);
      free(ids, scale, own, part);
    }
    return y;
  },
  webgpu: ({ x, weight, route, bias }) => {
    const [n, input, output] = weight.shape as [number, number, number];
    const batch = x.shape[0]!;
    const y = newDeviceOutput([batch, output]);
    runDevice({
      name: bias ? 'routedBias' : 'routed',
      bindings: [
        { name: 'y', tensor: y, write: true },
        { name: 'x', tensor: x },
        { name: 'weight', tensor: weight },
        { name: 'route', tensor: route },
        ...(bias ? [{ name: 'bias', tensor: bias }] : []),
      ],
      uniforms: { count: int(n), inputs: int(input), outputs: int(output), size: int(batch * output) },
      body: `
          if (index < uniforms.size) {
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
            y[index] = total;
          }
        `,
      threads: batch * output,
    });
    return y;
  },
  save: ['x', 'weight', 'route'],
  gradient: ({ dy, x, weight, route }) => ({
    x: () => routedInputGradient({ dy, weight, route }),
    weight: () => routedWeightGradient({ x, dy, route }),
    bias: () => tf.matMul(route, dy, true, false),
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
