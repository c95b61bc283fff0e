/**
 * What the page and the lab worker say to each other. Commands go through one comlink object (`LabWorker`); events come
 * back batched, one `Tick` message at a time, on one port held for the worker's life.
 */
import type { RunId } from './runId';
import type { TrainingEvent } from '../training/events';
import type { RunRecord, RunSetup } from '../training/runRecord';

export type { RunId };

export type SessionState = 'ready' | 'compiling' | 'training' | 'paused' | 'done' | 'failed';

/** Live figures of the status line. */
export interface Vitals {
  readonly step: number;
  readonly steps: number;
  /** Rows a second over the last second of training. */
  readonly samplesPerSecond: number | null;
  /** Seconds to the last step at the present speed. */
  readonly secondsLeft: number | null;
  readonly tensors: number;
  readonly bytes: number;
}

/** At most one message a tick (about five a second). `sequence` grows by one; a gap or an old run id is dropped by the page. */
export interface Tick {
  readonly run: RunId;
  readonly sequence: number;
  readonly state: SessionState;
  readonly vitals: Vitals;
  readonly events: readonly TrainingEvent[];
  /** One sentence when `state` is `failed`. */
  readonly failure: string | null;
}

export interface SimulateRequest {
  readonly twin: string;
  readonly size: 'small' | 'medium' | 'large';
  readonly seed: number;
  /** Simulator knobs that differ from the twin's. */
  readonly knobs: Readonly<Record<string, number>>;
}

export interface LabWorker {
  /** Hands over the port for ticks; once. */
  connect(port: MessagePort): void;
  /** Starts a run; a run under way is stopped first. Resolves when the run is accepted (not when it is done). */
  train(
    run: RunId,
    setup: RunSetup,
    options: { readonly startPaused: boolean; readonly from: Uint8Array | null },
  ): Promise<void>;
  pause(run: RunId): Promise<void>;
  resume(run: RunId): Promise<void>;
  /** One training step, then paused. */
  step(run: RunId): Promise<void>;
  /** Ends the run with the best weights restored and the final figures computed. */
  stop(run: RunId): Promise<void>;
  /** Drops the run and frees its memory. */
  reset(run: RunId): Promise<void>;
  /** The run as it stands, for keeping. */
  record(run: RunId): Promise<RunRecord>;
  /** Weights as a safetensors file. */
  weights(run: RunId): Promise<Uint8Array>;
  /** Everything needed to go on later (weights, optimiser, generator and procedure position), valid while paused or done. */
  checkpoint(run: RunId): Promise<Uint8Array>;
}
