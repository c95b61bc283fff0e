/**
 * MAMDR (Luo et al., ICDE 2023, Algorithms 1 to 3). A round: the shared weights train on every scenario's rows in a shuffled order and
 * go part of the way to where that led (domain negotiation); then each scenario's own weights, with the shared ones beneath, train on
 * a helper's rows and on its own, and go part of that way (domain regularisation). One Adam runs through everything.
 */
import { mamdrTraining } from '../../../models/baselines/mamdr';
import { streamSeed } from '../../../engine';
import { batchOrder } from '../../sampling';
import { defineProcedure, type ProcedurePosition } from '../../procedure';
import { actionsOf, drawRound, type Action } from './rounds';
import { createWeights } from './weights';
import type { HostBatch } from '../../../data/batches';
import type { TrainingEvent } from '../../events';
import type { Trainer, TrainingLoop } from '../../trainer';

type MamdrTrainer = TrainingLoop &
  Pick<Trainer, 'model' | 'dataset' | 'trainingRows' | 'layout' | 'seed' | 'readBatch'>;

interface State {
  readonly round: number;
  /** Actions of the round that are done. */
  readonly done: number;
  /** Batches drawn of each scenario. */
  readonly drawn: readonly number[];
}

const start: State = { round: 0, done: 0, drawn: [] };

const stateOf = (from: ProcedurePosition | null): State =>
  typeof from?.state === 'object' && from.state !== null ? (from.state as State) : start;

/** Row N of an id's, which trains, in the place of the row that serves the scenario. */
export function trainingIds({ ids, scenario, layout }: HostBatch, scenarios: number): Int32Array {
  return ids.map((id, i) => (id === 0 ? 0 : id + scenarios - scenario[Math.floor(i / layout.width)]!));
}

export const mamdrProcedure = defineProcedure(mamdrTraining, (trainer: MamdrTrainer, settings, from) => {
  const { dataset, layout, seed, training } = trainer;
  const scenarios = dataset.scenarios.length;
  const weights = createWeights(trainer.model, scenarios);
  const rowsOf = Array.from({ length: scenarios }, (_, n) =>
    trainer.trainingRows.filter((row) => dataset.scenario[row] === n),
  );
  const present = rowsOf.flatMap((rows, n) => (rows.length > 0 ? [n] : []));
  const orders = rowsOf.map((rows, n) =>
    rows.length > 0 ? batchOrder(rows, layout.batch, streamSeed(seed, `mamdr ${n}`)) : null,
  );
  const state = stateOf(from);
  let { round, done } = state;
  const drawn = Array.from({ length: scenarios }, (_, n) => state.drawn[n] ?? 0);

  const actions = (): readonly Action[] => {
    const helpers = settings.regularisation ? settings.helpers : 0;
    const drawnRound = drawRound(streamSeed(seed, 'mamdr'), round, present, scenarios, helpers);
    return actionsOf(drawnRound, (n) => Math.min(settings.visit, orders[n]?.perEpoch ?? 0));
  };

  function trainOn(scenario: number): void {
    const rows = orders[scenario]!.rows(drawn[scenario]!++);
    const batch = trainer.readBatch(rows);
    trainer.train({ ...batch, ids: trainingIds(batch, scenarios) });
  }

  async function* train(): AsyncGenerator<TrainingEvent, void, void> {
    let exhausted = trainer.step > 0 ? yield* trainer.afterStep() : false;
    let todo = actions();
    while (!exhausted && !trainer.stopping && trainer.step < training.steps) {
      if (done >= todo.length) {
        round++;
        done = 0;
        todo = actions();
      }
      const action = todo[done++]!;
      if (action.kind === 'load') weights.load(action.from);
      else if (action.kind === 'moveShared')
        weights.moveShared(settings.negotiation ? settings.outerRate : 1);
      else if (action.kind === 'moveOwn') weights.moveOwn(action.scenario, settings.helperRate);
      else {
        trainOn(action.scenario);
        exhausted = yield* trainer.afterStep();
      }
    }
    yield await trainer.finish(exhausted ? 'early-stop' : trainer.stopping ? 'stopped' : 'steps');
  }

  return {
    events: train(),
    position: () => ({ state: { round, done, drawn: [...drawn] } satisfies State, arrays: {} }),
  };
});
