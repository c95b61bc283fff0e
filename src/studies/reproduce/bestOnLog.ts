/** Whether the model that is best on the log, where only drawn clicks are known, is the best in truth. */
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { pairBySeed, valuesBySeed } from '../evidence/values';
import { fixedDigits } from '../format';
import { spearman, spread } from '../statistics';
import { cellSpread, meansOverSharedSeeds, nameOf, pairedCells } from './cells';

/** Models below which their order says nothing. */
const LEAST_ORDERED = 3;

/** Mean absolute error of a model's click rates in the scenarios that rows did not happen in. */
const COUNTERFACTUAL = 'counterfactualError';

interface Best {
  readonly id: string;
  readonly name: string;
}

/** How much lower one model's figure is than another's, mean over the seeds that both have. */
export interface GivenAway {
  readonly difference: number;
  /** 95 %, Student; null with one seed. */
  readonly interval: readonly [number, number] | null;
  readonly p: number | null;
}

/** Errors in probability; null where not stored. */
interface Counterfactual {
  readonly onLog: number | null;
  readonly inTruth: number | null;
  readonly least: (Best & { readonly error: number }) | null;
  /** Spearman's correlation over models of AUC on the log and smallness of the error: 1 where the log orders models as the error does; null where it is not stored of all. */
  readonly agreement: number | null;
}

export interface BestOnLog {
  readonly world: StudyWorld;
  /** Models that have both figures. */
  readonly models: number;
  /** Highest AUC against drawn clicks. */
  readonly onLog: Best;
  /** Highest noise-free AUC: against true click probabilities. */
  readonly inTruth: Best;
  /** Highest AUC against true interest; null where that is stored of too few. */
  readonly byInterest: Best | null;
  /** Noise-free AUC that choosing by the log gives away: best in truth less best on the log; null where they are one. */
  readonly regret: GivenAway | null;
  /** The same in AUC against interest. */
  readonly interestRegret: GivenAway | null;
  /** Mean absolute error of click rates in other scenarios, do(scenario): of the best on the log, of the best in truth, and least of all. */
  readonly counterfactual: Counterfactual;
}

function best(study: StoredStudy, world: StudyWorld, ids: readonly string[], metric: string): Best | null {
  let found: { id: string; mean: number } | null = null;
  for (const [k, mean] of meansOverSharedSeeds(study, world, ids, { metric, of: 'mean' }).entries()) {
    const id = ids[k]!;
    if (mean !== null && (found === null || mean > found.mean)) found = { id, mean };
  }
  return found && { id: found.id, name: nameOf(study, found.id) };
}

function counterfactual(
  study: StoredStudy,
  world: StudyWorld,
  ids: readonly string[],
  onLog: Best,
  inTruth: Best,
): Counterfactual {
  const means = meansOverSharedSeeds(study, world, ids, { metric: COUNTERFACTUAL, of: 'overall' });
  const errors = ids.flatMap((id, k) => {
    const error = means[k] ?? null;
    return error === null ? [] : [{ id, name: nameOf(study, id), error }];
  });
  const of = (one: Best): number | null => errors.find(({ id }) => id === one.id)?.error ?? null;
  const told = { onLog: of(onLog), inTruth: of(inTruth) };
  // The least of a few says nothing of all, nor does their order.
  if (errors.length < ids.length) return { ...told, least: null, agreement: null };
  const aucs = meansOverSharedSeeds(study, world, ids, { metric: 'auc', of: 'mean' });
  const known = aucs.flatMap((auc, k) => (auc === null ? [] : [[auc, -errors[k]!.error] as const]));
  return {
    ...told,
    least: errors.reduce((a, b) => (b.error < a.error ? b : a)),
    agreement:
      known.length < LEAST_ORDERED
        ? null
        : spearman(
            known.map(([auc]) => auc),
            known.map(([, error]) => error),
          ),
  };
}

function givenAway(
  study: StoredStudy,
  world: StudyWorld,
  better: string,
  other: string,
  metric: string,
): GivenAway | null {
  if (better === other) return null;
  const paired = pairedCells(study, world, better, other, { metric, of: 'mean' });
  if (paired) return paired;
  const of = (variant: string) => valuesBySeed(study, world, variant, metric, 'mean');
  const { a, b } = pairBySeed(of(better), of(other));
  const found = spread(a.map((value, k) => (value === null || b[k] === null ? null : value - b[k]!)));
  return found && { difference: found.mean, interval: null, p: null };
}

/** A row a world in which at least two models were run; means over scenarios by traffic, seeds paired. */
export function bestOnLog(study: StoredStudy): readonly BestOnLog[] {
  const ids = study.variants.filter(({ tuned }) => tuned === undefined).map(({ id }) => id);
  return study.worlds.flatMap((world) => {
    const has = (id: string, metric: string) => cellSpread(study, world, id, { metric, of: 'mean' }) !== null;
    const both = ids.filter((id) => has(id, 'auc') && has(id, 'noiseFreeAuc'));
    const onLog = best(study, world, both, 'auc');
    const inTruth = best(study, world, both, 'noiseFreeAuc');
    if (!onLog || !inTruth || both.length < 2) return [];
    const byInterest = best(study, world, both, 'interestAuc');
    const lost = (better: Best, metric: string) => givenAway(study, world, better.id, onLog.id, metric);
    return [
      {
        world,
        models: both.length,
        onLog,
        inTruth,
        byInterest,
        regret: lost(inTruth, 'noiseFreeAuc'),
        interestRegret: byInterest && lost(byInterest, 'interestAuc'),
        counterfactual: counterfactual(study, world, both, onLog, inTruth),
      },
    ];
  });
}

/** “in 1 of 8 worlds”. */
const ofWorlds = (some: readonly unknown[], all: readonly unknown[]): string =>
  `in ${some.length} of ${all.length} world${all.length === 1 ? '' : 's'}`;

/** The question answered over all worlds: how often the best on the log is the best in truth, what choosing it gives away, and how often it errs least about other scenarios. */
export function bestOnLogAnswer(rows: readonly BestOnLog[]): string {
  if (rows.length === 0) return '';
  const same = rows.filter(({ onLog, inTruth }) => onLog.id === inTruth.id);
  const lost = rows.flatMap(({ regret }) => regret ?? []);
  const [least, most] = [Math.min, Math.max].map((of) =>
    fixedDigits(of(...lost.map(({ difference }) => difference)), 4),
  );
  const beyond = lost.filter(({ interval }) => interval !== null && interval[0] > 0);
  const compared = rows.filter(({ counterfactual: { onLog, least } }) => onLog !== null && least !== null);
  const errsLeast = compared.filter(({ onLog, counterfactual }) => counterfactual.least?.id === onLog.id);
  const agreements = rows.flatMap(({ counterfactual: { agreement } }) => agreement ?? []);
  const [lowest, highest] = [Math.min, Math.max].map((extreme) => fixedDigits(extreme(...agreements), 2));
  const sentences = [
    `The best on the log is the best in truth ${ofWorlds(same, rows)}.`,
    ...(lost.length === 0
      ? []
      : [
          `Where it is not, choosing it gives away ${least === most ? least! : `${least!} to ${most!}`} of noise-free AUC; the interval lies above 0 ${ofWorlds(beyond, lost)}.`,
        ]),
    ...(compared.length === 0
      ? []
      : [`It has the least counterfactual error of all models ${ofWorlds(errsLeast, compared)}.`]),
    ...(agreements.length === 0
      ? []
      : [
          `Over all models the order on the log and that by counterfactual error agree by ${lowest === highest ? lowest! : `${lowest!} to ${highest!}`} (rank correlation).`,
        ]),
  ];
  return sentences.join(' ');
}
