/** When a run is evaluated. */
import type { TrainingSettings } from './settings';

/** Below this spacing the first evaluation comes soon enough by itself. */
const SHORT = 8;

/** The step of a run's first evaluation. */
export function firstEvaluation({
  evaluateEvery,
  steps,
}: Pick<TrainingSettings, 'evaluateEvery' | 'steps'>): number {
  const first = evaluateEvery >= SHORT ? Math.round(evaluateEvery / 4) : evaluateEvery;
  return Math.min(first, steps);
}

/**
 * Every `evaluateEvery` steps and at the last; once more at a quarter of the first stretch, where curves rise fastest and
 * nothing is drawn yet.
 */
export function evaluationDue(
  step: number,
  { evaluateEvery, steps }: Pick<TrainingSettings, 'evaluateEvery' | 'steps'>,
): boolean {
  if (step === 0) return false;
  if (step % evaluateEvery === 0 || step === steps) return true;
  return evaluateEvery >= SHORT && step === Math.round(evaluateEvery / 4);
}
