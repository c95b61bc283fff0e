/** How far a representation keeps groups apart: numbers beside the scatter plot. Null is undefined. */
import { groupMeans, squaredDistance } from './points';
import type { Points } from './points';

export interface Separation {
  /** Share of the points' variance that lies between the groups' means, 0…1. */
  readonly between: number | null;
  /** What `between` would be if groups were drawn at random: much, where groups are many and small. */
  readonly betweenChance: number | null;
  /** Mean silhouette, −1…1: above 0 a point is nearer to its own group than to the next. */
  readonly silhouette: number | null;
  /** Share of a point's nearest neighbours that are of its own group, 0…1. */
  readonly neighbours: number | null;
  /** What `neighbours` would be if groups were mixed at random. */
  readonly chance: number | null;
}

/** Neighbours of a point that are counted. */
const NEIGHBOURS = 10;

/** Measured in all dimensions of the points, not in a plot's two; everything is null with fewer than two groups or three points. */
export function separation(points: Points): Separation {
  const { count, group, groups } = points;
  const { means, sizes } = groupMeans(points);
  const filled = sizes.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0);
  if (filled < 2 || count < 3)
    return { between: null, betweenChance: null, silhouette: null, neighbours: null, chance: null };
  let silhouettes = 0;
  let own = 0;
  const k = Math.min(NEIGHBOURS, count - 1);
  const distances = allDistances(points);
  const sums = new Float64Array(groups);
  for (let a = 0; a < count; a++) {
    const distance = distances.subarray(a * count, (a + 1) * count);
    sums.fill(0);
    for (let b = 0; b < count; b++) sums[group[b]!]! += distance[b]!;
    silhouettes += silhouetteOf(sums, sizes, group[a]!);
    distance[a] = Number.POSITIVE_INFINITY;
    for (const b of nearest(distance, k)) if (group[b] === group[a]) own++;
  }
  let chance = 0;
  for (const size of sizes) chance += (size / count) * ((size - 1) * Number(size > 0));
  return {
    between: betweenShare(points, means, sizes),
    betweenChance: (filled - 1) / (count - 1),
    silhouette: silhouettes / count,
    neighbours: own / (count * k),
    chance: chance / (count - 1),
  };
}

/** Euclidean distances of all pairs `[count * count]`. */
function allDistances(points: Points): Float32Array {
  const { count } = points;
  const distances = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      distances[a * count + b] = distances[b * count + a] = Math.sqrt(squaredDistance(points, a, b));
    }
  }
  return distances;
}

/** (b − a) / max(a, b) of a point; 0 where it is alone in its group. */
function silhouetteOf(sums: Float64Array, sizes: Float64Array, of: number): number {
  if (sizes[of]! < 2) return 0;
  const within = sums[of]! / (sizes[of]! - 1);
  let next = Number.POSITIVE_INFINITY;
  for (let other = 0; other < sizes.length; other++) {
    if (other !== of && sizes[other]! > 0) next = Math.min(next, sums[other]! / sizes[other]!);
  }
  const larger = Math.max(within, next);
  return larger > 0 ? (next - within) / larger : 0;
}

/** Indices of the `k` least values, in no order; of equal ones the first. */
export function nearest(distance: Float64Array | Float32Array, k: number): Int32Array {
  const best = new Int32Array(k);
  let filled = 0;
  for (let b = 0; b < distance.length; b++) {
    const value = distance[b]!;
    if (filled === k && value >= distance[best[k - 1]!]!) continue;
    let at = filled < k ? filled++ : k - 1;
    while (at > 0 && distance[best[at - 1]!]! > value) {
      best[at] = best[at - 1]!;
      at--;
    }
    best[at] = b;
  }
  return best;
}

function betweenShare(
  { values, count, dim }: Points,
  means: Float64Array,
  sizes: Float64Array,
): number | null {
  let total = 0;
  let between = 0;
  let length = 0;
  for (let k = 0; k < dim; k++) {
    let mean = 0;
    for (let point = 0; point < count; point++) mean += values[point * dim + k]! / count;
    for (let point = 0; point < count; point++) {
      total += (values[point * dim + k]! - mean) ** 2;
      length += values[point * dim + k]! ** 2;
    }
    sizes.forEach((size, of) => {
      if (size > 0) between += size * (means[of * dim + k]! - mean) ** 2;
    });
  }
  return total > 1e-12 * length ? between / total : null;
}
