/** A run as pictures see it, whether it trains now or was kept: one shape, so every picture draws both. */
import type { ProbeValue } from '../../training/events';
import type { Metrics } from '../../training/metrics/types';
import { stateOfRecord } from '../../training/recordRun';
import type { ProbeFrame, RunState } from '../../training/reduceRun';
import type { RunRecord, RunSetup, RunStatus, RunTimings } from '../../training/runRecord';
import type { SessionState } from '../../workers/protocol';

/** What is known of a run beside its events. */
export interface RunSession {
  /** Null before the first run. */
  readonly id: string | null;
  readonly name: string;
  readonly setup: RunSetup;
  /** True of the run that the page trains, false of a kept one. */
  readonly current: boolean;
  readonly state: SessionState;
  /** Null before a run was kept or is done. */
  readonly status: RunStatus | null;
  readonly steps: number;
  readonly failure: string | null;
  /** Of a kept run. */
  readonly timings?: RunTimings;
}

/** A snapshot: what did not change since the last one is the same object. */
export interface RunView extends RunSession, Omit<RunState, 'datasetTitle'> {
  readonly datasetTitle: string;
  /** Figures of the last evaluation on validation rows. */
  readonly latest: Metrics | null;
}

export function viewOfRun(state: RunState, session: RunSession): RunView {
  return {
    ...state,
    ...session,
    datasetTitle: state.datasetTitle ?? session.setup.dataset,
    latest: state.evaluations.points.at(-1)?.metrics ?? null,
  };
}

/** A comparison of snapshots that finds them the same where they differ in nothing but these parts. */
export function sameBut(...parts: readonly (keyof RunView)[]): (before: RunView, now: RunView) => boolean {
  return (before, now) => {
    const keys = Object.keys(now) as (keyof RunView)[];
    return (
      keys.length === Object.keys(before).length &&
      keys.every((key) => parts.includes(key) || Object.is(before[key], now[key]))
    );
  };
}

const STATES: Record<RunStatus, SessionState> = {
  running: 'training',
  paused: 'paused',
  done: 'done',
  stopped: 'done',
  failed: 'failed',
  interrupted: 'paused',
};

/** A kept run, ready to be drawn. */
export function viewOfRecord(record: RunRecord): RunView {
  return viewOfRun(stateOfRecord(record), {
    id: record.id,
    name: record.name,
    setup: record.setup,
    current: false,
    state: STATES[record.status],
    status: record.status,
    steps: record.setup.training.steps,
    failure: record.failure,
    timings: record.timings,
  });
}

const NONE: readonly ProbeFrame[] = [];

/** What a probe showed over the run; empty where it has shown nothing yet. The same list until a frame is added. */
export function framesOf({ frames }: Pick<RunView, 'frames'>, probe: string): readonly ProbeFrame[] {
  return frames.get(probe)?.points ?? NONE;
}

/** The number at a flat index, `null` where undefined. */
export function probeAt(value: ProbeValue, index: number): number | null {
  if (value.defined[index] !== 1) return null;
  const number = value.values[index];
  return number === undefined || !Number.isFinite(number) ? null : number;
}
