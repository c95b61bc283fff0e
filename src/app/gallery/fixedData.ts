/** A dataset that never was: scenarios, fields and relatedness made by rule, the same every time. */
import { streamSeed, uniformAt } from '../../engine';
import type { DataShape } from '../../models/definition';
import type { RunData } from '../../training/events';

/** So few that lines tell them apart, so many that colours mean groups, and as many as the largest public logs have. */
export const sizes = [3, 25, 355] as const;
export type Size = (typeof sizes)[number];

const SEED = 9;
const GROUPS = 5;
const FEW = ['Home feed', 'Search', 'Basket'];

/** Numbers in [0, 1) of a thing with a name, by index. */
export function draws(name: string): (index: number) => number {
  const stream = streamSeed(SEED, name);
  return (index) => uniformAt(SEED, stream, index);
}

export function fixedScenarios(size: Size): RunData['scenarios'] {
  const clickRate = draws('click rate');
  const parts = Array.from({ length: size }, (_, s) => 1 / (s + 1));
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part, s) => ({
    id: `s${s}`,
    name: size === 3 ? FEW[s]! : `Scenario ${s + 1}`,
    group: size === 3 ? null : `group ${(s % GROUPS) + 1}`,
    share: part / all,
    clickRate: 0.03 + 0.25 * clickRate(s),
  }));
}

/** `[size * size]`: 1 with itself, high inside a group, low across groups. */
export function fixedRelatedness(size: Size): Float32Array {
  const noise = draws('relatedness');
  return Float32Array.from({ length: size * size }, (_, cell) => {
    const [a, b] = [Math.floor(cell / size), cell % size];
    if (a === b) return 1;
    const near = a % GROUPS === b % GROUPS ? 0.7 : 0.1;
    return near + 0.2 * noise(Math.min(a, b) * size + Math.max(a, b));
  });
}

const FIELDS = [
  ['user_id', 'user', 60],
  ['user_age', 'user', 6],
  ['item_id', 'item', 90],
  ['item_category', 'item', 8],
  ['hour', 'context', 24],
  ['slot', 'context', 5],
] as const;

/** What a model is built for, so that its probes have their axes. */
export function fixedShape(size: Size): DataShape {
  const scenarios = fixedScenarios(size);
  let offset = 1;
  const fields = [...FIELDS, ['scenario', 'scenario', size + 1] as const].map(([name, role, count]) => {
    const field = {
      name,
      role,
      size: count,
      offset,
      scenarioSpecific: role === 'scenario' || name === 'slot',
    };
    offset += count;
    return field;
  });
  return {
    batch: 32,
    scenarios: size,
    scenarioIds: scenarios.map(({ id }) => id),
    fields,
    vocabularySize: offset,
    history: { length: 10, itemFields: [2, 3] },
    clickRate: 0.1,
    scenarioClickRate: scenarios.map(({ clickRate }) => clickRate),
    scenarioRows: scenarios.map(({ share }) => Math.round(100_000 * share)),
  };
}
