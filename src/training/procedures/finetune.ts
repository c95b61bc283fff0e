/** Fine-tuning: the pooled network first, then only what belongs to one scenario, each row its own. */
import { finetuneTraining, ownNames, pooledNames } from '../../models/baselines/finetune';
import type { TrainingEvent } from '../events';
import { defineProcedure, type ProcedurePosition } from '../procedure';
import type { Trainer, TrainingLoop } from '../trainer';

type FinetuneTrainer = TrainingLoop & Pick<Trainer, 'model' | 'setTrainable' | 'resetPatience'>;

type Phase = 'pooled' | 'own';

function readPhase(from: ProcedurePosition | null): Phase {
  return from?.state === 'own' ? 'own' : 'pooled';
}

export const finetuneProcedure = defineProcedure(
  finetuneTraining,
  (trainer: FinetuneTrainer, { pooledShare }, from) => {
    let phase = readPhase(from);
    const boundary = Math.round(pooledShare * trainer.training.steps);

    function enter(next: Phase): void {
      phase = next;
      const { parameters } = trainer.model;
      trainer.setTrainable(next === 'pooled' ? pooledNames(parameters) : ownNames(parameters));
    }

    async function* train(): AsyncGenerator<TrainingEvent, void, void> {
      enter(phase);
      let exhausted = trainer.step > 0 ? yield* trainer.afterStep() : false;
      // Patience ends the run in the second phase only: the first is there to be built upon.
      while (
        (!exhausted || phase === 'pooled') &&
        !trainer.stopping &&
        trainer.step < trainer.training.steps
      ) {
        if (phase === 'pooled' && trainer.step >= boundary) {
          enter('own');
          trainer.resetPatience();
          yield {
            kind: 'message',
            step: trainer.step,
            text: 'The pooled network stands; each scenario now trains its own copy.',
          };
        }
        trainer.train(trainer.nextBatch());
        exhausted = yield* trainer.afterStep();
      }
      yield await trainer.finish(
        exhausted && phase === 'own' ? 'early-stop' : trainer.stopping ? 'stopped' : 'steps',
      );
    }

    return { events: train(), position: () => ({ state: phase, arrays: {} }) };
  },
);
