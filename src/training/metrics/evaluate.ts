/** All metrics of one evaluation, from one readback of scores. */
import { classWeights, noiseFreeAuc, orderedAuc, orderScores } from './auc';
import { groupMean, weightedMean } from './scenarioMeans';
import { calibration, logLoss } from './loss';
import type { Ceilings, Metrics, ScenarioMetrics } from './types';

/** What is known of the evaluated rows, whatever model scores them. Arrays are `[n]`. */
export interface EvaluatedRows {
  /** Number of scenarios N. */
  readonly scenarios: number;
  readonly scenario: ArrayLike<number>;
  readonly label: ArrayLike<number>;
  /** Brings each row back to its scenario's true share. */
  readonly weight: ArrayLike<number>;
  /** Click probabilities: the true one, and that by interest alone (null where nobody knows it). */
  readonly truth: {
    readonly probability: ArrayLike<number>;
    readonly interest: ArrayLike<number> | null;
  } | null;
  /** Training rows by scenario `[N]`: what makes a scenario major or minor. */
  readonly trainingRows: readonly number[];
}

export interface EvaluatedScores {
  /** Ranks rows `[n]`. */
  readonly score: ArrayLike<number>;
  /** Click probability `[n]`. */
  readonly probability: ArrayLike<number>;
}

export interface MetricsOptions {
  /** Weights of scenarios in DomainAUC: their evaluation rows (default), or their training rows as AREAD's published code does. */
  readonly domainWeights?: 'evaluation' | 'training';
}

/** Places of each scenario's rows, in order. */
function groupByScenario(scenario: ArrayLike<number>, scenarios: number): Int32Array[] {
  const counts = new Int32Array(scenarios);
  for (let i = 0; i < scenario.length; i++) counts[scenario[i]!]!++;
  const groups = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < scenario.length; i++) {
    const s = scenario[i]!;
    groups[s]![counts[s]!++] = i;
  }
  return groups;
}

function pick(values: ArrayLike<number>, places: Int32Array): Float64Array {
  const out = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) out[i] = values[places[i]!]!;
  return out;
}

function metricsOf(
  score: ArrayLike<number>,
  probability: ArrayLike<number>,
  label: ArrayLike<number>,
  weight: ArrayLike<number>,
  truth: ArrayLike<number> | null,
  interest: ArrayLike<number> | null,
): ScenarioMetrics {
  let positives = 0;
  for (let i = 0; i < label.length; i++) if (label[i] === 1) positives++;
  const order = orderScores(score);
  const aucOf = (share: ArrayLike<number> | null): number | null => {
    if (!order || !share) return null;
    const { positive, negative } = classWeights(share, weight);
    return orderedAuc(order, positive, negative);
  };
  return {
    rows: label.length,
    positives,
    auc: aucOf(label),
    noiseFreeAuc: aucOf(truth),
    interestAuc: aucOf(interest),
    logLoss: logLoss(probability, label, weight),
    calibration: calibration(probability, label, weight),
  };
}

/**
 * Metrics per scenario and over all. Undefined ones are null: a scenario with one class has no AUC.
 *
 * Scenario means (`domainAuc`, …) weigh a scenario by its evaluation rows, each brought back to true share.
 */
export function computeMetrics(
  rows: EvaluatedRows,
  scores: EvaluatedScores,
  options: MetricsOptions = {},
): Metrics {
  const groups = groupByScenario(rows.scenario, rows.scenarios);
  const interest = rows.truth?.interest ?? null;
  const scenarios = groups.map((group) =>
    metricsOf(
      pick(scores.score, group),
      pick(scores.probability, group),
      pick(rows.label, group),
      pick(rows.weight, group),
      rows.truth && pick(rows.truth.probability, group),
      interest && pick(interest, group),
    ),
  );
  const traffic = scenarioWeights(rows, groups);
  const domain = options.domainWeights === 'training' ? rows.trainingRows : traffic;
  const aucs = scenarios.map((s) => s.auc);
  const noiseFree = scenarios.map((s) => s.noiseFreeAuc);
  return {
    scenarios,
    overall: metricsOf(
      scores.score,
      scores.probability,
      rows.label,
      rows.weight,
      rows.truth && rows.truth.probability,
      interest,
    ),
    domainAuc: weightedMean(aucs, domain),
    domainNoiseFreeAuc: weightedMean(noiseFree, domain),
    major5Auc: groupMean(aucs, traffic, rows.trainingRows, 'major', 5),
    minor10Auc: groupMean(aucs, traffic, rows.trainingRows, 'minor', 10),
    minor5Auc: groupMean(aucs, traffic, rows.trainingRows, 'minor', 5),
  };
}

function scenarioWeights(rows: EvaluatedRows, groups: readonly Int32Array[]): number[] {
  return groups.map((group) => {
    let sum = 0;
    for (const i of group) sum += rows.weight[i]!;
    return sum;
  });
}

/** The best that any ranking reaches on these rows in noise-free AUC: that of the true click probability. All null without truth. */
export function computeCeilings(rows: EvaluatedRows): Ceilings {
  const truth = rows.truth?.probability ?? null;
  const groups = groupByScenario(rows.scenario, rows.scenarios);
  if (!truth) return { scenarios: groups.map(() => null), overall: null, domain: null };
  const scenarios = groups.map((group) => {
    const p = pick(truth, group);
    return noiseFreeAuc(p, p, pick(rows.weight, group));
  });
  return {
    scenarios,
    overall: noiseFreeAuc(truth, truth, rows.weight),
    domain: weightedMean(scenarios, scenarioWeights(rows, groups)),
  };
}
