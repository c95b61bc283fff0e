/** What a session knows of its one run. */
import { createRecorder } from '../training/recorder';
import { defaultRunName } from '../training/run';
import { versions } from '../training/versions';
import { Mutex } from './mutex';
import { Speedometer } from './vitals';
import type { TrainingEvent } from '../training/events';
import type { Run } from '../training/run';
import type { RunRecord, RunSetup, RunStatus } from '../training/runRecord';
import type { RunId, SessionState, TrainOptions } from './protocol';

export interface Live {
  readonly id: RunId;
  readonly setup: RunSetup;
  readonly options: TrainOptions;
  /** Held while an event is pulled, and by whoever reads weights. */
  readonly lock: Mutex;
  /** Held while the run is written to storage. */
  readonly keeping: Mutex;
  readonly speed: Speedometer;
  /** Built from kept weights to be looked at; never trains and is not kept anew. */
  readonly shown: boolean;
  run: Run | null;
  state: SessionState;
  failure: string | null;
  /** What the next event meets. `step`: go on to the end of one step, its evaluation included. */
  wanted: 'run' | 'pause' | 'step';
  /** Whether the step that `wanted: 'step'` asks for was taken. */
  stepped: boolean;
  stopAsked: boolean;
  dropped: boolean;
  step: number;
  sequence: number;
  pending: TrainingEvent[];
  tickedAt: number;
  keptAt: number;
  /** The last attempt to keep the run failed. */
  unkept: boolean;
  /** Wakes the loop that waits in a pause. */
  wake: (() => void) | null;
  /** Told at the next change of state. */
  waiting: (() => void)[];
  loop: Promise<void>;
}

/** A run that was just accepted. */
export function newLive(id: RunId, setup: RunSetup, options: TrainOptions, shown: boolean): Live {
  return {
    id,
    setup,
    options,
    lock: new Mutex(),
    keeping: new Mutex(),
    speed: new Speedometer(),
    shown,
    run: null,
    state: 'compiling',
    failure: null,
    wanted: options.startPaused ? 'pause' : 'run',
    stepped: false,
    stopAsked: false,
    dropped: false,
    step: 0,
    sequence: 0,
    pending: [],
    tickedAt: 0,
    keptAt: performance.now(),
    unkept: false,
    wake: null,
    waiting: [],
    loop: Promise.resolve(),
  };
}

/** Under which status a run is kept as it stands. */
export function statusOf({ state, run }: Live): RunStatus {
  switch (state) {
    case 'done':
      return run?.trainer.stopping ? 'stopped' : 'done';
    case 'failed':
      return 'failed';
    case 'paused':
      return 'paused';
    case 'ready':
    case 'compiling':
    case 'training':
      return 'running';
  }
}

/** The run's record; of one that is not built yet, its set-up alone. */
export function recordOf(live: Live, status: RunStatus): RunRecord {
  if (live.run) return live.run.record(status, live.failure);
  const recorder = createRecorder({
    id: live.id,
    name: live.options.name ?? defaultRunName(live.setup),
    createdAt: new Date().toISOString(),
    setup: live.setup,
    versions,
  });
  return recorder.record(status, live.failure, { firstStep: null, training: 0, evaluation: 0, step: null });
}
