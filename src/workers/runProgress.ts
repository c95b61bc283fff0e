/** What is kept of a run that goes on, every few seconds: what changed since the last time, and nothing twice. */
import type { TrainingEvent } from '../training/events';
import type { RunPosition } from '../training/checkpoint/checkpoint';
import type { RunRecord, RunStatus, RunTimings } from '../training/runRecord';
import type { Durability } from './durability';

/** Arrays of a position that change together: weights and moments with every step, the best weights with some evaluations. */
export type PositionPart = 'trainer' | 'best' | 'procedure';

export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

export interface RunProgress {
  readonly run: string;
  readonly status: RunStatus;
  readonly step: number;
  readonly timings: RunTimings;
  /** The whole record, where what is kept is not the one that `events` follow; else null. */
  readonly record: RunRecord | null;
  /** Since the record, or since what was kept last; steps are left out. */
  readonly events: readonly TrainingEvent[];
  /** So many events since the record must be kept already. */
  readonly after: number;
  readonly trainer: RunPosition['trainer']['state'];
  readonly procedure: unknown;
  /** Parts that changed; what is left out stays as it was kept. */
  readonly arrays: Readonly<Partial<Record<PositionPart, Arrays>>>;
  readonly durability: Durability;
}

/** A position as it is kept. */
export interface StoredPosition extends Pick<
  RunProgress,
  'status' | 'step' | 'timings' | 'trainer' | 'procedure'
> {
  /** So many events are kept beside the record. */
  readonly events: number;
  /** The record at this position, where the run's own tells of later. */
  readonly record?: RunRecord;
}
