/**
 * The one reduction of a run's events. The worker's record, the page's current run, a kept run and the command line are
 * all made from the `RunState` that it gives. Pure: a state is a snapshot, and what an event does not change stays the
 * same object.
 */
import { appendThinned, emptyThinned, replaceNewest, withoutLater } from './thinning';
import type { BackendInfo } from '../engine';
import { formatCount } from '../data/count';
import type { ProbeSpec } from '../models/definition';
import type { ProbeValue, RunData, TrainingEvent } from './events';
import { aucOfKind } from './metrics/aucKind';
import type { Ceilings, Metrics } from './metrics/types';
import type { RepresentationSample } from './representation/sample';
import type { HistoryPoint, LossPoint, RunRanges } from './runRecord';
import type { Thinned } from './thinning';
import type { TruthFigures } from './truth/names';

/** The value of one probe at one step. */
export interface ProbeFrame {
  readonly step: number;
  readonly value: ProbeValue;
}

export type DoneReason = Extract<TrainingEvent, { kind: 'done' }>['reason'];

/** All that a run's events say. Its name, its set-up and whether it is paused are its owner's to know. */
export interface RunState {
  readonly step: number;
  readonly backend: BackendInfo | null;
  /** Trained numbers of the model; null before it is built. */
  readonly parameters: number | null;
  /** Of the validation rows; once the run is done, of the test rows that `final` was computed from. */
  readonly ceilings: Ceilings | null;
  readonly probeSpecs: readonly ProbeSpec[];
  /** Null before the dataset is read. */
  readonly datasetTitle: string | null;
  readonly datasetFingerprint: string;
  readonly scenarios: RunData['scenarios'];
  readonly fields: RunData['fields'];
  readonly relatedness: RunData['relatedness'];
  /** Evaluations on validation rows. */
  readonly evaluations: Thinned<HistoryPoint>;
  readonly losses: Thinned<LossPoint>;
  /** Of every probe by its name. */
  readonly frames: ReadonlyMap<string, Thinned<ProbeFrame>>;
  readonly ranges: RunRanges;
  /** Hidden vectors of a sample of test rows with the final weights; null before the run's end. */
  readonly representation: RepresentationSample | null;
  /** Test metrics with the best weights; null before the run's end. */
  readonly final: Metrics | null;
  readonly bestStep: number | null;
  /** Test figures against the simulator's truth; null before the run's end, and where none were computed. */
  readonly truth: TruthFigures | null;
  readonly doneReason: DoneReason | null;
  /** What goes on while no step ends: compiling, a search, a refresh. Of the moment, so no record keeps it. */
  readonly activity: string | null;
}

export const emptyRunState: RunState = {
  step: 0,
  backend: null,
  parameters: null,
  ceilings: null,
  probeSpecs: [],
  datasetTitle: null,
  datasetFingerprint: '',
  scenarios: [],
  fields: [],
  relatedness: null,
  evaluations: emptyThinned(),
  losses: emptyThinned(),
  frames: new Map(),
  ranges: { noiseFree: null, drawn: null, losses: {} },
  representation: null,
  final: null,
  bestStep: null,
  truth: null,
  doneReason: null,
  activity: null,
};

/** Most evaluations, and most loss means, that are kept. */
const MAX_POINTS = 300;
/** Most frames of one probe, and most numbers in all of them: frames of large matrices are fewer. */
const MAX_FRAMES = 64;
const MAX_NUMBERS = 2_000_000;

/** What a phase says of itself: `Final metrics: 28 928 of 100 000`. */
function phaseText(name: string, done: number, total: number): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${formatCount(done)} of ${formatCount(total)}`;
}

/** The state after an event. */
export function reduceRun(state: RunState, event: TrainingEvent): RunState {
  switch (event.kind) {
    case 'compiling':
      return { ...state, activity: event.detail };
    case 'ready':
      return {
        ...goingOnFrom(state, event.step ?? Number.POSITIVE_INFINITY),
        activity: null,
        backend: event.backend,
        parameters: event.parameters,
        ceilings: event.ceilings,
        probeSpecs: event.probes,
        datasetTitle: event.data.title,
        datasetFingerprint: event.data.fingerprint,
        scenarios: event.data.scenarios,
        fields: event.data.fields,
        relatedness: event.data.relatedness,
        // A run that goes on is no longer at its end.
        final: null,
        bestStep: null,
        truth: null,
        doneReason: null,
        representation: null,
      };
    case 'step':
      return event.step === state.step ? state : { ...state, step: event.step };
    case 'loss':
      return withLoss(state, event.step, event.terms);
    case 'evaluation':
      return withFrames(
        event.split === 'validation' ? withEvaluation(state, event.step, event.metrics) : state,
        event.step,
        event.probes,
      );
    case 'procedure-probe':
      return withFrames(state, event.step, [event.probe]);
    case 'phase':
      return {
        ...state,
        activity: event.done >= event.total ? null : phaseText(event.name, event.done, event.total),
      };
    case 'message':
      return { ...state, activity: event.text };
    case 'representation':
      return { ...state, representation: event.sample };
    case 'done':
      return {
        ...withFrames(state, event.step, event.probes ?? []),
        step: event.step,
        final: event.final,
        bestStep: event.bestStep,
        truth: event.truth ?? null,
        doneReason: event.reason,
        ceilings: event.ceilings ?? state.ceilings,
        activity: null,
      };
  }
}

/** The state without what was told of steps that are taken anew. */
function goingOnFrom(state: RunState, step: number): RunState {
  const frames = [...state.frames].map(([name, frame]) => [name, withoutLater(frame, step)] as const);
  const changed = frames.some(([name, frame]) => frame !== state.frames.get(name));
  return {
    ...state,
    step: Math.min(state.step, step),
    evaluations: withoutLater(state.evaluations, step),
    losses: withoutLater(state.losses, step),
    frames: changed ? new Map(frames.filter(([, { points }]) => points.length > 0)) : state.frames,
  };
}

/** Adds one evaluation on validation rows. */
export function withEvaluation(state: RunState, step: number, metrics: Metrics): RunState {
  const { ranges } = state;
  const { scenarios } = metrics;
  const noiseFree = [metrics.domainNoiseFreeAuc, ...scenarios.map(({ noiseFreeAuc }) => noiseFreeAuc)];
  const drawn = [metrics.domainAuc, ...scenarios.map((one) => aucOfKind('drawn', one))];
  return {
    ...state,
    evaluations: withPoint(state.evaluations, { step, metrics }, MAX_POINTS),
    ranges: {
      ...ranges,
      noiseFree: widened(ranges.noiseFree, noiseFree),
      drawn: widened(ranges.drawn, drawn),
    },
  };
}

/** Adds the mean of each loss term; a term that is no number (a run that diverged) is undefined there. */
export function withLoss(state: RunState, step: number, means: LossPoint['terms']): RunState {
  const terms = Object.fromEntries(Object.entries(means).filter(([, mean]) => Number.isFinite(mean)));
  const losses = { ...state.ranges.losses };
  for (const [term, mean] of Object.entries(terms))
    losses[term] = widened(losses[term] ?? { min: mean, max: mean }, [mean]);
  return {
    ...state,
    losses: withPoint(state.losses, { step, terms }, MAX_POINTS),
    ranges: { ...state.ranges, losses },
  };
}

/** Adds what probes showed at a step; a second value of the same step takes the place of the first. */
export function withFrames(state: RunState, step: number, probes: readonly ProbeValue[]): RunState {
  if (probes.length === 0) return state;
  const frames = new Map(state.frames);
  for (const value of probes) {
    const before = frames.get(value.name) ?? emptyThinned<ProbeFrame>();
    const frame = { step, value };
    const limit = Math.max(2, Math.min(MAX_FRAMES, Math.floor(MAX_NUMBERS / value.values.length)));
    frames.set(value.name, withPoint(before, frame, limit));
  }
  return { ...state, frames };
}

/** Adds a point; a second one of the same step takes the place of the first. */
function withPoint<T extends { readonly step: number }>(
  history: Thinned<T>,
  point: T,
  limit: number,
): Thinned<T> {
  return history.points.at(-1)?.step === point.step
    ? replaceNewest(history, point)
    : appendThinned(history, point, limit);
}

type Range = RunRanges['losses'][string];

/** The range with more values in it; the same object where none of them lies outside. */
function widened<Before extends Range | null>(
  range: Before,
  values: readonly (number | null)[],
): Range | Before {
  let min = range?.min ?? Number.POSITIVE_INFINITY;
  let max = range?.max ?? Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max || (range?.min === min && range.max === max)) return range;
  return { min, max };
}
