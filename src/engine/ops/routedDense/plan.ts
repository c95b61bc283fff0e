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

const smallGroups = new WeakMap<RoutePlan, Map<number, readonly Group[]>>();

/** Groups of at most so many rows, in their order. */
export function groupsUpTo(plan: RoutePlan, most: number): readonly Group[] {
  const known = smallGroups.get(plan) ?? new Map<number, readonly Group[]>();
  smallGroups.set(plan, known);
  const found = known.get(most) ?? plan.groups.filter(({ rows }) => rows <= most);
  known.set(most, found);
  return found;
}

const runsOfPlans = new WeakMap<RoutePlan, Map<boolean, readonly Run[]>>();

/** Groups in their order, those of few rows together. @param few false where none may be treated so */
export function runsOf(plan: RoutePlan, few: boolean): readonly Run[] {
  const known = runsOfPlans.get(plan) ?? new Map<boolean, readonly Run[]>();
  runsOfPlans.set(plan, known);
  const runs = known.get(few) ?? findRuns(plan, few);
  known.set(few, runs);
  return runs;
}

function findRuns({ groups, single }: RoutePlan, few: boolean): readonly Run[] {
  const runs: { few: boolean; groups: Group[] }[] = [];
  for (const group of groups) {
    const small = few && single && group.rows <= FEW;
    const last = runs[runs.length - 1];
    if (small && last?.few) last.groups.push(group);
    else runs.push({ few: small, groups: [group] });
  }
  return runs;
}

const packedGroups = new WeakMap<readonly Group[], Int32Array>();

/** Groups as kernels read them `[count, 3]`; a step's operations ask of the same lists again and again. */
export function packed(groups: readonly Group[]): Int32Array {
  const known = packedGroups.get(groups);
  if (known) return known;
  const all = new Int32Array(3 * groups.length);
  groups.forEach(({ n, from, rows }, i) => all.set([n, from, rows], 3 * i));
  packedGroups.set(groups, all);
  return all;
}
