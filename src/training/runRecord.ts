/** Everything needed to repeat and to show a run; one shape in memory, in IndexedDB, in an exported file and from `lab`. */
import type { BackendInfo, BackendRequest } from '../engine';
import type { AnySettings } from '../models/settings';
import type { ProbeSpec } from '../models/definition';
import type { ProbeValue, RunData } from './events';
import type { Ceilings, Metrics } from './metrics/types';
import type { RepresentationSample } from './representation/sample';
import type { TrainingSettings } from './settings';

/** The whole set-up of a run: what the address bar holds. */
export interface RunSetup {
  readonly model: string;
  /** All settings of the model, defaults filled in. */
  readonly settings: AnySettings;
  readonly training: TrainingSettings;
  readonly dataset: string;
  readonly seed: number;
  readonly backend: BackendRequest;
}

export interface HistoryPoint {
  readonly step: number;
  readonly metrics: Metrics;
}

export interface LossPoint {
  readonly step: number;
  readonly terms: Readonly<Record<string, number>>;
}

export interface KeptProbes {
  readonly step: number;
  readonly probes: readonly ProbeValue[];
}

export type RunStatus = 'running' | 'paused' | 'done' | 'stopped' | 'failed' | 'interrupted';

export interface RunTimings {
  /** Milliseconds from the command to the first finished step. */
  readonly firstStep: number | null;
  /** Milliseconds spent in training steps. */
  readonly training: number;
  /** Milliseconds spent in evaluations. */
  readonly evaluation: number;
  /** Median milliseconds of a step. */
  readonly step: number | null;
}

export interface RunRecord {
  readonly format: 'scenarium-run/1';
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: RunStatus;
  /** One sentence where the run failed, else null. */
  readonly failure: string | null;
  readonly setup: RunSetup;
  readonly datasetTitle: string;
  readonly datasetFingerprint: string;
  readonly scenarios: RunData['scenarios'];
  /** Fields that the model reads, in the order of a probe's `field` axis. */
  readonly fields: readonly string[];
  readonly relatedness: Float32Array | null;
  readonly backend: BackendInfo | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly step: number;
  readonly ceilings: Ceilings | null;
  readonly history: readonly HistoryPoint[];
  readonly losses: readonly LossPoint[];
  readonly probeSpecs: readonly ProbeSpec[];
  readonly probes: readonly KeptProbes[];
  /** Hidden vectors of a sample of test rows with the final weights; left out where the run did not end. */
  readonly representation?: RepresentationSample | null;
  /** Test figures with the best weights. */
  readonly final: Metrics | null;
  readonly bestStep: number | null;
  readonly timings: RunTimings;
}
