/** Shuffled mini-batches to the last step, to early stopping, or until someone stops the run. */
import { standardTraining } from '../../models/procedureChoice';
import type { TrainingEvent } from '../events';
import { defineProcedure, type ProcedurePosition } from '../procedure';
import type { TrainingLoop } from '../trainer';

async function* train(trainer: TrainingLoop): AsyncGenerator<TrainingEvent, void, void> {
  // A run that goes on may have stopped between a step and its evaluation.
  let exhausted = trainer.step > 0 ? yield* trainer.afterStep() : false;
  while (!exhausted && !trainer.stopping && trainer.step < trainer.training.steps) {
    trainer.train(trainer.nextBatch());
    exhausted = yield* trainer.afterStep();
  }
  yield await trainer.finish(exhausted ? 'early-stop' : trainer.stopping ? 'stopped' : 'steps');
}

/** The trainer's own position says all: which batch comes next and which step was evaluated. */
const nowhere: ProcedurePosition = { state: null, arrays: {} };

export const standardProcedure = defineProcedure(standardTraining, (trainer) => ({
  events: train(trainer),
  position: () => nowhere,
}));
