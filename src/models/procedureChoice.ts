/** How a model says which procedure trains it. The procedures themselves stand in `training/procedures`. */

/** A procedure by its id, with the settings that it is to go by. */
export interface ProcedureChoice {
  readonly id: string;
  /** Of the type that the procedure's key names. */
  readonly settings: unknown;
}

/** A procedure's id with the type of the settings that it reads: a model chooses by it, the procedure is defined by it. */
export interface ProcedureKey<S> {
  readonly id: string;
  readonly choose: (settings: S) => ProcedureChoice;
}

export function procedureKey<S>(id: string): ProcedureKey<S> {
  return { id, choose: (settings) => ({ id, settings }) };
}

/** Shuffled mini-batches, nothing else: there is nothing to tell it. */
export const standardTraining = procedureKey<null>('standard');
export const standard = standardTraining.choose(null);
