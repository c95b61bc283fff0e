/**
 * AREAD's pre-clustering (Chen et al., AAAI 2025, "Pre-Clustering Domains"): a model that has weights a scenario has them a cluster of
 * scenarios instead. Its network is built for K scenarios; batches tell it the cluster in the place of the scenario, and everything that
 * judges it still goes by scenario. Which scenario is in which cluster is for the `precluster` procedure to say.
 */
import type { DataShape, Probe } from '../definition';
import { numbered } from '../probes';
import { procedureKey, type ProcedureChoice } from '../procedureChoice';
import { hyper } from '../settings';

const most = 32;

/** For models that have a tower, or other weights, of each scenario's own. */
export const clusterFields = {
  clusters: hyper.int({
    label: 'Clusters',
    help: 'Sort scenarios into so many clusters first, by the losses of a small DCN that all train, and have one tower a cluster (AREAD’s pre-clustering); 0: one tower a scenario.',
    default: 0,
    before: 0,
    min: 0,
    max: most,
    paper: '3 for AREAD’s baselines',
    advanced: true,
  }),
  clusterSteps: hyper.int({
    label: 'Steps before clustering',
    help: 'How long the DCN trains by whose losses scenarios are clustered; these steps come before the model’s own.',
    default: 200,
    before: 200,
    min: 1,
    max: 100_000,
    scale: 'log',
    unit: 'steps',
    advanced: true,
  }),
} as const;

interface PreclusterSettings {
  readonly clusters: number;
  /** Of the DCN. */
  readonly steps: number;
}

export const preclusterTraining = procedureKey<PreclusterSettings>('precluster');

/** The pictures of the pre-clustering, which its procedure sends once. */
export const CLUSTER_PROBES = { distances: 'clusterDistances', members: 'clusterMembers' } as const;

/** Settings of a model that may have the option; a model without it has none. */
function optionOf(settings: object): PreclusterSettings | null {
  if (!('clusters' in settings && 'clusterSteps' in settings)) return null;
  const { clusters, clusterSteps: steps } = settings;
  return typeof clusters === 'number' && typeof steps === 'number' && clusters > 0
    ? { clusters, steps }
    : null;
}

/** How many clusters stand in the place of scenarios; undefined where none do. */
export const clustersOf = (settings: object): number | undefined => optionOf(settings)?.clusters;

/** The way of training, the pre-clustering before it where it is asked for. */
export function withPreclustering(settings: object, procedure: ProcedureChoice): ProcedureChoice {
  const option = optionOf(settings);
  return option ? preclusterTraining.choose(option) : procedure;
}

/**
 * What a network knows of the data whose scenarios are clusters. Nobody knows yet which scenario is where, so all clusters have the overall
 * click rate and equal parts of the rows.
 *
 * @throws RangeError where there are fewer scenarios than clusters
 */
export function clusteredShape(shape: DataShape, settings: object): DataShape {
  const clusters = clustersOf(settings);
  if (clusters === undefined) return shape;
  if (clusters > shape.scenarios)
    throw new RangeError(
      `There are ${shape.scenarios} scenarios, which cannot be sorted into ${clusters} clusters; choose at most ${shape.scenarios}.`,
    );
  const rows = shape.scenarioRows.reduce((sum, count) => sum + count, 0);
  return {
    ...shape,
    scenarios: clusters,
    scenarioIds: numbered('cluster', clusters),
    clustered: true,
    scenarioClickRate: Array.from({ length: clusters }, () => shape.clickRate),
    scenarioRows: Array.from({ length: clusters }, () => rows / clusters),
  };
}

/** `clusterDistances [N, N]` and `clusterMembers [N, K]`; none where scenarios are not clustered. */
export function clusterProbes(shape: DataShape, settings: object): readonly Probe<unknown>[] {
  const clusters = clustersOf(settings);
  if (clusters === undefined) return [];
  const scenario = { name: 'scenario', labels: shape.scenarioIds } as const;
  return [
    {
      name: CLUSTER_PROBES.distances,
      topic: 'clusters',
      title: 'How differently a small DCN errs in two scenarios',
      reading:
        'Mean of both Kullback–Leibler divergences between the scenarios’ distributions of losses, over validation rows; 0 is the same distribution.',
      equation: String.raw`D_{ij} = \tfrac12\big(\mathrm{KL}(p_i \,\|\, p_j) + \mathrm{KL}(p_j \,\|\, p_i)\big)`,
      axes: [scenario, { name: 'otherScenario', labels: shape.scenarioIds }],
      scale: 'value',
      quantity: 'divergence',
      source: 'procedure',
    },
    {
      name: CLUSTER_PROBES.members,
      topic: 'clusters',
      title: 'Which cluster each scenario is in',
      reading: 'A row is a scenario; 1 stands at its cluster, whose tower it shares.',
      equation: '',
      axes: [scenario, { name: 'cluster', labels: numbered('cluster', clusters) }],
      scale: 'share',
      source: 'procedure',
    },
  ];
}
