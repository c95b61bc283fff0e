/** Fine-tuning: the pooled network first; then, from its best weights, each scenario's copy of it, judged by itself. */
import { finetuneTraining, pooledNames, tunedNames } from '../../models/baselines/finetune';
import type { TrainingEvent } from '../events';
import { defineProcedure, type ProcedurePosition } from '../procedure';
import type { Trainer, TrainingLoop } from '../trainer';
import { formatCount } from '../../data/count';

type FinetuneTrainer = TrainingLoop & Pick<Trainer, 'model' | 'setTrainable' | 'beginPhase'>;

interface State {
  /** Steps that the pooled phase took; null in it. */
  readonly pooled: number | null;
  /** Whether the costs of both phases were told. */
  readonly told: boolean;
  /** Begun by an earlier version, whose second phase went on from the last weights and moved copies alone: it ends as it began. */
  readonly earlier: boolean;
}

const start: State = { pooled: null, told: false, earlier: false };

/** Earlier versions kept the phase's name alone. */
function readState(from: ProcedurePosition | null, boundary: number): State {
  const state = from?.state;
  if (typeof state === 'string')
    return { pooled: state === 'own' ? boundary : null, told: false, earlier: true };
  return typeof state === 'object' && state !== null ? (state as State) : start;
}

export const finetuneProcedure = defineProcedure(
  finetuneTraining,
  (trainer: FinetuneTrainer, settings, from) => {
    const { steps, batch } = trainer.training;
    const boundary = Math.round(settings.pooledShare * steps);
    const { earlier, ...state } = readState(from, boundary);
    let { pooled, told } = state;
    const frozen = earlier ? 'shared' : settings.frozen;
    const { parameters } = trainer.model;
    const cost = (taken: number): string => `${taken} steps (${formatCount(taken * batch)} rows)`;

    /** Trains what the phase trains. */
    function enter(): void {
      trainer.setTrainable(pooled === null ? pooledNames(parameters) : tunedNames(parameters, { frozen }));
    }

    async function* train(): AsyncGenerator<TrainingEvent, void, void> {
      enter();
      let exhausted = trainer.step > 0 ? yield* trainer.afterStep() : false;
      for (;;) {
        // What is left is for the copies, whether the pooled phase came to its end or to the end of its patience.
        if (
          pooled === null &&
          trainer.step < steps &&
          ((exhausted && !earlier) || trainer.step >= boundary)
        ) {
          pooled = trainer.step;
          const best = earlier ? pooled : trainer.beginPhase();
          exhausted = false;
          enter();
          yield {
            kind: 'message',
            step: pooled,
            text: `The pooled network took ${cost(pooled)}; each scenario now trains its own copy from step ${best}${earlier ? '' : ', its best'}.`,
          };
        }
        if ((exhausted && (pooled !== null || !earlier)) || trainer.stopping || trainer.step >= steps) break;
        trainer.train(trainer.nextBatch());
        exhausted = yield* trainer.afterStep();
      }
      if (pooled !== null && !told) {
        told = true;
        const text = `The pooled phase took ${cost(pooled)}, fine-tuning ${cost(trainer.step - pooled)}.`;
        yield { kind: 'message', step: trainer.step, text };
      }
      yield await trainer.finish(exhausted ? 'early-stop' : trainer.stopping ? 'stopped' : 'steps');
    }

    return {
      events: train(),
      position: () => ({ state: { pooled, told, earlier } satisfies State, arrays: {} }),
    };
  },
);
