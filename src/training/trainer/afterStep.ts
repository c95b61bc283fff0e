/** What follows a step: its event, and every so often loss means, an evaluation and early stopping. */
import { evaluationDue } from '../schedule';
import type { TrainingEvent } from '../events';
import type { TrainingSettings } from '../settings';
import type { BestWeights } from './bestWeights';
import type { Judging } from './contract';
import type { EvaluationEvent } from './evaluation';
import type { LossMeans } from './lossMeans';
import type { RunAheadLimit } from './runAhead';
import type { Part } from './part';

/** Last step whose `step` event went out, and last step that was evaluated. */
interface State {
  readonly announced: number;
  readonly evaluated: number;
}

export interface AfterStep extends Part<State> {
  /** Events of what follows step `step`; the result is true where patience is exhausted and may end the run. */
  run(step: number, judging?: Judging): AsyncGenerator<TrainingEvent, boolean, void>;
}

export interface AfterStepOptions {
  readonly training: TrainingSettings;
  readonly losses: LossMeans;
  readonly runAhead: RunAheadLimit;
  readonly bestWeights: BestWeights;
  /** Evaluates the validation rows. */
  readonly evaluate: () => Promise<EvaluationEvent>;
}

export function createAfterStep({
  training,
  losses,
  runAhead,
  bestWeights,
  evaluate,
}: AfterStepOptions): AfterStep {
  let announced = 0;
  let evaluated = 0;
  return {
    // Suspended at any of its yields, the position leads back here without doing anything twice or leaving it out.
    async *run(step, { mayBeBest = true, mayEnd = true } = {}) {
      const due = evaluationDue(step, training);
      if (announced < step) {
        // Before its event, at which a pause is heeded: after it, another step would be on its way first.
        if (!due) await runAhead.follow();
        announced = step;
        yield { kind: 'step', step };
      }
      if (due && evaluated < step) {
        const terms = await losses.read(step);
        if (Object.keys(terms).length > 0) yield { kind: 'loss', step, terms };
        const event = await evaluate();
        if (mayBeBest) bestWeights.update(event.metrics, step);
        // Until it may end, nothing that happened counts against its patience.
        if (!mayEnd) bestWeights.restartPatience();
        evaluated = step;
        yield event;
        runAhead.restart();
      }
      return mayEnd && bestWeights.exhausted(training.patience);
    },
    position: async () => ({ state: { announced, evaluated }, arrays: {} }),
    restorePosition({ state }) {
      ({ announced, evaluated } = state);
    },
  };
}
