/** Which rows go where, read once from a route on the host and kept for as long as the route's values. */
import type * as tf from '@tensorflow/tfjs-core';
import { hostFloats } from '../../backends/hostMemory';
import { indicesOf } from '../../oneHotIndices';

/** Rows that go to one n: `order[from … from + rows)`. */
export interface Group {
  readonly n: number;
  readonly from: number;
  readonly rows: number;
}

export interface RoutePlan {
  /** Row numbers, group after group, ascending within each. */
  readonly order: Int32Array;
  /** What the row has in the group, place by place. */
  readonly shares: Float32Array;
  /** By n, ascending; none without rows. */
  readonly groups: readonly Group[];
  /** Every row is in one group at most, with a share of 1. */
  readonly single: boolean;
}

/** Values of a tensor never change, so a plan holds as long as they live. */
const plans = new WeakMap<tf.DataId, RoutePlan>();

/** The plan of a one-hot, from its indices: nobody has to look for the 1 in each row. */
function planOfIndices(indices: Int32Array, count: number): RoutePlan {
  const next = new Int32Array(count);
  const inside = (n: number): boolean => n >= 0 && n < count;
  for (const n of indices) if (inside(n)) next[n]!++;
  const groups: Group[] = [];
  let total = 0;
  next.forEach((rows, n) => {
    if (rows > 0) groups.push({ n, from: total, rows });
    next[n] = total;
    total += rows;
  });
  const order = new Int32Array(total);
  indices.forEach((n, b) => {
    if (inside(n)) order[next[n]!++] = b;
  });
  return { order, shares: new Float32Array(total).fill(1), groups, single: true };
}

function makePlan(route: Float32Array, batch: number, count: number): RoutePlan {
  const sizes = new Int32Array(count);
  let total = 0;
  let ones = true;
  for (let b = 0; b < batch; b++) {
    let own = 0;
    for (let n = 0, at = b * count; n < count; n++, at++) {
      if (route[at] === 0) continue;
      sizes[n]!++;
      own++;
      if (route[at] !== 1) ones = false;
    }
    total += own;
    if (own > 1) ones = false;
  }
  const groups: Group[] = [];
  const next = new Int32Array(count);
  for (let n = 0, from = 0; n < count; n++) {
    const rows = sizes[n]!;
    if (rows > 0) groups.push({ n, from, rows });
    next[n] = from;
    from += rows;
  }
  const order = new Int32Array(total);
  const shares = new Float32Array(total);
  for (let b = 0; b < batch; b++) {
    for (let n = 0, at = b * count; n < count; n++, at++) {
      const share = route[at]!;
      if (share === 0) continue;
      order[next[n]!] = b;
      shares[next[n]!++] = share;
    }
  }
  return { order, shares, groups, single: ones };
}

/** @param route `[B, N]`, few non-zeros a row */
export function planOf(route: tf.TensorInfo): RoutePlan {
  const known = plans.get(route.dataId);
  if (known) return known;
  const [batch, count] = route.shape as [number, number];
  const indices = indicesOf(route);
  const plan = indices ? planOfIndices(indices, count) : makePlan(hostFloats(route), batch, count);
  plans.set(route.dataId, plan);
  return plan;
}

/** Groups of up to this many rows gain nothing from packing their weights for a large product. */
const FEW = 8;

/** Neighbouring groups of few rows, or one of many. */
export interface Run {
  readonly few: boolean;
  readonly groups: readonly Group[];
}

/** Groups in their order, those of few rows together. @param few false where none may be treated so */
export function runsOf({ groups, single }: RoutePlan, few: boolean): Run[] {
  const runs: { few: boolean; groups: Group[] }[] = [];
  for (const group of groups) {
    const small = few && single && group.rows <= FEW;
    const last = runs[runs.length - 1];
    if (small && last?.few) last.groups.push(group);
    else runs.push({ few: small, groups: [group] });
  }
  return runs;
}

/** Groups as kernels read them `[count, 3]`. */
export function packed(groups: readonly Group[]): Int32Array {
  return Int32Array.from(groups.flatMap(({ n, from, rows }) => [n, from, rows]));
}
