/** How a model is trained. */
import type { ProcedureKey } from '../models/procedureChoice';
import type { TrainingEvent } from './events';
import type { Trainer } from './trainer';

/**
 * Where a procedure stands, as plain data and tensors' values, so that a run can pause, reload and go on to the same
 * numbers as an uninterrupted one.
 */
export interface ProcedurePosition {
  /** JSON values only. */
  readonly state: unknown;
  /** Arrays that JSON would bloat (masks, snapshots, coefficient tables). */
  readonly arrays: Readonly<Record<string, Float32Array | Int32Array>>;
}

/** `position()` is valid whenever the generator is suspended at a yield. */
export interface StartedProcedure {
  readonly events: AsyncGenerator<TrainingEvent, void, void>;
  position(): ProcedurePosition;
}

export interface Procedure {
  readonly id: string;
  /** Starts, or goes on from a position. Yields after every step and at every safe point; pausing is not pulling. */
  start(trainer: Trainer, from: ProcedurePosition | null): StartedProcedure;
}

/** A procedure that has not been told its settings yet. */
export interface ProcedureDefinition {
  readonly id: string;
  /** @param settings what the procedure's key chose it with */
  configure(settings: unknown): Procedure;
}

/** Defines the procedure of a key. The type of its settings is checked here and forgotten for the list of procedures. */
export function defineProcedure<S>(
  { id }: ProcedureKey<S>,
  start: (trainer: Trainer, settings: S, from: ProcedurePosition | null) => StartedProcedure,
): ProcedureDefinition {
  return {
    id,
    configure: (settings) => ({
      id,
      // The key's `choose`, the one maker of choices of this id, took them as S.
      start: (trainer, from) => start(trainer, settings as S, from),
    }),
  };
}
