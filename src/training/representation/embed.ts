/** Two-dimensional embeddings on request: UMAP (umap-js) and exact t-SNE. Same points and seed, same embedding. */
import { UMAP } from 'umap-js';
import { uniformAt } from '../../engine/random';
import { nearestNeighbours } from './neighbours';
import { principalComponents } from './pca';
import { createTsne, TSNE_ITERATIONS } from './tsne';
import type { Points } from './points';

export type EmbeddingMethod = 'umap' | 'tsne';

/** Told after every few iterations; `xy` `[count * 2]` as it stands. */
export type OnEmbedding = (done: number, total: number, xy: Float32Array) => void;

/** Components that distances are computed in: beyond them is mostly noise, and fifty are a common choice. */
const COMPONENTS = 50;
const UMAP_NEIGHBOURS = 15;
/** Fewer points have no neighbourhoods worth an embedding. */
const LEAST_POINTS = 5;

/** @throws RangeError for fewer than five points, or points that do not vary */
export function embed(
  points: Pick<Points, 'values' | 'count' | 'dim'>,
  method: EmbeddingMethod,
  seed: number,
  progress: OnEmbedding = () => undefined,
): Float32Array {
  if (points.count < LEAST_POINTS)
    throw new RangeError(
      `An embedding needs at least ${LEAST_POINTS} points; this sample has ${points.count}. Choose principal components.`,
    );
  const axes = Math.min(COMPONENTS, points.dim, points.count);
  const reduced = principalComponents(points, axes);
  if (reduced.shares === null)
    throw new RangeError(
      'All rows have the same representation, so there is nothing to arrange; choose another layer.',
    );
  const space = { values: reduced.scores, count: points.count, dim: axes };
  return method === 'umap' ? umap(space, seed, progress) : tsne(space, seed, progress);
}

function umap(
  space: Pick<Points, 'values' | 'count' | 'dim'>,
  seed: number,
  progress: OnEmbedding,
): Float32Array {
  const { count, dim, values } = space;
  let drawn = 0;
  const nNeighbors = Math.min(UMAP_NEIGHBOURS, count - 1);
  const map = new UMAP({ nNeighbors, minDist: 0.1, random: () => uniformAt(seed, 'umap', drawn++) });
  const { indices, distances } = nearestNeighbours(space, nNeighbors);
  map.setPrecomputedKNN(indices, distances);
  const rows = Array.from({ length: count }, (_, p) => Array.from(values.subarray(p * dim, (p + 1) * dim)));
  const epochs = map.initializeFit(rows);
  const xy = (): Float32Array => Float32Array.from(map.getEmbedding().flat());
  for (let epoch = 1; epoch <= epochs; epoch++) {
    map.step();
    if (epoch % 10 === 0) progress(epoch, epochs, xy());
  }
  return xy();
}

function tsne(
  space: Pick<Points, 'values' | 'count' | 'dim'>,
  seed: number,
  progress: OnEmbedding,
): Float32Array {
  const run = createTsne(space, seed);
  for (let iteration = 1; iteration <= TSNE_ITERATIONS; iteration++) {
    run.step();
    if (iteration % 10 === 0) progress(iteration, TSNE_ITERATIONS, run.xy());
  }
  return run.xy();
}
