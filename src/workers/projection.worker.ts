/** Entry of the worker that arranges points: principal components, UMAP, t-SNE. Started when a figure first needs it. */
import * as Comlink from 'comlink';
import { componentsOf, relationsOf } from '../training/representation/describe';
import { embed } from '../training/representation/embed';
import type { ProjectionWorker } from './protocol';

/** Between two states shown of an embedding under way, in milliseconds. */
const SHOW_EVERY = 400;

const worker: ProjectionWorker = {
  components: async (points) => componentsOf(points),
  relations: async (points) => relationsOf(points),
  async embed(points, method, seed, onProgress) {
    let shown = performance.now();
    return embed(points, method, seed, (done, total, xy) => {
      const now = performance.now();
      if (now - shown < SHOW_EVERY) return;
      shown = now;
      onProgress(done, total, xy);
    });
  },
};

Comlink.expose(worker);
