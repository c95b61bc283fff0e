/** What a run's pre-clustering says of its scenarios. */
import { adjustedRand } from '../../../studies/statistics';
import { groupNumbers } from '../../../studies/evidence/groupNumbers';
import type { ProbeValue } from '../../../training/events';
import type { RunView } from '../../store/runView';

/** Cluster of each scenario, from the probe `[N, K]` that has a 1 at it; none before there is one. */
export function clustersOf(members: ProbeValue | null): readonly number[] {
  const [n = 0, k = 0] = members?.shape ?? [];
  return Array.from({ length: n }, (_, s) => members!.values.subarray(s * k, (s + 1) * k).indexOf(1));
}

/** Scenarios, cluster by cluster, within one as they come. */
export function orderOf(cluster: readonly number[]): readonly number[] {
  return cluster.map((_, s) => s).sort((a, b) => cluster[a]! - cluster[b]! || a - b);
}

/** Adjusted Rand index of clusters and the simulator's groups; null where the data has no groups, or nothing to agree on. */
export function agreementWithGroups(
  cluster: readonly number[],
  scenarios: RunView['scenarios'],
): number | null {
  const known = groupNumbers(scenarios);
  return known && cluster.length > 0 ? adjustedRand(cluster, known.group) : null;
}
