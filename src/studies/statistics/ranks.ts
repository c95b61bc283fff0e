/** Whether several models rank alike over several worlds. J. Demšar, Journal of Machine Learning Research 7 (2006). */
import { chiSquaredAbove, normalAbove } from './distributions';
import { midRanks } from './deLong';

export interface FriedmanTest {
  /** Mean rank of each model, 1 for the best. */
  readonly meanRanks: readonly number[];
  /** Worlds that every model has a figure in. */
  readonly blocks: number;
  readonly chiSquared: number | null;
  /** Null where there are fewer than two worlds or models, or every model is level in every world. */
  readonly p: number | null;
}

/** Integral by Simpson's rule over an even number of steps. */
function simpson(f: (x: number) => number, from: number, to: number, steps: number): number {
  const h = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let k = 1; k < steps; k++) sum += (k % 2 === 1 ? 4 : 2) * f(from + k * h);
  return (sum * h) / 3;
}

const density = (z: number): number => Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Probability that the range of k standard normal draws stays below q. */
function rangeBelow(q: number, k: number): number {
  const inside = (z: number): number => density(z) * (normalAbove(z - q) - normalAbove(z)) ** (k - 1);
  return k * simpson(inside, -8, 8, 320);
}

/**
 * Friedman's test with mid-ranks and its correction for ties.
 *
 * @param figures `[worlds][models]`, the higher the better; a world where any is null is left out
 */
export function friedman(figures: readonly (readonly (number | null)[])[]): FriedmanTest {
  const models = figures[0]?.length ?? 0;
  const blocks = figures.flatMap((world) => {
    const defined = world.filter((value) => value !== null);
    // A world's best has rank 1.
    return defined.length === models ? [midRanks(Float64Array.from(defined, (value) => -value))] : [];
  });
  const n = blocks.length;
  const meanRanks = Array.from({ length: models }, (_, m) =>
    n === 0 ? Number.NaN : blocks.reduce((sum, ranks) => sum + ranks[m]!, 0) / n,
  );
  if (n < 2 || models < 2)
    return { meanRanks: n === 0 ? [] : meanRanks, blocks: n, chiSquared: null, p: null };
  let ties = 0;
  for (const ranks of blocks) {
    const sizes = new Map<number, number>();
    for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
    for (const size of sizes.values()) ties += size ** 3 - size;
  }
  const correction = 1 - ties / (n * (models ** 3 - models));
  if (correction <= 0) return { meanRanks, blocks: n, chiSquared: null, p: null };
  const squares = meanRanks.reduce((sum, rank) => sum + rank * rank, 0);
  const raw = ((12 * n) / (models * (models + 1))) * squares - 3 * n * (models + 1);
  const chiSquared = Math.max(0, raw / correction);
  return { meanRanks, blocks: n, chiSquared, p: chiSquaredAbove(chiSquared, models - 1) };
}

/**
 * Nemenyi's critical difference: two of `models` differ at level `alpha` where their mean ranks over `blocks` worlds lie further
 * apart than this. From the studentised range with infinitely many degrees of freedom.
 *
 * @throws RangeError with fewer than two models or no world
 */
export function criticalDifference(models: number, blocks: number, alpha = 0.05): number {
  if (models < 2 || blocks < 1) throw new RangeError('A critical difference needs two models and a world.');
  let low = 0;
  let high = 20;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (1 - rangeBelow(middle, models) > alpha) low = middle;
    else high = middle;
  }
  return ((low + high) / 2 / Math.SQRT2) * Math.sqrt((models * (models + 1)) / (6 * blocks));
}
