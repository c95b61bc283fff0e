/** Models ranked in every world: which is best on the log, and which in truth. */
import { criticalDifference, friedman, midRanks, spearman } from '../statistics';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { meansOverSharedSeeds } from './cells';

export interface RankedModel {
  readonly id: string;
  readonly name: string;
  /** Mean over the seeds that most models have, a world each. */
  readonly figures: readonly (number | null)[];
  /** 1 for the best of a world; null where the world does not count, or the model is not ranked. */
  readonly ranks: readonly (number | null)[];
  readonly meanRank: number | null;
}

export interface RankMap {
  readonly metric: string;
  /** Worlds in which anything is stored. */
  readonly worlds: readonly StudyWorld[];
  /** Best mean rank first; then those that are not ranked. */
  readonly models: readonly RankedModel[];
  /** Places of the worlds that count: in these every ranked model has a figure. */
  readonly counted: readonly number[];
  /** Worlds that count. */
  readonly blocks: number;
  /** Models that have a mean rank. */
  readonly ranked: number;
  /** What is left out, and why: a world that does not count, a model without a rank. Nothing is filled in for what was not run or not stored. */
  readonly leftOut: readonly string[];
  readonly test: ReturnType<typeof friedman>;
  /** Mean ranks further apart than this differ (Nemenyi, 0.05); null where none can be told. */
  readonly critical: number | null;
}

/** Metrics of which less is better. */
const LOWER_IS_BETTER: ReadonlySet<string> = new Set([
  'logLoss',
  'votesError',
  'votesErrorOwn',
  'counterfactualError',
]);

type Table = readonly (readonly (number | null)[])[];

/**
 * The largest part of a table without a gap: worlds in the order of how many models they have, as many of them as give most cells.
 *
 * @param figures `[worlds][models]`
 */
function complete(figures: Table): {
  readonly worlds: readonly number[];
  readonly models: readonly number[];
} {
  const has = figures.map((world) => world.filter((value) => value !== null).length);
  const order = [...figures.keys()].filter((w) => has[w]! > 0).sort((a, b) => has[b]! - has[a]! || a - b);
  let best: { worlds: readonly number[]; models: readonly number[] } = { worlds: [], models: [] };
  for (let count = 1; count <= order.length; count++) {
    const worlds = order.slice(0, count);
    const models = [...(figures[0]?.keys() ?? [])].filter((m) =>
      worlds.every((w) => (figures[w]![m] ?? null) !== null),
    );
    if (models.length >= 2 && worlds.length * models.length > best.worlds.length * best.models.length)
      best = { worlds: [...worlds].sort((a, b) => a - b), models };
  }
  return best;
}

/** `Mix, LR and FM`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function missingWords(
  study: StoredStudy,
  variants: readonly { readonly name: string }[],
  figures: Table,
  part: ReturnType<typeof complete>,
): readonly string[] {
  const worlds = study.worlds.flatMap(({ id }, w) => {
    if (part.worlds.includes(w)) return [];
    const found = figures[w]!.filter((value) => value !== null).length;
    return [`left out: ${id}, where ${found} of ${variants.length} models have this figure`];
  });
  const lacking = new Map<string, string[]>();
  for (const [m, { name }] of variants.entries()) {
    const without = part.worlds.filter((w) => figures[w]![m] === null).map((w) => study.worlds[w]!.id);
    if (without.length === 0) continue;
    const where = without.length === part.worlds.length ? 'any world that counts' : listed(without);
    lacking.set(where, [...(lacking.get(where) ?? []), name]);
  }
  const models = [...lacking].map(
    ([where, names]) => `not ranked, for want of this figure in ${where}: ${listed(names)}`,
  );
  return [...worlds, ...models];
}

/**
 * Nothing is filled in: the ranks are over the largest set of worlds and models in which every model was run in every world.
 *
 * @param of what of each world counts: `mean` (by traffic) or `overall`
 */
export function rankMap(study: StoredStudy, metric: string, of: 'mean' | 'overall' = 'mean'): RankMap {
  const sign = LOWER_IS_BETTER.has(metric) ? -1 : 1;
  // What was tuned in one world has no run in the others.
  const variants = study.variants.filter(({ tuned }) => tuned === undefined);
  const ids = variants.map(({ id }) => id);
  const figures = study.worlds.map((world) => meansOverSharedSeeds(study, world, ids, { metric, of }));
  const part = complete(figures);
  const better = part.worlds.map((w) =>
    part.models.map((m) => (figures[w]![m] === null ? null : sign * figures[w]![m]!)),
  );
  const ranks = better.map((world) => midRanks(Float64Array.from(world, (value) => -value!)));
  const test = friedman(better);
  const models = variants.map(({ id, name }, m) => {
    const place = part.models.indexOf(m);
    return {
      id,
      name,
      figures: figures.map((world) => world[m] ?? null),
      ranks: figures.map((_, w) => {
        const at = part.worlds.indexOf(w);
        return at < 0 || place < 0 ? null : (ranks[at]![place] ?? null);
      }),
      meanRank: place < 0 ? null : (test.meanRanks[place] ?? null),
    };
  });
  const worst = Number.POSITIVE_INFINITY;
  models.sort((a, b) => (a.meanRank ?? worst) - (b.meanRank ?? worst) || a.name.localeCompare(b.name));
  const ranked = part.models.length;
  return {
    metric,
    worlds: study.worlds,
    models,
    counted: part.worlds,
    blocks: test.blocks,
    ranked,
    leftOut: missingWords(study, variants, figures, part),
    test,
    critical: ranked >= 2 && test.blocks >= 2 ? criticalDifference(ranked, test.blocks) : null,
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
  return spearman(
    pairs.map(([own]) => own),
    pairs.map(([, theirs]) => theirs),
  );
}
