/**
 * Kernels of many small heads: `out[b, e] = Σ_n route[b, n] (x[b, e, :] · weight[n, e, :] + bias[n, e])`, one number a row and
 * expert. Without a route there is one n, whose share is 1. `x [B, E, w]`, `weight [N, E w]`, `bias [N, E]`, `route [B, N]`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { deferFold, deferFormula, dropInfo } from '../../backends/webgpu/deferred/values';
import { hostFloats } from '../../backends/hostMemory';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { indicesOf } from '../../oneHotIndices';

interface Width {
  /** Of x, which the gradient's inputs do not tell. */
  readonly width: number;
}

/** Weights of each row's own head `[B, E, w]`, or of the only one `[1, E, w]`. */
function picked(weight: tf.Tensor, route: tf.Tensor | undefined, count: number, width: number): tf.Tensor {
  const flat = tf.reshape<tf.Rank.R2>(weight, [-1, count * width]);
  return tf.reshape(route ? tf.matMul(route, flat) : flat, [-1, count, width]);
}

/** WGSL: share of `n` in row `b`. */
const shareOf = (route: tf.TensorInfo | undefined): string =>
  route ? `route[b * ${route.shape[1]!} + n]` : '1.0';

type Visit = (n: number, share: number) => void;

/**
 * What calls `visit` with every n that row `b` reaches, and its share. Of a one-hot that is known by its indices, whose row is
 * not searched for its 1, nor its numbers made to be read.
 */
function sharesOf(route: tf.TensorInfo | undefined): (b: number, visit: Visit) => void {
  if (!route) return (_, visit) => visit(0, 1);
  const routes = route.shape[1]!;
  const indices = indicesOf(route);
  if (indices)
    return (b, visit) => {
      const n = indices[b]!;
      if (n >= 0 && n < routes) visit(n, 1);
    };
  const shares = hostFloats(route);
  return (b, visit) => {
    for (let n = 0; n < routes; n++) {
      const share = shares[b * routes + n]!;
      if (share !== 0) visit(n, share);
    }
  };
}

/** `dx[b, e, :] = dy[b, e] Σ_n route[b, n] weight[n, e, :]`; `width` is that of x. */
const inputGradient = defineOperation({
  name: 'expertLogitsInputGradient',
  shapes: 'dy: B,E; weight: any; route?: B,N -> B,E,w',
  forward: ({ dy, weight, route }, { width }: Width) =>
    tf.mul(tf.expandDims(dy, 2), picked(weight, route, dy.shape[1], width)),
  wasm: ({ dy, weight, route }, { width }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const [rows, count] = dy.shape as [number, number];
    const dx = newOutput([rows, count, width]);
    if (!route) {
      const places = [pointer(weight), pointer(dy), pointer(dx)] as const;
      kernels.run.mixGradient(...places, count, rows, width, width, count * width, 1, count);
      return dx;
    }
    const eachShare = sharesOf(route);
    const [to, given, w] = [hostFloats(dx), hostFloats(dy), hostFloats(weight)];
    kernels.run.zero(pointer(dx), to.length);
    for (let b = 0; b < rows; b++) {
      eachShare(b, (n, share) => {
        for (let e = 0; e < count; e++) {
          const slope = share * given[b * count + e]!;
          const [row, head] = [(b * count + e) * width, (n * count + e) * width];
          for (let c = 0; c < width; c++) to[row + c]! += slope * w[head + c]!;
        }
      });
    }
    return dx;
  },
  webgpu: ({ dy, weight, route }, { width }) => {
    const count = dy.shape[1]!;
    const routes = route ? route.shape[1]! : 1;
    return deferFormula({
      name: 'expertLogitsInput',
      shape: [dy.shape[0]!, count, width],
      inputs: { dy, weight, ...(route && { route }) },
      code: `
        let place = index / ${width};
        let b = place / ${count};
        let within = index % ${count * width};
        var own = 0.0;
        for (var n = 0; n < ${routes}; n = n + 1) {
          let share = ${shareOf(route)};
          if (share != 0.0) { own = own + share * weight[n * ${count * width} + within]; }
        }
        return dy[place] * own;`,
      reads: routes,
      cost: 4 * routes + 8,
    });
  },
});

/** Gradients of weight `[N, E, w]` and bias `[N, E]`: sums over rows by their shares. */
const weightGradients = defineOperation({
  name: 'expertLogitsWeightGradient',
  shapes: 'dy: B,E; x: B,E,w; route?: B,N -> dWeight: N,E,w; dBias: N,E',
  forward: ({ dy, x, route }, _, { B: rows, E: count, w: width }) => {
    const each = tf.reshape<tf.Rank.R2>(tf.mul(x, tf.expandDims(dy, 2)), [rows, count * width]);
    const dWeight = route ? tf.matMul(route, each, true, false) : tf.sum(each, 0);
    const dBias = route ? tf.matMul(route, dy, true, false) : tf.sum(dy, 0, true);
    return { dWeight: tf.reshape(dWeight, [-1, count, width]), dBias };
  },
  wasm: ({ dy, x, route }, _, { B: rows, E: count, w: width }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const routes = route ? route.shape[1]! : 1;
    const dWeight = newOutput([routes, count, width]);
    const dBias = newOutput([routes, count]);
    const places = [pointer(x), pointer(dy), pointer(dWeight)] as const;
    if (!route) kernels.run.mix(...places, count, rows, width, width, count * width, 1, count);
    const eachShare = sharesOf(route);
    const [given, from] = [hostFloats(dy), hostFloats(x)];
    const [to, shift] = [hostFloats(dWeight), hostFloats(dBias)];
    kernels.run.zero(pointer(dBias), shift.length);
    if (route) kernels.run.zero(pointer(dWeight), to.length);
    for (let b = 0; b < rows; b++) {
      eachShare(b, (n, share) => {
        for (let e = 0; e < count; e++) {
          const slope = share * given[b * count + e]!;
          shift[n * count + e]! += slope;
          if (!route) continue;
          const [row, head] = [(b * count + e) * width, (n * count + e) * width];
          for (let c = 0; c < width; c++) to[head + c]! += slope * from[row + c]!;
        }
      });
    }
    return { dWeight, dBias };
  },
  webgpu: ({ dy, x, route }, _, { B: rows, E: count, w: width }) => {
    const routes = route ? route.shape[1]! : 1;
    const heads = count * width;
    const share = route ? `route[b * ${routes} + n]` : '1.0';
    const inputs = { dy, ...(route && { route }) };
    const byWeight = deferFormula({
      name: 'expertLogitsTerms',
      shape: [routes, rows, heads],
      inputs: { ...inputs, x },
      code: `
        let place = index % ${heads};
        let b = index / ${heads} % ${rows};
        let n = index / ${heads * rows};
        return ${share} * dy[b * ${count} + place / ${width}] * x[b * ${heads} + place];`,
      cost: 8,
    });
    const byBias = deferFormula({
      name: 'expertLogitsShares',
      shape: [routes, rows, count],
      inputs,
      code: `
        let e = index % ${count};
        let b = index / ${count} % ${rows};
        let n = index / ${count * rows};
        return ${share} * dy[b * ${count} + e];`,
      cost: 8,
    });
    const dWeight = deferFold('sum', byWeight, [routes, count, width], [routes, rows, heads]);
    const dBias = deferFold('sum', byBias, [routes, count], [routes, rows, count]);
    dropInfo(byWeight);
    dropInfo(byBias);
    return { dWeight, dBias };
  },
});

const operation = defineOperation({
  name: 'expertLogits',
  shapes: 'x: B,E,w; weight: any; bias: any; route?: B,N -> B,E',
  forward: ({ x, weight, bias, route }, _, { E: count, w: width }) => {
    const flat = tf.reshape<tf.Rank.R2>(bias, [-1, count]);
    const own = tf.sum(tf.mul(x, picked(weight, route, count, width)), 2);
    return tf.add(own, route ? tf.matMul(route, flat) : flat);
  },
  wasm: ({ x, weight, bias, route }, _, { B: rows, E: count, w: width }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const out = newOutput([rows, count]);
    if (!route) {
      const places = [pointer(weight), pointer(x), pointer(out)] as const;
      kernels.run.mixWeightGradient(...places, count, rows, width, width, count * width, 1, count);
    }
    const [values, shift] = [hostFloats(out), hostFloats(bias)];
    if (!route) {
      for (let at = 0; at < values.length; at++) values[at]! += shift[at % count]!;
      return out;
    }
    const [from, w, eachShare] = [hostFloats(x), hostFloats(weight), sharesOf(route)];
    kernels.run.zero(pointer(out), values.length);
    for (let b = 0; b < rows; b++) {
      eachShare(b, (n, share) => {
        for (let e = 0; e < count; e++) {
          let sum = shift[n * count + e]!;
          const [row, head] = [(b * count + e) * width, (n * count + e) * width];
          for (let c = 0; c < width; c++) sum += from[row + c]! * w[head + c]!;
          values[b * count + e]! += share * sum;
        }
      });
    }
    return out;
  },
  webgpu: ({ x, weight, bias, route }, _, { B, E, w }) => {
    const routes = route ? route.shape[1]! : 1;
    return deferFormula({
      name: 'expertLogits',
      shape: [B, E],
      inputs: { x, weight, bias, ...(route && { route }) },
      code: `
        let b = index / ${E};
        var total = 0.0;
        for (var n = 0; n < ${routes}; n = n + 1) {
          let share = ${shareOf(route)};
          if (share != 0.0) {
            let head = n * ${E} + index % ${E};
            var sum = bias[head];
            for (var c = 0; c < ${w}; c = c + 1) { sum = sum + x[index * ${w} + c] * weight[head * ${w} + c]; }
            total = total + share * sum;
          }
        }
        return total;`,
      reads: w,
      cost: 4 * w + 2 * routes,
    });
  },
  save: ['x', 'weight', 'bias', 'route'],
  gradient: ({ dy, x, weight, bias, route }) => {
    const { dWeight, dBias } = weightGradients({ dy, x, route });
    return {
      x: () => inputGradient({ dy, weight, route }, { width: x.shape[2] }),
      weight: () => tf.reshape(dWeight, weight.shape),
      bias: () => tf.reshape(dBias, bias.shape),
    };
  },
});

/**
 * Heads of one output each: `out[b, e] = Σ_n route[b, n] (x[b, e, :] · weight[n, e, :] + bias[n, e])`, `x [B, E, w]`, `weight`
 * of `N E w` values, `bias` of `N E`, one-hot (or shares) `route [B, N]`, to `[B, E]`. With `route` null there is one head an
 * expert for all rows, N = 1. The route is a constant: no gradient reaches it. @throws RangeError naming the shapes.
 */
export function expertLogits(
  x: tf.Tensor3D,
  weight: tf.Tensor,
  bias: tf.Tensor,
  route: tf.Tensor2D | null,
): tf.Tensor2D {
  const [batch, count, width] = x.shape;
  const routes = route ? route.shape[1] : 1;
  const fits = weight.size === routes * count * width && bias.size === routes * count;
  if (x.rank !== 3 || !fits || (route && route.shape[0] !== batch)) {
    const shapes = [x, weight, bias, ...(route ? [route] : [])].map((each) => `[${each.shape.join(', ')}]`);
    throw new RangeError(
      `expertLogits got ${shapes.join(', ')}; it needs [B, E, w], [N, E * w], [N, E] and [B, N] or null for N = 1.`,
    );
  }
  return operation({ x, weight, bias, route });
}
