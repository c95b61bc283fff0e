/** Exact nearest neighbours by Euclidean distance. */
import { squaredDistance } from './points';
import { nearest } from './separation';
import type { Points } from './points';

export interface Neighbours {
  /** `[count][k]`, the point itself first. */
  readonly indices: number[][];
  readonly distances: number[][];
}

/** @param k neighbours of each point, itself among them */
export function nearestNeighbours(points: Pick<Points, 'values' | 'count' | 'dim'>, k: number): Neighbours {
  const { count } = points;
  const indices: number[][] = [];
  const distances: number[][] = [];
  const row = new Float64Array(count);
  for (let a = 0; a < count; a++) {
    // Below every distance, so that a point's own place is first among its equals.
    for (let b = 0; b < count; b++) row[b] = a === b ? -1 : squaredDistance(points, a, b);
    const found = nearest(row, Math.min(k, count));
    indices.push(Array.from(found));
    distances.push(Array.from(found, (b) => Math.sqrt(Math.max(0, row[b]!))));
  }
  return { indices, distances };
}
