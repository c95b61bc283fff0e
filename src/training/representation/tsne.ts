/**
 * Exact t-SNE (van der Maaten and Hinton, JMLR 2008): all pairs, no tree, since two thousand points are what is drawn. Starts
 * from the first two principal components (Kobak and Berens, Nature Communications 2019), so the embedding keeps their
 * arrangement; the seed parts points that coincide.
 */
import { normalArray } from '../../engine/random';
import { squaredDistance } from './points';
import type { Points } from './points';

export const TSNE_ITERATIONS = 600;
const PERPLEXITY = 30;
const EXAGGERATION = 12;
const EXAGGERATED = 200;
const START = 1e-4;

export interface Tsne {
  step(): void;
  /** Coordinates so far `[count * 2]`. */
  xy(): Float32Array;
  /** Kullback–Leibler divergence of the embedding's neighbourhoods from the points', and its gradient `[count * 2]`. */
  cost(): { readonly divergence: number; readonly gradient: Float64Array };
  /** Sets the coordinates. */
  place(xy: ArrayLike<number>): void;
}

/** Symmetric probabilities p_ij of pairs i < j, at `i * count + j`; they sum to a half. */
export function pairProbabilities(points: Pick<Points, 'values' | 'count' | 'dim'>): Float32Array {
  const { count } = points;
  const squared = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      squared[a * count + b] = squared[b * count + a] = squaredDistance(points, a, b);
    }
  }
  const target = Math.log(Math.min(PERPLEXITY, (count - 1) / 3));
  const joint = new Float32Array(count * count);
  const row = new Float64Array(count);
  for (let a = 0; a < count; a++) {
    conditional(squared, a, count, target, row);
    for (let b = 0; b < count; b++) {
      const at = a < b ? a * count + b : b * count + a;
      if (a !== b) joint[at]! += row[b]! / (2 * count);
    }
  }
  return joint;
}

/** p_{b|a} for all b, with the Gaussian's width found by bisection so that the entropy is `target`. */
function conditional(
  squared: Float32Array,
  a: number,
  count: number,
  target: number,
  row: Float64Array,
): void {
  let [low, high, beta] = [0, Number.POSITIVE_INFINITY, 1];
  let nearest = Number.POSITIVE_INFINITY;
  for (let b = 0; b < count; b++) if (b !== a) nearest = Math.min(nearest, squared[a * count + b]!);
  for (let turn = 0; turn < 60; turn++) {
    let sum = 0;
    let weighted = 0;
    for (let b = 0; b < count; b++) {
      // Counted from the nearest, so that a far point does not lose all of its neighbours to rounding.
      const distance = squared[a * count + b]! - nearest;
      const value = b === a ? 0 : Math.exp(-beta * distance);
      row[b] = value;
      sum += value;
      weighted += value * distance;
    }
    const entropy = Math.log(sum) + (beta * weighted) / sum;
    for (let b = 0; b < count; b++) row[b]! /= sum;
    if (Math.abs(entropy - target) < 1e-5) return;
    if (entropy > target)
      [low, beta] = [beta, high === Number.POSITIVE_INFINITY ? beta * 2 : (beta + high) / 2];
    else [high, beta] = [beta, (beta + low) / 2];
  }
}

/** @param points in a space whose first two coordinates are the start (principal components) */
export function createTsne(points: Pick<Points, 'values' | 'count' | 'dim'>, seed: number): Tsne {
  const { values, count, dim } = points;
  const p = pairProbabilities(points);
  const jitter = normalArray(seed, 'tsne', count * 2);
  let spread = 0;
  for (let i = 0; i < count; i++) spread += values[i * dim]! ** 2 / count;
  const scale = START / (Math.sqrt(spread) || 1);
  const y = Float64Array.from({ length: count * 2 }, (_, i) => {
    const axis = i % 2;
    return (axis < dim ? values[(i >> 1) * dim + axis]! : 0) * scale + 0.01 * START * jitter[i]!;
  });
  const velocity = new Float64Array(count * 2);
  const gains = new Float64Array(count * 2).fill(1);
  const attract = new Float64Array(count * 2);
  const repel = new Float64Array(count * 2);
  const gradient = new Float64Array(count * 2);
  const rate = Math.max(50, count / EXAGGERATION / 4);
  let iteration = 0;

  /** Both forces in one pass over the pairs; the normaliser of the embedding's probabilities is known at its end. */
  function forces(exaggeration: number): number {
    attract.fill(0);
    repel.fill(0);
    let sum = 0;
    for (let a = 0; a < count; a++) {
      const [ax, ay] = [y[2 * a]!, y[2 * a + 1]!];
      let [tx, ty, rx, ry] = [0, 0, 0, 0];
      for (let b = a + 1; b < count; b++) {
        const dx = ax - y[2 * b]!;
        const dy = ay - y[2 * b + 1]!;
        const near = 1 / (1 + dx * dx + dy * dy);
        sum += near;
        const pull = p[a * count + b]! * near;
        const push = near * near;
        tx += pull * dx;
        ty += pull * dy;
        rx += push * dx;
        ry += push * dy;
        attract[2 * b]! -= pull * dx;
        attract[2 * b + 1]! -= pull * dy;
        repel[2 * b]! -= push * dx;
        repel[2 * b + 1]! -= push * dy;
      }
      attract[2 * a]! += tx;
      attract[2 * a + 1]! += ty;
      repel[2 * a]! += rx;
      repel[2 * a + 1]! += ry;
    }
    const total = 2 * sum;
    for (let i = 0; i < count * 2; i++) gradient[i] = 4 * (exaggeration * attract[i]! - repel[i]! / total);
    return total;
  }

  return {
    step() {
      forces(iteration < EXAGGERATED ? EXAGGERATION : 1);
      const momentum = iteration < EXAGGERATED ? 0.5 : 0.8;
      let [mx, my] = [0, 0];
      for (let i = 0; i < count * 2; i++) {
        const same = gradient[i]! > 0 === velocity[i]! > 0;
        gains[i] = Math.max(0.01, same ? gains[i]! * 0.8 : gains[i]! + 0.2);
        velocity[i] = momentum * velocity[i]! - rate * gains[i]! * gradient[i]!;
        y[i]! += velocity[i]!;
        if (i % 2 === 0) mx += y[i]! / count;
        else my += y[i]! / count;
      }
      for (let i = 0; i < count * 2; i++) y[i]! -= i % 2 === 0 ? mx : my;
      iteration++;
    },
    xy: () => Float32Array.from(y),
    cost() {
      const total = forces(1);
      let divergence = 0;
      for (let a = 0; a < count; a++) {
        for (let b = a + 1; b < count; b++) {
          const pair = p[a * count + b]!;
          if (pair === 0) continue;
          const q = 1 / (1 + (y[2 * a]! - y[2 * b]!) ** 2 + (y[2 * a + 1]! - y[2 * b + 1]!) ** 2) / total;
          divergence += 2 * pair * Math.log(pair / q);
        }
      }
      return { divergence, gradient: gradient.slice() };
    },
    place: (xy) => y.set(xy),
  };
}
