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
