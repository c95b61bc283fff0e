/** Evaluations: metrics and probes of a split's rows with the present weights. */
import { assign } from '../../engine';
import { auc, computeMetrics } from '../metrics';
import { evaluationSet } from './evaluatedRows';
import type { HostBatch } from '../../data/batches';
import type { Scoring } from '../scoring';
import type { Dataset } from '../../data/dataset';
import type { AnyModel } from '../../models/definition';
import type { TrainingEvent } from '../events';
import type { Ceilings } from '../metrics';
import type { EvaluatedSplit } from './evaluatedRows';
import type { Stopwatch } from './stopwatch';

export type EvaluationEvent = Extract<TrainingEvent, { kind: 'evaluation' }>;

/** Evaluations of fewer batches are over before anyone could read how far they are. */
const BATCHES_WORTH_REPORTING = 40;

export interface EvaluationOptions {
  readonly model: AnyModel;
  /** By split; adds up the model's probes where they are wanted. */
  readonly scoring: Readonly<Record<EvaluatedSplit, Scoring>>;
  readonly dataset: Dataset;
  /** Rows of a batch. */
  readonly batch: number;
  readonly read: (rows: Int32Array) => HostBatch;
  readonly stopwatch: Stopwatch;
  /** Told of progress inside long evaluations. */
  readonly report: (event: TrainingEvent) => void;
}

export interface Evaluation {
  /** Metrics and probes of at most `perScenario` rows of each scenario; tunes constants of inference on validation rows. */
  run(split: EvaluatedSplit, perScenario: number, step: number): Promise<EvaluationEvent>;
  /** The best that any model reaches on the same rows. */
  ceilings(split: EvaluatedSplit, perScenario: number): Ceilings;
}

export function createEvaluation(options: EvaluationOptions): Evaluation {
  const { model, scoring, dataset, batch, read, stopwatch, report } = options;
  return {
    async run(split, perScenario, step) {
      const start = performance.now();
      const { rows, data } = evaluationSet(dataset, split, perScenario);
      const name = split === 'test' ? 'final metrics' : 'evaluation';
      const scored = await scoring[split].score(rows, read, (done) => {
        if (rows.length > BATCHES_WORTH_REPORTING * batch)
          report({ kind: 'phase', step, name, done, total: rows.length });
      });
      if (split === 'test') stopwatch.inference(performance.now() - start);
      let { score } = scored;
      if (split === 'validation' && model.tuneInference && rows.length > 0) {
        const tuned = model.tuneInference(
          {
            columns: scored.columns,
            label: Float32Array.from(data.label),
            weight: Float32Array.from(data.weight),
          },
          (candidate) => auc(candidate, data.label, data.weight),
        );
        if (tuned) {
          for (const { state, value } of tuned.states) assign(state, value);
          score = tuned.score;
        }
      }
      const metrics = computeMetrics(data, { score, probability: scored.probability });
      stopwatch.evaluation(performance.now() - start);
      return { kind: 'evaluation', step, split, metrics, probes: scored.probes };
    },
    ceilings: (split, perScenario) => evaluationSet(dataset, split, perScenario).ceilings,
  };
}
