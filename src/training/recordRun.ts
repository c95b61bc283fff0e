/** Between a run's state and its record: what is kept of a run, and the state that a kept run gives back. */
import { emptyRunState, withEvaluation, withFrames, withLoss } from './reduceRun';
import type { ProbeFrame, RunState } from './reduceRun';
import type { ProbeValue } from './events';
import type { KeptProbes, RunRecord, RunSetup, RunStatus, RunTimings, Spacing } from './runRecord';
import type { Thinned } from './thinning';

/** What a run's owner knows beside its events. */
export interface RunOwner {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly setup: RunSetup;
  readonly versions: Readonly<Record<string, string>>;
  readonly status: RunStatus;
  /** One sentence where the run failed, else null. */
  readonly failure: string | null;
  readonly timings: RunTimings;
}

export const noTimings: RunTimings = { firstStep: null, training: 0, evaluation: 0, step: null };

/** Times of a run that was gone on with: those before and those since. */
export function addTimings(before: RunTimings, since: RunTimings): RunTimings {
  return {
    firstStep: before.firstStep ?? since.firstStep,
    training: before.training + since.training,
    evaluation: before.evaluation + since.evaluation,
    step: since.step ?? before.step,
    // A run that goes on scores its test rows anew.
    ...(since.inference !== undefined && { inference: since.inference }),
  };
}

/** Under which status a run that ended is kept. */
export function endStatus({ doneReason }: Pick<RunState, 'doneReason'>): RunStatus {
  return doneReason === 'stopped' ? 'stopped' : 'done';
}

const spacing = ({ seen, stride }: Thinned<unknown>): Spacing => ({ seen, stride });

/** Frames of all probes by step. */
function keptProbes(frames: RunState['frames']): readonly KeptProbes[] {
  const bySteps = new Map<number, ProbeValue[]>();
  for (const { points } of frames.values()) {
    for (const { step, value } of points) {
      const there = bySteps.get(step);
      if (there) there.push(value);
      else bySteps.set(step, [value]);
    }
  }
  return [...bySteps].sort(([a], [b]) => a - b).map(([step, probes]) => ({ step, probes }));
}

/** The record of a run as it stands. */
export function recordOfRun(state: RunState, owner: RunOwner): RunRecord {
  return {
    format: 'scenarium-run/1',
    id: owner.id,
    name: owner.name,
    createdAt: owner.createdAt,
    status: owner.status,
    failure: owner.failure,
    setup: owner.setup,
    datasetTitle: state.datasetTitle ?? owner.setup.dataset,
    datasetFingerprint: state.datasetFingerprint,
    scenarios: state.scenarios,
    fields: state.fields,
    relatedness: state.relatedness,
    backend: state.backend,
    versions: owner.versions,
    step: state.step,
    ceilings: state.ceilings,
    history: state.evaluations.points,
    losses: state.losses.points,
    probeSpecs: state.probeSpecs,
    probes: keptProbes(state.frames),
    ...(state.representation && { representation: state.representation }),
    final: state.final,
    bestStep: state.bestStep,
    ...(state.truth && { truth: state.truth }),
    timings: owner.timings,
    doneReason: state.doneReason,
    parameters: state.parameters,
    thinning: {
      history: spacing(state.evaluations),
      losses: spacing(state.losses),
      probes: Object.fromEntries([...state.frames].map(([name, frames]) => [name, spacing(frames)])),
      ranges: state.ranges,
    },
  };
}

/** The state of a kept run. Long histories of earlier versions, which kept every evaluation, are thinned here. */
export function stateOfRecord(record: RunRecord): RunState {
  const state: RunState = {
    ...emptyRunState,
    step: record.step,
    backend: record.backend,
    parameters: record.parameters ?? null,
    ceilings: record.ceilings,
    probeSpecs: record.probeSpecs,
    datasetTitle: record.datasetTitle,
    datasetFingerprint: record.datasetFingerprint,
    scenarios: record.scenarios,
    fields: record.fields,
    relatedness: record.relatedness,
    representation: record.representation ?? null,
    final: record.final,
    bestStep: record.bestStep,
    truth: record.truth ?? null,
    doneReason: record.doneReason ?? null,
  };
  return record.thinning ? asKept(state, record, record.thinning) : asFirstSeen(state, record);
}

function asKept(state: RunState, record: RunRecord, thinning: NonNullable<RunRecord['thinning']>): RunState {
  // In the order in which the probes first came, which the spacings keep.
  const frames = new Map<string, ProbeFrame[]>(Object.keys(thinning.probes).map((name) => [name, []]));
  for (const { step, probes } of record.probes)
    for (const value of probes) frames.get(value.name)?.push({ step, value });
  return {
    ...state,
    evaluations: { points: record.history, ...thinning.history },
    losses: { points: record.losses, ...thinning.losses },
    frames: new Map(
      Object.entries(thinning.probes).map(([name, spaced]) => [
        name,
        { points: frames.get(name) ?? [], ...spaced },
      ]),
    ),
    ranges: thinning.ranges,
  };
}

function asFirstSeen(empty: RunState, { history, losses, probes }: RunRecord): RunState {
  let state = empty;
  for (const { step, metrics } of history) state = withEvaluation(state, step, metrics);
  for (const { step, terms } of losses) state = withLoss(state, step, terms);
  for (const kept of probes) state = withFrames(state, kept.step, kept.probes);
  return state;
}
