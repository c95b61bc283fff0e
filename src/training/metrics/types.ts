/** Metrics of one evaluation. `null` means undefined (one class, no rows, no truth) and is shown as "undefined". */

export interface ScenarioMetrics {
  readonly rows: number;
  readonly positives: number;
  /** AUC on drawn labels, ties counted half. */
  readonly auc: number | null;
  /** Expected AUC over label noise: rows weighted p as positives and 1-p as negatives. */
  readonly noiseFreeAuc: number | null;
  /** Noise-free AUC against the click probability by interest alone: without place, promotion and conformity. */
  readonly interestAuc: number | null;
  readonly logLoss: number | null;
  /** Mean prediction divided by click rate. */
  readonly calibration: number | null;
}

export interface Metrics {
  readonly scenarios: readonly ScenarioMetrics[];
  /** All rows together, weighted back to true shares. */
  readonly overall: ScenarioMetrics;
  /** Row-weighted mean of the scenarios' AUC over scenarios where it is defined. */
  readonly domainAuc: number | null;
  readonly domainNoiseFreeAuc: number | null;
  readonly major5Auc: number | null;
  readonly minor10Auc: number | null;
  readonly minor5Auc: number | null;
}

/** Fewer clicked, or fewer unclicked, rows than this make no AUC of clicks that says anything. */
const FEWEST_OF_A_CLASS = 10;

/** Whether an AUC of drawn clicks rests on too few rows of one class to be a figure. */
export function tooFew({ rows, positives }: Pick<ScenarioMetrics, 'rows' | 'positives'>): boolean {
  return Math.min(positives, rows - positives) < FEWEST_OF_A_CLASS;
}

/** What the truth of a simulated dataset says of its evaluation rows, per scenario and overall. */
export interface Ceilings {
  /** Noise-free AUC of the true click probability. */
  readonly scenarios: readonly (number | null)[];
  readonly overall: number | null;
  readonly domain: number | null;
}
