/** What the probes of a run that never was have shown: numbers by rule, of the shape and the scale that each probe tells. */
import { CLUSTER_PROBES } from '../../models/baselines/clusters';
import type { ProbeAxis, ProbeSpec } from '../../models/definition';
import type { ProbeValue } from '../../training/events';
import { draws } from './fixedData';

/** Lengths of axes that name no labels of their own. */
const LENGTHS: Partial<Record<ProbeAxis['name'], number>> = { unit: 16, layer: 3, position: 10, bin: 10 };

interface Sizes {
  readonly scenarios: number;
  readonly fields: number;
}

function lengthOf({ name, labels }: ProbeAxis, { scenarios, fields }: Sizes): number {
  if (labels) return labels.length;
  if (name === 'scenario' || name === 'otherScenario') return scenarios;
  return name === 'field' ? fields : (LENGTHS[name] ?? 5);
}

/** Where a number stands: its index along every axis. */
function placeOf(index: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  for (let rest = index, axis = shape.length - 1; axis >= 0; axis--) {
    place.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return place;
}

const edgeOf = draws('edge');
const pullOf = draws('pull');

/** Clusters of a run whose scenarios were clustered before. */
export const CLUSTERS = 2;

/** How far two scenarios lie apart: the same both ways, nothing to oneself, less within a cluster. */
function distance(s: number, other: number): number {
  const [low, high] = [Math.min(s, other), Math.max(s, other)];
  if (low === high) return 0;
  return (s % CLUSTERS === other % CLUSTERS ? 0.02 : 0.09) + 0.04 * pullOf(1000 * low + high);
}

/** Pictures that read more into a probe than its scale says. `u` is the number's own draw. */
const RULES: Readonly<Record<string, (u: number, place: readonly number[], time: number) => number>> = {
  // Scenarios of one group keep the same edges.
  masks: (u, [s = 0, edge = 0]) => Number(u < 0.15 || edgeOf((s % 5) * 1000 + edge) < 0.5),
  [CLUSTER_PROBES.members]: (_u, [s = 0, cluster = 0]) => Number(s % CLUSTERS === cluster),
  [CLUSTER_PROBES.distances]: (_u, [s = 0, other = 0]) => distance(s, other),
  // Groups pull in directions of their own, the more so the longer they train.
  scenarioGradient: (u, [s = 0, k = 0], time) => u - 0.5 + 2 * time * (pullOf((s % 5) * 100 + k) - 0.4),
  fairness: (u, [group = 0, bin = 0], time) =>
    1 - (group === 0 ? 0.35 * time : 0) + 0.06 * (bin - 3) + 0.01 * u,
  fairnessRecovery: (u, _place, time) => 0.5 + 0.3 * time + 0.02 * u,
};

/** @param time 0 at the run's beginning, 1 at its end */
export function fixedProbe(spec: ProbeSpec, sizes: Sizes, time: number): ProbeValue {
  const shape = spec.axes.map((axis) => lengthOf(axis, sizes));
  const count = shape.reduce((product, length) => product * length, 1);
  const rule = RULES[spec.name];
  const last = shape.at(-1) ?? 1;
  const draw = draws(spec.name);
  const values = Float32Array.from({ length: count }, (_, index) => {
    const u = draw(index);
    if (rule) return rule(u, placeOf(index, shape), time);
    if (spec.scale === 'signed') return (2 * u - 1) * (0.3 + 0.7 * time);
    if (spec.scale === 'probability') return 0.5 + (u - 0.5) * (0.2 + 0.7 * time);
    // Even at the beginning, parted at the end.
    if (spec.scale === 'share') return Math.exp(4 * time * u);
    return 0.6 + 0.8 * u * time;
  });
  if (spec.scale === 'share' && !rule)
    for (let from = 0; from < count; from += last) {
      const row = values.subarray(from, from + last);
      const sum = row.reduce((total, value) => total + value, 0);
      row.forEach((value, k) => (row[k] = value / sum));
    }
  const defined = new Uint8Array(count).fill(1);
  // A scenario that no row of an evaluation came from has no numbers.
  if (!rule && spec.axes[0]?.name === 'scenario' && sizes.scenarios > 3)
    defined.fill(0, (2 * count) / sizes.scenarios, (3 * count) / sizes.scenarios);
  return { name: spec.name, shape, values, defined };
}
