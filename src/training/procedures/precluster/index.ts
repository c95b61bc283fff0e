/**
 * AREAD's pre-clustering of scenarios ("Pre-Clustering Domains") before a model's own training: a small DCN trains on the rows of all
 * scenarios, the distributions of its losses are compared scenario by scenario, and K-means sorts scenarios by their distances. The paper
 * takes losses of test rows; here they are of validation rows, because test rows choose nothing.
 */
import { CLUSTER_PROBES, preclusterTraining } from '../../../models/baselines/clusters';
import { dcn } from '../../../models/baselines/dcn';
import { streamSeed } from '../../../engine';
import { defineProcedure, type ProcedurePosition } from '../../procedure';
import { evaluationSample } from '../../sampling';
import { createTrainer } from '../../trainer';
import { yieldToEventLoop } from '../../yieldToEventLoop';
import { standardProcedure } from '../standard';
import { kMeans } from './kMeans';
import { lossDistances, type Losses } from './lossDistances';
import type { ProbeValue, TrainingEvent } from '../../events';
import type { Trainer } from '../../trainer';
import { formatCount } from '../../../data/count';

/** Validation rows of a scenario whose losses are compared, at most. */
const MOST_ROWS = 4000;
/** Steps between two signs of life. */
const TOLD_EVERY = 10;

interface ScenarioClusters {
  /** `[N * N]` */
  readonly distances: Float64Array;
  /** `[N]` */
  readonly cluster: Int32Array;
}

/** Clusters of scenarios by their distances to all scenarios. Points are sorted first, so that no scenario's number decides. */
export function clusterScenarios(distances: Float64Array, clusters: number, seed: number): Int32Array {
  const n = Math.round(Math.sqrt(distances.length));
  const points = Array.from({ length: n }, (_, i) => Array.from(distances.subarray(i * n, (i + 1) * n)));
  const total = points.map((point) => point.reduce((sum, distance) => sum + distance, 0));
  const order = points.map((_, i) => i).sort((a, b) => total[a]! - total[b]! || a - b);
  const sorted = order.map((i) => points[i]!);
  const found = kMeans(sorted, clusters, seed).cluster;
  const cluster = new Int32Array(n);
  order.forEach((i, place) => (cluster[i] = found[place]!));
  // Cluster 1 is the first scenario's.
  const numbers = [...new Set(cluster)];
  return cluster.map((own) => numbers.indexOf(own));
}

type Data = Pick<Trainer, 'dataset' | 'training' | 'seed' | 'stopping'>;

/** Cross-entropy of each row under the DCN. */
async function lossesOf(judge: Pick<Trainer, 'predict'>, { dataset }: Data): Promise<Losses> {
  const { rows } = evaluationSample(dataset, 'validation', MOST_ROWS);
  const { probability } = await judge.predict(rows);
  return {
    loss: Float64Array.from(rows, (row, i) => {
      const right = dataset.label[row] === 1 ? probability[i]! : 1 - probability[i]!;
      return -Math.log(Math.max(right, 1e-7));
    }),
    scenario: Int32Array.from(rows, (row) => dataset.scenario[row]!),
    scenarios: dataset.scenarios.length,
  };
}

/** Trains the DCN and sorts scenarios; null where someone stopped the run meanwhile. Broken off, it begins anew: to the same bits. */
async function* sortScenarios(
  data: Data,
  { clusters, steps }: { readonly clusters: number; readonly steps: number },
): AsyncGenerator<TrainingEvent, ScenarioClusters | null, void> {
  const seed = streamSeed(data.seed, 'clusters');
  const judge = createTrainer({
    configured: dcn.configure(dcn.presets.browser),
    dataset: data.dataset,
    training: data.training,
    seed,
    probes: false,
  });
  try {
    for (let step = 1; step <= steps; step++) {
      judge.train(judge.nextBatch());
      if (step % TOLD_EVERY > 0 && step < steps) continue;
      await judge.waitForDevice();
      await yieldToEventLoop();
      yield { kind: 'phase', step: 0, name: 'clustering of scenarios: DCN, step', done: step, total: steps };
      if (data.stopping) return null;
    }
    const distances = lossDistances(await lossesOf(judge, data));
    return { distances, cluster: clusterScenarios(distances, clusters, seed) };
  } finally {
    judge.dispose();
  }
}

/** The pictures: distances, and who is where. */
function probesOf({ distances, cluster }: ScenarioClusters, clusters: number): readonly ProbeValue[] {
  const n = cluster.length;
  const members = new Float32Array(n * clusters);
  cluster.forEach((own, scenario) => (members[scenario * clusters + own] = 1));
  const probe = (name: string, columns: number, values: Float32Array): ProbeValue => ({
    name,
    shape: [n, columns],
    values,
    defined: new Uint8Array(values.length).fill(1),
  });
  return [
    probe(CLUSTER_PROBES.distances, n, Float32Array.from(distances)),
    probe(CLUSTER_PROBES.members, clusters, members),
  ];
}

/** Array of a position: cluster of each scenario; absent until they are sorted. */
const SORTED = 'clusters';

function sortedIn(from: ProcedurePosition | null): Int32Array | null {
  const found = from?.arrays[SORTED];
  return found ? Int32Array.from(found) : null;
}

export const preclusterProcedure = defineProcedure(preclusterTraining, (trainer, settings, from) => {
  const { layout, training } = trainer;
  let cluster = sortedIn(from);
  const told = layout.clusters;
  if (!told) throw new Error('The model is told scenarios, not clusters of them.');
  if (cluster) told.set(cluster);
  const after = standardProcedure.configure(null).start(trainer, null);

  async function* train(): AsyncGenerator<TrainingEvent, void, void> {
    if (!cluster) {
      const found = yield* sortScenarios(trainer, settings);
      if (found) {
        cluster = found.cluster;
        told!.set(cluster);
        for (const probe of probesOf(found, settings.clusters))
          yield { kind: 'procedure-probe', step: trainer.step, probe };
        const rows = formatCount(settings.steps * training.batch);
        yield {
          kind: 'message',
          step: trainer.step,
          text: `Clustering took ${settings.steps} steps of a DCN (${rows} rows); ${cluster.length} scenarios are in ${settings.clusters} clusters.`,
        };
      }
    }
    yield* after.events;
  }

  return {
    events: train(),
    position() {
      const arrays: ProcedurePosition['arrays'] = cluster ? { [SORTED]: cluster } : {};
      return { state: null, arrays };
    },
  };
});
