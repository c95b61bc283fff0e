/** What PyTorch made of a bundle, beside the lab. */
import { readFile } from 'node:fs/promises';
import { parseRecord } from '../../src/training/runFile/recordText';
import type { Metrics } from '../../src/training/metrics';
import { probesApart } from './probes';
import type { Left } from './runs';

/** What `tests.go_on` prints of one bundle. */
export interface WentOn {
  readonly failure?: string;
  readonly scores: { readonly score: readonly number[]; readonly probability: readonly number[] };
  readonly losses: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Loss terms of a first step from the same seed. */
  readonly start: Readonly<Record<string, number>>;
  readonly final: Metrics;
  readonly record: string;
  readonly converted: string;
}

/** Scores and the first loss to this, a later loss to this, a metric to its fourth digit, what pictures draw to this. */
export const LIMITS = { scores: 1e-5, start: 1e-5, losses: 1e-4, metrics: 5e-5, probes: 1e-4 } as const;

export interface Differences {
  readonly name: string;
  readonly steps: number;
  readonly scores: number;
  readonly start: number;
  readonly losses: number;
  readonly metrics: number;
  /** Of the final AUC over all test rows; infinite where one of the two is undefined. */
  readonly auc: number;
  /** Of what pictures draw after the step where the run was left. */
  readonly probes: number;
  /** In words; empty where all is well. */
  readonly wrong: readonly string[];
}

const furthest = (
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  unit: (value: number) => number = () => 1,
): number => {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < one.length; i++) {
    const apart = Math.abs(one[i]! - other[i]!) / unit(one[i]!);
    most = Number.isFinite(apart) ? Math.max(most, apart) : Number.POSITIVE_INFINITY;
  }
  return most;
};

type Terms = Readonly<Record<string, number>> | undefined;

/** The largest difference of any loss term; infinite where one is missing. */
function apart(ours: Terms, theirs: Terms): number {
  const names = Object.keys(ours ?? {});
  if (names.length === 0) return Number.POSITIVE_INFINITY;
  return furthest(
    names.map((name) => ours?.[name] ?? NaN),
    names.map((name) => theirs?.[name] ?? NaN),
  );
}

/** What two rows weigh in an AUC whose scores are equal but for rounding, and so may stand in either order. */
const pairOf = ({ rows, positives }: Metrics['overall']): number =>
  1 / Math.max(1, positives * (rows - positives));

/** All AUCs, beyond the pairs that rounding may swap (two in each), and log losses; undefined ones as a number that no metric has. */
function metricsApart(ours: Metrics, theirs: Metrics): number {
  const beyond = (one: number | null, other: number | null, pairs: number): number =>
    Math.max(0, Math.abs((one ?? -1) - (other ?? -1)) - pairs);
  const each = [...ours.scenarios, ours.overall].flatMap((mine, n) => {
    const other = [...theirs.scenarios, theirs.overall][n];
    if (!other) return [Number.POSITIVE_INFINITY];
    const pairs = 2 * pairOf(mine);
    return [
      ...(['auc', 'noiseFreeAuc', 'interestAuc'] as const).map((kind) =>
        beyond(mine[kind], other[kind], pairs),
      ),
      beyond(mine.logLoss, other.logLoss, 0),
    ];
  });
  const most = 2 * Math.max(...ours.scenarios.map(pairOf));
  const means = (['domainAuc', 'domainNoiseFreeAuc'] as const).map((kind) =>
    beyond(ours[kind], theirs[kind], most),
  );
  return Math.max(...each, ...means);
}

/** Record text whose order of keys and clock do not matter. */
const plain = (text: string): unknown => {
  const { timings: _timings, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return rest;
};

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

export async function compare(left: Left, found: WentOn): Promise<Differences> {
  const scores = Math.max(
    // Log odds have no bound, and float32 knows those of 28 (EDCN's) to 2e-6 only: beyond 1 the difference is a share of the score.
    furthest(left.score, found.scores.score, (score) => Math.max(1, Math.abs(score))),
    furthest(left.probability, found.scores.probability),
  );
  const ours = left.record.losses.filter(({ step }) => found.losses[step]);
  const losses = ours.reduce(
    (most, { step, terms }) => Math.max(most, apart(terms, found.losses[step])),
    ours.length > 0 ? 0 : Number.POSITIVE_INFINITY,
  );
  const start = apart(left.record.losses[0]?.terms, found.start);
  const metrics = left.record.final ? metricsApart(left.record.final, found.final) : Number.POSITIVE_INFINITY;
  const wrong: string[] = [];
  const hold = (what: keyof typeof LIMITS, value: number): void => {
    if (!(value <= LIMITS[what])) wrong.push(`${what} differ by ${value.toExponential(1)}`);
  };
  hold('scores', scores);
  hold('start', start);
  hold('losses', losses);
  hold('metrics', metrics);
  const back = parseRecord(await readFile(found.record, 'utf8'), found.record);
  const pictures = probesApart(left.record, back, left.step);
  if (pictures.missing.length > 0) wrong.push(`no probe ${pictures.missing.join(', ')}`);
  hold('probes', pictures.apart);
  const converted = await readFile(found.converted, 'utf8');
  if (JSON.stringify(sorted(plain(converted))) !== JSON.stringify(sorted(plain(left.text))))
    wrong.push('the converted run is another');
  if (JSON.stringify(sorted(back.final)) !== JSON.stringify(sorted(found.final)))
    wrong.push('the page reads other metrics');
  const auc = apart({ auc: left.record.final?.overall.auc ?? NaN }, { auc: found.final.overall.auc ?? NaN });
  const most = { scores, start, losses, metrics, auc, probes: pictures.apart };
  return { name: left.name, steps: ours.length, ...most, wrong };
}
