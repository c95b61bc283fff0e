/**
 * WASM forms: groups of few rows are multiplied where their weights lie (`routed.as`), larger ones are gathered and multiplied as
 * one product each. Both add in the same order.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from '../../backends/wasm/exports';
import { alias } from '../../backends/hostMemory';
import { free, newFloats, newInts, newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { defer } from '../../backends/wasm/deferredValues';
import { gemmAt } from '../../backends/wasm/product';
import { runShared } from '../../backends/wasm/sharedWork';
import { groupsUpTo, packed, planOf, runsOf, type Group, type RoutePlan } from './plan';

/** Longest sum that a few rows' kernel makes in one go, as `gemm` does. */
const LONGEST_SUM = 256;
/** Widest layer of which four lines of combined weights find room in the working memory of `gemm`. */
const WIDEST = 4096;

/** How own and shared weights make a group's weights. */
export type Combine = 'none' | 'multiply' | 'add';
const MODE = { none: 0, multiply: 1, add: 2 } as const;

/** Weights of every group `[N, in, out]`, and what they are combined with `[in, out]`. */
export interface Weights {
  readonly weight: tf.TensorInfo;
  readonly shared?: tf.TensorInfo | undefined;
  readonly combine: Combine;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

function zeroed(shape: readonly number[]): tf.TensorInfo {
  const out = newOutput(shape);
  wasmKernels()!.run.zero(pointer(out), sizeOf(shape));
  return out;
}

/** Rows of `x [B, width]` by number, as a new tensor. */
function gathered(x: tf.TensorInfo, ids: tf.TensorInfo, count: number): tf.TensorInfo {
  const [batch, width] = x.shape as [number, number];
  const out = newOutput([count, width]);
  wasmKernels()!.run.gatherRows(pointer(x), pointer(ids), pointer(out), count, batch, width);
  return out;
}

/** A group's rows and shares on the heap; the caller frees them. */
function placesOf({ order, shares }: RoutePlan, { from, rows }: Group): [tf.TensorInfo, tf.TensorInfo] {
  return [newInts(order.subarray(from, from + rows)), newFloats(shares.subarray(from, from + rows))];
}

/** Address of a group's weights; `made` is to be freed where they had to be combined. */
function groupWeights({ weight, shared, combine }: Weights, n: number) {
  const [, input, output] = weight.shape as [number, number, number];
  const own = pointer(weight) + 4 * n * input * output;
  if (!shared) return { at: own, made: [] };
  const made = newOutput([input, output]);
  wasmKernels()!.run.combine(own, pointer(shared), MODE[combine], pointer(made), input * output);
  return { at: pointer(made), made: [made] };
}

interface FewRows {
  readonly order: tf.TensorInfo;
  readonly groups: tf.TensorInfo;
  readonly count: number;
}

/** Calls `few` with each run of small groups and `many` with each larger group, in the order of n. */
function eachRun(
  plan: RoutePlan,
  sum: number,
  width: number,
  few: (places: FewRows) => void,
  many: (group: Group) => void,
): void {
  const runs = runsOf(plan, sum <= LONGEST_SUM && width <= WIDEST);
  const order = newInts(plan.order);
  for (const run of runs) {
    if (!run.few) {
      run.groups.forEach(many);
      continue;
    }
    const groups = newInts(packed(run.groups));
    few({ order, groups, count: run.groups.length });
    free(groups);
  }
  free(order);
}

/** Bytes of one of the packed groups. */
const PACKED = 12;

/** Calls a kernel for parts of groups whose rows are theirs alone. @param given its numbers, of the part's groups and their count */
function overGroups(
  name: 'routedForward' | 'routedInput',
  { groups, count, values }: FewRows & { readonly values: number },
  given: (part: readonly [groups: Pointer, count: number], scratch: Pointer) => readonly number[],
): void {
  runShared(name, { values, length: count, tile: 1 }, (from, until, scratch) =>
    given([pointer(groups) + PACKED * from, until - from], scratch),
  );
}

/** `y[b] = Σ_n route[b, n] (x[b] W_n + bias_n)` */
export function forwardOnWasm(
  x: tf.TensorInfo,
  weights: Weights,
  bias: tf.TensorInfo | undefined,
  route: tf.TensorInfo,
): tf.TensorInfo {
  const { weight, shared, combine } = weights;
  const [, input, output] = weight.shape as [number, number, number];
  const plan = planOf(route);
  const y = zeroed([x.shape[0]!, output]);
  const { run } = wasmKernels()!;
  eachRun(
    plan,
    input,
    output,
    ({ order, groups, count }) =>
      overGroups(
        'routedForward',
        { order, groups, count, values: count * input * output },
        (part, scratch) => [
          ...[pointer(x), pointer(order), ...part],
          ...[pointer(weight), shared ? pointer(shared) : 0, MODE[combine]],
          ...[bias ? pointer(bias) : 0, pointer(y), input, output, scratch],
        ],
      ),
    (group) => {
      const [ids, scale] = placesOf(plan, group);
      const own = gathered(x, ids, group.rows);
      const { at, made } = groupWeights(weights, group.n);
      const part = newOutput([group.rows, output]);
      gemmAt({
        a: pointer(own),
        b: at,
        c: pointer(part),
        bias: bias ? pointer(bias) + 4 * group.n * output : 0,
        m: group.rows,
        n: output,
        k: input,
      });
      run.scatterRows(pointer(part), pointer(ids), pointer(scale), pointer(y), group.rows, output);
      free(ids, scale, own, part, ...made);
    },
  );
  return y;
}

/** `dx[b] = Σ_n route[b, n] dy[b] W_nᵀ` */
export function inputGradientOnWasm(
  dy: tf.TensorInfo,
  weights: Weights,
  route: tf.TensorInfo,
): tf.TensorInfo {
  const { weight, shared, combine } = weights;
  const [, input, output] = weight.shape as [number, number, number];
  const plan = planOf(route);
  const dx = zeroed([dy.shape[0]!, input]);
  const { run } = wasmKernels()!;
  eachRun(
    plan,
    output,
    output,
    ({ order, groups, count }) =>
      overGroups('routedInput', { order, groups, count, values: count * input * output }, (part, scratch) => [
        ...[pointer(dy), pointer(order), ...part],
        ...[pointer(weight), shared ? pointer(shared) : 0, MODE[combine]],
        ...[pointer(dx), input, output, scratch],
      ]),
    (group) => {
      const [ids, scale] = placesOf(plan, group);
      const own = gathered(dy, ids, group.rows);
      const { at, made } = groupWeights(weights, group.n);
      const part = newOutput([group.rows, input]);
      const sizes = { m: group.rows, n: input, k: output } as const;
      gemmAt({ a: pointer(own), b: at, c: pointer(part), ...sizes, transposeB: true });
      run.scatterRows(pointer(part), pointer(ids), pointer(scale), pointer(dx), group.rows, input);
      free(ids, scale, own, part, ...made);
    },
  );
  return dx;
}

/** Zeroes the matrices `[in, out]` of every n without rows: the others are written whole. */
function zeroAbsent(
  out: Pointer,
  [count, input, output]: readonly [number, number, number],
  groups: readonly Group[],
): void {
  const block = input * output;
  let next = 0;
  const fill = (until: number): void => {
    if (until > next) wasmKernels()!.run.zero(out + 4 * next * block, (until - next) * block);
  };
  for (const { n } of groups) {
    fill(n);
    next = n + 1;
  }
  fill(count);
}

/** Rows of a group up to which its gradient is made line by line; `gemm` adds as many in the same order. Of larger ones it is made at once. */
const MOST_ROWS = 16;
/** Values from which on a gradient by weights is deferred: a smaller one stays in the caches. */
const WORTH_DEFERRING = 2 ** 16;

/** A group's gradient by weights as one product, to `dWeight`. */
function largeWeightGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  plan: RoutePlan,
  group: Group,
  dWeight: tf.TensorInfo,
): void {
  const [, input, output] = dWeight.shape as [number, number, number];
  const [ids, scale] = placesOf(plan, group);
  const [ownX, ownDy] = [gathered(x, ids, group.rows), gathered(dy, ids, group.rows)];
  wasmKernels()!.run.scaleRows(pointer(ownDy), pointer(scale), group.rows, output);
  const c = pointer(dWeight) + 4 * group.n * input * output;
  const sizes = { m: input, n: output, k: group.rows } as const;
  gemmAt({ a: pointer(ownX), b: pointer(ownDy), c, ...sizes, transposeA: true });
  free(ids, scale, ownX, ownDy);
}

/**
 * Leaves the gradient by weights to Adam, which makes it line by line, where groups have few rows; that of groups with many is made at
 * once, without shared weights, whose gradient sums all groups in their order. False where all has to be made at once.
 */
function deferWeightGradient(
  { x, dy }: { readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo },
  plan: RoutePlan,
  combined: Weights | null,
  made: { readonly dWeight: tf.TensorInfo; readonly dShared: tf.TensorInfo | null },
): boolean {
  const [total, input, output] = made.dWeight.shape as [number, number, number];
  const { groups: all, single } = plan;
  const fits = output % 4 === 0 && output <= WIDEST / 2 && total * input * output >= WORTH_DEFERRING;
  const few = groupsUpTo(plan, MOST_ROWS);
  if (!fits || !single || few.length === 0 || (combined && few.length < all.length)) return false;
  for (const group of all) if (group.rows > MOST_ROWS) largeWeightGradient(x, dy, plan, group, made.dWeight);
  const order = newInts(plan.order);
  const [groups, ofFew] = [newInts(packed(all)), newInts(packed(few))];
  // Held until then: their scope ends before.
  const held = [x, dy, ...(combined ? [combined.weight, combined.shared!] : [])].map((info) =>
    tf.keep(tf.engine().makeTensorFromTensorInfo(alias(info))),
  );
  const [fromX, fromDy, own = 0, shared = 0] = held.map(pointer) as [number, number, number?, number?];
  const rows = [fromX, fromDy, pointer(order)] as const;
  const [everyGroup, fewGroups] = [pointer(groups), pointer(ofFew)];
  const mode = combined ? MODE[combined.combine] : 0;
  const toShared = made.dShared ? pointer(made.dShared) : 0;
  const toWeight = pointer(made.dWeight);
  const { run } = wasmKernels()!;
  defer({
    outputs: made.dShared ? [made.dWeight, made.dShared] : [made.dWeight],
    make() {
      zeroAbsent(toWeight, [total, input, output], all);
      const places = [...rows, fewGroups, few.length] as const;
      run.routedWeight(...places, own, shared, mode, toWeight, toShared, input, output);
    },
    adam(target, { moments, rates }) {
      if (mode !== 0 && target !== own) return false;
      const places = [...rows, everyGroup, all.length, total, MOST_ROWS, toWeight];
      const matrices = [target, shared, mode, toShared, input, output];
      runShared(
        'routedAdam',
        { values: total * input * output, length: input, tile: 4 },
        (from, until, scratch) => [...[...places, ...matrices, from, until, scratch], ...moments, ...rates],
      );
      return true;
    },
    release() {
      free(order, groups, ofFew);
      tf.dispose(held);
    },
  });
  return true;
}

/** Gradients by own weights `[N, in, out]` and, where there are shared ones, by those `[in, out]`. */
export function weightGradientOnWasm(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  route: tf.TensorInfo,
  combined: Weights | null,
): { readonly dWeight: tf.TensorInfo; readonly dShared: tf.TensorInfo | null } {
  const [n, input, output] = [route.shape[1]!, x.shape[1]!, dy.shape[1]!];
  const plan = planOf(route);
  const dWeight = newOutput([n, input, output]);
  const { run } = wasmKernels()!;
  const dShared = combined ? zeroed([input, output]) : null;
  if (deferWeightGradient({ x, dy }, plan, combined, { dWeight, dShared })) return { dWeight, dShared };
  zeroAbsent(pointer(dWeight), [n, input, output], plan.groups);
  const mode = combined ? MODE[combined.combine] : 0;
  const [own, shared] = combined ? [pointer(combined.weight), pointer(combined.shared!)] : [0, 0];
  const toShared = dShared ? pointer(dShared) : 0;
  eachRun(
    plan,
    0,
    0,
    ({ order, groups, count }) =>
      run.routedWeight(
        ...([pointer(x), pointer(dy), pointer(order), pointer(groups), count] as const),
        ...([own, shared, mode, pointer(dWeight), toShared, input, output] as const),
      ),
    (group) => {
      largeWeightGradient(x, dy, plan, group, dWeight);
      const block = 4 * group.n * input * output;
      if (mode !== 0)
        run.shareGradient(pointer(dWeight) + block, own + block, shared, mode, toShared, input, output);
    },
  );
  return { dWeight, dShared };
}
