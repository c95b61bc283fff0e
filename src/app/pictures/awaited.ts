/** When an empty picture will be filled, by the set-up of its run: one sentence each. */
import { firstEvaluation } from '../../training/schedule';
import { formatCount } from '../format';
import type { RunView } from '../store/runView';

type View = Pick<RunView, 'setup' | 'steps'>;

const step = (count: number): string => `step ${formatCount(count)}`;

/** Of a step that may lie behind the run's last. */
function within({ steps }: View, at: number): string {
  return at <= steps ? '' : ` This run ends before, at ${step(steps)}: give it more.`;
}

/** Of what an evaluation computes. */
export function atFirstEvaluation({ setup, steps }: View): string {
  return `Filled at the first evaluation, at ${step(firstEvaluation({ ...setup.training, steps }))}.`;
}

/** A setting that is a number; null where the model has none of that name. */
function numberOf({ setup }: View, name: string): number | null {
  const value = setup.settings[name];
  return typeof value === 'number' ? value : null;
}

/** Of AREAD's masks while they hold every edge. */
export function atFirstPruning(view: View): string {
  const warmup = numberOf(view, 'warmup');
  const when = warmup === null ? '.' : `: pruning begins at ${step(warmup)}.${within(view, warmup)}`;
  return `Every mask holds every edge at first${when}`;
}

/** Of AREAD's searches. */
export function atFirstSearch(view: View): string {
  const warmup = numberOf(view, 'warmup');
  return warmup === null
    ? 'Filled at the first search, after the warm-up.'
    : `Filled at the first search, at ${step(warmup)}.${within(view, warmup)}`;
}

/** Of SAR-Net's fairness coefficients. */
export function atFirstRefresh(view: View): string {
  const [first, epochs] = [numberOf(view, 'firstRefresh'), numberOf(view, 'fairnessWarmup')];
  if (first !== null && first > 0)
    return `Filled at the first refresh of the coefficients, at ${step(first)}.${within(view, first)}`;
  return `Filled at the first refresh of the coefficients, after ${epochs === 1 ? 'one pass' : `${formatCount(epochs ?? 1)} passes`} over the training rows. A short run may end before.`;
}
