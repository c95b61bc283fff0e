/** A run as pictures see it, whether it is training now or was kept: one shape, so every picture draws both. */
import type { BackendInfo } from '../../engine';
import type { ProbeSpec } from '../../models/definition';
import type { RunData, TrainingEvent } from '../../training/events';
import type { Ceilings, Metrics, ScenarioMetrics } from '../../training/metrics/types';
import type { RunRecord, RunSetup, RunStatus } from '../../training/runRecord';
import type { RepresentationSample, SessionState } from '../../workers/protocol';
import { Film } from './film';
import { Trace } from './trace';

/** A figure of a scenario over steps: `auc/2` is the AUC of scenario 2. */
export type ScenarioSeries = 'auc' | 'noiseFreeAuc' | 'interestAuc' | 'logLoss' | 'calibration';
const PER_SCENARIO: readonly ScenarioSeries[] = [
  'auc',
  'noiseFreeAuc',
  'interestAuc',
  'logLoss',
  'calibration',
];

export function seriesName(figure: ScenarioSeries, scenario: number): string {
  return `${figure}/${scenario}`;
}

export interface RunView {
  /** Null before the first run. */
  readonly id: string | null;
  readonly name: string;
  readonly setup: RunSetup;
  /** True while this run's ticks arrive. */
  readonly current: boolean;
  readonly state: SessionState;
  readonly status: RunStatus | null;
  readonly step: number;
  readonly steps: number;
  readonly scenarios: RunData['scenarios'];
  readonly fields: readonly string[];
  readonly relatedness: Float32Array | null;
  readonly datasetTitle: string;
  readonly ceilings: Ceilings | null;
  readonly backend: BackendInfo | null;
  readonly parameters: number | null;
  readonly probeSpecs: readonly ProbeSpec[];
  readonly metrics: Trace;
  readonly losses: Trace;
  readonly film: Film;
  /** Hidden vectors of a sample of test rows with the final weights; null before the run's end. */
  readonly representation: RepresentationSample | null;
  readonly latest: Metrics | null;
  readonly final: Metrics | null;
  readonly bestStep: number | null;
  readonly doneReason: 'steps' | 'early-stop' | 'stopped' | null;
  readonly failure: string | null;
  /** What the worker does while no step ends: compiling, a search, a refresh. */
  readonly activity: string | null;
  /** Grows with every change of the mutable parts above. */
  readonly version: number;
}

export interface Histories {
  readonly metrics: Trace;
  readonly losses: Trace;
  readonly film: Film;
}

export function emptyHistories(): Histories {
  return { metrics: new Trace(), losses: new Trace(), film: new Film() };
}

/** All figures of an evaluation by series name. */
function metricSeries(metrics: Metrics): Record<string, number | null> {
  const values: Record<string, number | null> = {
    domainAuc: metrics.domainAuc,
    domainNoiseFreeAuc: metrics.domainNoiseFreeAuc,
    overallAuc: metrics.overall.auc,
    overallNoiseFreeAuc: metrics.overall.noiseFreeAuc,
    overallLogLoss: metrics.overall.logLoss,
  };
  metrics.scenarios.forEach((scenario: ScenarioMetrics, s) => {
    for (const figure of PER_SCENARIO) values[seriesName(figure, s)] = scenario[figure];
  });
  return values;
}

/** Writes an event's numbers into the histories; events without numbers change nothing. */
export function remember(histories: Histories, event: TrainingEvent): void {
  switch (event.kind) {
    case 'loss':
      histories.losses.push(event.step, event.terms);
      break;
    case 'evaluation':
      if (event.split === 'validation') histories.metrics.push(event.step, metricSeries(event.metrics));
      for (const probe of event.probes) histories.film.add(event.step, probe);
      break;
    case 'procedure-probe':
      histories.film.add(event.step, event.probe);
      break;
    case 'compiling':
    case 'ready':
    case 'step':
    case 'phase':
    case 'message':
    case 'representation':
      break;
    case 'done':
      // As in the record: a finished run's pictures are of the rows and weights that its figures are of.
      for (const probe of event.probes ?? []) histories.film.add(event.step, probe);
      break;
    default:
      event satisfies never;
  }
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
  const histories = emptyHistories();
  for (const { step, metrics } of record.history) histories.metrics.push(step, metricSeries(metrics));
  for (const { step, terms } of record.losses) histories.losses.push(step, terms);
  for (const { step, probes } of record.probes) for (const probe of probes) histories.film.add(step, probe);
  return {
    id: record.id,
    name: record.name,
    setup: record.setup,
    current: false,
    state: STATES[record.status],
    status: record.status,
    step: record.step,
    steps: record.setup.training.steps,
    scenarios: record.scenarios,
    fields: record.fields,
    relatedness: record.relatedness,
    datasetTitle: record.datasetTitle,
    ceilings: record.ceilings,
    backend: record.backend,
    parameters: null,
    probeSpecs: record.probeSpecs,
    ...histories,
    representation: record.representation ?? null,
    latest: record.history.at(-1)?.metrics ?? null,
    final: record.final,
    bestStep: record.bestStep,
    doneReason: null,
    failure: record.failure,
    activity: null,
    version: 0,
  };
}
