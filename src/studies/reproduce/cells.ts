/** Figures of a study's cells over seeds. */
import type { StoredStudy, StudyCell, StudyWorld } from '../evidence/format';
import { pairBySeed, valuesBySeed } from '../evidence/values';
import { pairedTest, spread } from '../statistics';
import type { Spread } from '../statistics';

/** What is looked at: a metric, of all rows, of the mean, or of some scenarios (as `figureOf`). */
export interface Looked {
  readonly metric: string;
  readonly of: string;
}

/** Cells of some variants in a world, by seed. */
export function cellsOf(
  study: StoredStudy,
  world: string,
  variants: readonly string[],
): readonly StudyCell[] {
  return study.cells
    .filter((cell) => cell.world === world && variants.includes(cell.variant))
    .sort((a, b) => a.seed - b.seed);
}

/** Mean and spread over seeds; null where no cell defines it. */
export function cellSpread(
  study: StoredStudy,
  world: StudyWorld,
  variant: string,
  { metric, of }: Looked,
): Spread | null {
  return spread([...valuesBySeed(study, world, variant, metric, of).values()]);
}

/**
 * Means of some variants in a world, in their order, over the seeds that most of them have: where a study stopped in the midst of a seed, some have one more, and
 * means over different draws are not to be compared. Null for a variant that lacks one of these seeds.
 */
export function meansOverSharedSeeds(
  study: StoredStudy,
  world: StudyWorld,
  variants: readonly string[],
  { metric, of }: Looked,
): readonly (number | null)[] {
  const values = variants.map((id) => valuesBySeed(study, world, id, metric, of));
  const count = new Map<number, number>();
  for (const bySeed of values)
    for (const [seed, value] of bySeed) if (value !== null) count.set(seed, (count.get(seed) ?? 0) + 1);
  const most = Math.max(0, ...count.values());
  const seeds = [...count.keys()].filter((seed) => count.get(seed) === most);
  return values.map((bySeed) => {
    const kept = seeds.flatMap((seed) => bySeed.get(seed) ?? []);
    return kept.length < seeds.length ? null : (spread(kept)?.mean ?? null);
  });
}

/** Processor microseconds of scoring one test row, mean over the cells that kept it; null where none did. */
export function meanInference(cells: readonly StudyCell[]): number | null {
  return spread(cells.flatMap(({ inference }) => inference ?? []))?.mean ?? null;
}

export interface PairedCells {
  readonly difference: number;
  /** 95 %, Student. */
  readonly interval: readonly [number, number];
  readonly p: number;
  readonly pairs: number;
}

/** A variant less another, over the seeds that both have; null with fewer than two. */
export function pairedCells(
  study: StoredStudy,
  world: StudyWorld,
  variant: string,
  against: string,
  { metric, of }: Looked,
): PairedCells | null {
  const { a, b } = pairBySeed(
    valuesBySeed(study, world, variant, metric, of),
    valuesBySeed(study, world, against, metric, of),
  );
  const test = pairedTest(a, b);
  if (!test) return null;
  const { difference, halfWidth, p, pairs } = test;
  return { difference, interval: [difference - halfWidth, difference + halfWidth], p, pairs };
}

export function nameOf(study: StoredStudy, variant: string): string {
  return study.variants.find(({ id }) => id === variant)?.name ?? variant;
}
