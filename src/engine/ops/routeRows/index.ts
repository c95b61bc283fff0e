/** Rows of a small table by a route, and sums of rows by it: products with a one-hot that, on WASM, are not multiplied out. */
import * as tf from '@tensorflow/tfjs-core';
import { free, newInts, newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { defineOperation } from '../../operation/defineOperation';
import { packed, planOf, type RoutePlan } from '../routedDense/plan';

/** Up to this many routes a dense product takes no longer. */
const DENSE_UP_TO = 16;

/** The route's plan where it is worth going by it. */
function planWorth(route: tf.TensorInfo): RoutePlan | null {
  if (!wasmKernels() || route.shape[1]! <= DENSE_UP_TO) return null;
  const plan = planOf(route);
  return plan.single ? plan : null;
}

const rowsOperation = defineOperation({
  name: 'routeRows',
  shapes: 'table: N,w; route: B,N -> B,w',
  forward: ({ table, route }) => tf.matMul(route, table),
  wasm: ({ table, route }, _attributes, { B, N, w }) => {
    const plan = planWorth(route);
    if (!plan) return null;
    // A number that is no row's: zeros.
    const rows = new Int32Array(B).fill(N);
    for (const { n, from, rows: count } of plan.groups) {
      for (let place = from; place < from + count; place++) rows[plan.order[place]!] = n;
    }
    const out = newOutput([B, w]);
    const ids = newInts(rows);
    wasmKernels()!.run.gatherRows(pointer(table), pointer(ids), pointer(out), B, N, w);
    free(ids);
    return out;
  },
  save: ['route'],
  constants: ['route'],
  gradient: ({ dy, route }) => ({ table: () => sumByRoute(dy, route) }),
});

const sumOperation = defineOperation({
  name: 'sumByRoute',
  shapes: 'x: B,w; route: B,N -> N,w',
  forward: ({ x, route }) => tf.matMul(route, x, true, false),
  wasm: ({ x, route }, _attributes, { N, w }) => {
    const plan = planWorth(route);
    if (!plan) return null;
    const out = newOutput([N, w]);
    const [order, groups] = [newInts(plan.order), newInts(packed(plan.groups))];
    const { run } = wasmKernels()!;
    run.zero(pointer(out), N * w);
    const places = [pointer(x), pointer(order), pointer(groups), plan.groups.length] as const;
    run.routedSum(...places, pointer(out), w);
    free(order, groups);
    return out;
  },
  save: ['route'],
  constants: ['route'],
  gradient: ({ dy, route }) => ({ x: () => routeRows(dy, route) }),
});

/**
 * `Σ_n route[b, n] table[n]`: `table [N, w]`, `route [B, N]` (a one-hot, or zeros; a constant: no gradient reaches it), to `[B, w]`.
 * @throws RangeError naming the shapes.
 */
export function routeRows(table: tf.Tensor2D, route: tf.Tensor2D): tf.Tensor2D {
  return rowsOperation({ table, route });
}

/** `Σ_b route[b, n] x[b]`: `x [B, w]`, `route [B, N]` as above, to `[N, w]`. @throws RangeError naming the shapes. */
export function sumByRoute(x: tf.Tensor2D, route: tf.Tensor2D): tf.Tensor2D {
  return sumOperation({ x, route });
}
