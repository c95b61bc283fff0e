/** What a study says of one variant in one world: a figure a seed. */
import type { Figures, StoredStudy, StudyWorld } from './format';

/** AREAD's bound: a scenario with less of the traffic is minor. */
const MINOR_SHARE = 0.02;

/** Mean over some scenarios, weighted by traffic; null where any is undefined: a mean of others would compare unlike things. */
function trafficMean(figures: Figures, world: StudyWorld, chosen: readonly number[]): number | null {
  let sum = 0;
  let traffic = 0;
  for (const s of chosen) {
    const value = figures.scenarios[s] ?? null;
    if (value === null) return null;
    const { share } = world.scenarios[s]!;
    sum += share * value;
    traffic += share;
  }
  return traffic > 0 ? sum / traffic : null;
}

/** Places of a world's scenarios from most to least traffic; where they are level, in their own order. */
function byTraffic({ scenarios }: StudyWorld): number[] {
  return [...scenarios.keys()].sort((a, b) => scenarios[b]!.share - scenarios[a]!.share || a - b);
}

/** Which scenarios a name stands for; null where it is none of these. */
export function scenariosOf(world: StudyWorld, of: string): readonly number[] | null {
  const order = byTraffic(world);
  const place = /^#(\d+)$/.exec(of)?.[1];
  if (place !== undefined) return order.slice(Number(place) - 1, Number(place));
  switch (of) {
    case 'largest':
      return order.slice(0, 1);
    case 'smallest':
      return order.slice(-1);
    case 'major5':
      return order.slice(0, 5);
    case 'minor10':
      return order.slice(-10);
    case 'minor5':
      return order.slice(-5);
    case 'minor':
      return order.filter((s) => world.scenarios[s]!.share < MINOR_SHARE);
    case 'major':
      return order.filter((s) => world.scenarios[s]!.share >= MINOR_SHARE);
    default:
      return named(world, of);
  }
}

/** Scenarios by their ids, with `+` between several; null where one is not of this world. */
function named({ scenarios }: StudyWorld, of: string): readonly number[] | null {
  const places = of.split('+').map((id) => scenarios.findIndex((one) => one.id === id));
  return places.includes(-1) ? null : places;
}

/**
 * One number of a metric.
 *
 * @param of `overall`, `mean` (over scenarios, by traffic), `largest`, `smallest`, `#2` (the scenario with the second most traffic),
 *   `major5`, `minor10`, `minor5`, `minor` (scenarios below 2 % of traffic), `major` (all others), a scenario's id, or several (`a+c+e`): their mean by traffic
 * @returns null where it is undefined, or the world has no such scenario
 */
export function figureOf(figures: Figures | undefined, world: StudyWorld, of: string): number | null {
  if (!figures) return null;
  if (of === 'overall' || of === 'mean') return figures[of];
  const chosen = scenariosOf(world, of);
  if (chosen?.length === 1) return figures.scenarios[chosen[0]!] ?? null;
  return chosen && trafficMean(figures, world, chosen);
}

/** A metric by seed, of the seeds that were trained. */
export function valuesBySeed(
  study: StoredStudy,
  world: StudyWorld,
  variant: string,
  metric: string,
  of: string,
): ReadonlyMap<number, number | null> {
  const cells = study.cells.filter((cell) => cell.world === world.id && cell.variant === variant);
  return new Map(cells.map(({ seed, figures }) => [seed, figureOf(figures[metric], world, of)]));
}

/** Values of two variants over the seeds that both have, in the order of the seeds. */
export function pairBySeed(
  a: ReadonlyMap<number, number | null>,
  b: ReadonlyMap<number, number | null>,
): { readonly a: (number | null)[]; readonly b: (number | null)[] } {
  const seeds = [...a.keys()].filter((seed) => b.has(seed)).sort((x, y) => x - y);
  return { a: seeds.map((seed) => a.get(seed) ?? null), b: seeds.map((seed) => b.get(seed) ?? null) };
}

/** A figure a seed; null where it is undefined. */
export type BySeed = ReadonlyMap<number, number | null>;

/** Differences over the seeds that both have; null where either figure is undefined. */
export function differencesBySeed(a: BySeed, b: BySeed): BySeed {
  return new Map(
    [...a].flatMap(([seed, value]) => {
      const other = b.get(seed);
      if (other === undefined) return [];
      return [[seed, value === null || other === null ? null : value - other] as const];
    }),
  );
}
