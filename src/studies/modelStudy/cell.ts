/** One cell of a study: one set-up, trained once. */
import type { Ceilings, Metrics } from '../../training/metrics/types';
import type { RunSetup } from '../../training/runRecord';

export interface Cell {
  readonly setup: RunSetup;
  /** Of the dataset. */
  readonly fingerprint: string;
  /** Figures on all test rows, with the best weights. */
  readonly final: Metrics;
  readonly ceilings: Ceilings;
  /** Log loss on validation rows at the best step; null where undefined, absent in cells kept before budgets were tuned. */
  readonly validationLogLoss?: number | null;
  readonly bestStep: number;
  readonly steps: number;
  readonly seconds: number;
}
