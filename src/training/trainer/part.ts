/** Parts of the trainer that remember where they stand. */

/** Where a part stands between two steps. */
export interface PartPosition<State extends object> {
  /** JSON values only. Names are unique over all parts: a checkpoint holds them side by side. */
  readonly state: State;
  /** Named likewise. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

export interface Part<State extends object> {
  position(): Promise<PartPosition<State>>;
  /** Takes its own names of a trainer's whole position. @throws RangeError where arrays belong to another model */
  restorePosition(position: PartPosition<State>): void;
}
