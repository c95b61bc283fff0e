/** How a model is trained. */
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

export interface Procedure {
  readonly id: string;
  /**
   * Starts, or goes on from a position. Yields after every step and at every safe point; pausing is not pulling.
   * `position()` of the returned run is valid whenever the generator is suspended at a yield.
   */
  start(
    trainer: Trainer,
    from: ProcedurePosition | null,
  ): { readonly events: AsyncGenerator<TrainingEvent, void, void>; position(): ProcedurePosition };
}
