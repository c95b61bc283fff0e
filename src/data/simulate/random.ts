import { normalQuantile } from './arithmetic';

/**
 * Counter-based random numbers: a draw depends on (seed, stream, i, j) and on nothing drawn before, so rows can be made in
 * any order and in chunks, and a knob that skips one draw shifts no other. Integers only (`Math.imul`): the same bits everywhere.
 */

/** A bijection of 32-bit integers with full avalanche (constants of C. Wellons' "lowbias32" search, second generation). */
function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  h ^= h >>> 15;
  return h;
}

/** One named stream of a seed. */
export interface Stream {
  /** Uniform in (0, 1), 32 bits, never 0 or 1. */
  uniform(i: number, j?: number): number;
  /** Standard normal. */
  normal(i: number, j?: number): number;
  /** Uniform integer in 0 … n−1. */
  integer(n: number, i: number, j?: number): number;
}

/** @param seed any integer; only its low 32 bits count. @param name what is drawn, e.g. `item attributes`. */
export function stream(seed: number, name: string): Stream {
  let key = mix(seed | 0);
  for (let c = 0; c < name.length; c++) key = mix(key ^ Math.imul(name.charCodeAt(c) + 1, 0x9e3779b1));
  const uniform = (i: number, j = 0): number => {
    const row = mix((key + Math.imul(i, 0x9e3779b9)) | 0);
    const bits = mix((row ^ Math.imul(j + 1, 0x85ebca6b)) | 0);
    return ((bits >>> 0) + 0.5) / 4294967296;
  };
  return {
    uniform,
    normal: (i, j = 0) => normalQuantile(uniform(i, j)),
    integer: (n, i, j = 0) => Math.floor(uniform(i, j) * n),
  };
}

/** A permutation of 0 … n−1 (Fisher–Yates). */
export function permutation(n: number, draws: Stream, j = 0): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const k = draws.integer(i + 1, i, j);
    const held = order[i]!;
    order[i] = order[k]!;
    order[k] = held;
  }
  return order;
}

/** Running sums of weights, for `drawIndex`. */
export function cumulative(weights: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    sums[i] = sum;
  }
  return sums;
}

/** The index that a uniform draw selects from running sums: index i with probability weight_i / total. */
export function drawIndex(sums: Float64Array, uniform: number): number {
  const target = uniform * sums[sums.length - 1]!;
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
