/** Models ranked in every world: which is best on the log, and which in truth. */
import { criticalDifference, friedman, midRanks } from '../statistics';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { cellSpread } from './cells';

export interface RankedModel {
  readonly id: string;
  readonly name: string;
  /** Mean over seeds, a world each. */
  readonly figures: readonly (number | null)[];
  /** 1 for the best of a world; null where not every model has a figure there. */
  readonly ranks: readonly (number | null)[];
  readonly meanRank: number | null;
}

export interface RankMap {
  readonly metric: string;
  readonly worlds: readonly StudyWorld[];
  /** Best mean rank first. */
  readonly models: readonly RankedModel[];
  /** Worlds in which every model has a figure: only these count. */
  readonly blocks: number;
  readonly test: ReturnType<typeof friedman>;
  /** Mean ranks further apart than this differ (Nemenyi, 0.05); null where none can be told. */
  readonly critical: number | null;
}

/** Metrics of which less is better. */
const LOWER_IS_BETTER: ReadonlySet<string> = new Set(['logLoss', 'votesError']);

function ranksOf(values: readonly (number | null)[]): readonly (number | null)[] {
  const defined = values.filter((value) => value !== null);
  if (defined.length < values.length) return values.map(() => null);
  return [...midRanks(Float64Array.from(defined, (value) => -value))];
}

/** @param of what of each world counts: `mean` (by traffic) or `overall` */
export function rankMap(study: StoredStudy, metric: string, of: 'mean' | 'overall' = 'mean'): RankMap {
  const sign = LOWER_IS_BETTER.has(metric) ? -1 : 1;
  const figures = study.worlds.map((world) =>
    study.variants.map(({ id }) => cellSpread(study, world, id, { metric, of })?.mean ?? null),
  );
  const better = figures.map((world) => world.map((value) => (value === null ? null : sign * value)));
  const ranks = better.map(ranksOf);
  const test = friedman(better);
  const models = study.variants.map(({ id, name }, m) => ({
    id,
    name,
    figures: figures.map((world) => world[m] ?? null),
    ranks: ranks.map((world) => world[m] ?? null),
    meanRank: test.meanRanks[m] ?? null,
  }));
  const worst = Number.POSITIVE_INFINITY;
  models.sort((a, b) => (a.meanRank ?? worst) - (b.meanRank ?? worst) || a.name.localeCompare(b.name));
  return {
    metric,
    worlds: study.worlds,
    models,
    blocks: test.blocks,
    test,
    critical: models.length >= 2 && test.blocks >= 2 ? criticalDifference(models.length, test.blocks) : null,
  };
}

/** Metrics of a whole run that at least one cell of the study has. */
export function metricsOf(study: StoredStudy): readonly string[] {
  return [...new Set(study.cells.flatMap(({ figures }) => Object.keys(figures)))];
}

/** Spearman's correlation of two orders of the same models; null where either has none. */
export function orderCorrelation(a: RankMap, b: RankMap): number | null {
  const other = new Map(b.models.map(({ id, meanRank }) => [id, meanRank]));
  const pairs = a.models.flatMap(({ id, meanRank }) => {
    const theirs = other.get(id) ?? null;
    return meanRank === null || theirs === null ? [] : [[meanRank, theirs] as const];
  });
  if (pairs.length < 3) return null;
  const [x, y] = [0, 1].map((side) => midRanks(Float64Array.from(pairs, (pair) => pair[side as 0 | 1])));
  const middle = (pairs.length + 1) / 2;
  const dot = (p: Float64Array, q: Float64Array) =>
    p.reduce((sum, value, k) => sum + (value - middle) * (q[k]! - middle), 0);
  const scale = Math.sqrt(dot(x!, x!) * dot(y!, y!));
  return scale === 0 ? null : dot(x!, y!) / scale;
}
