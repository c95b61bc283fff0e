/** Everything needed to repeat and to show a run; one shape in memory, in IndexedDB, in an exported file and from `lab`. */
import type { BackendInfo, BackendRequest } from '../engine';
import type { AnySettings } from '../models/settings';
import type { ProbeSpec } from '../models/definition';
import type { ProbeValue, RunData } from './events';
import type { Ceilings, Metrics } from './metrics/types';
import type { RepresentationSample } from './representation/sample';
import type { TrainingSettings } from './settings';
import type { TruthFigures } from './truth/names';

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

/** Smallest and largest value that a run ever showed, also of points that went: axes made from it never jump back. */
export interface RunRanges {
  /** Noise-free AUC of any scenario and of their mean; null before one is defined. */
  readonly noiseFree: Range | null;
  /** The same of the AUC against drawn labels. */
  readonly drawn: Range | null;
  /** By loss term. */
  readonly losses: Readonly<Record<string, Range>>;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** How far a history was thinned, see `Thinned`. */
export interface Spacing {
  readonly seen: number;
  readonly stride: number;
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
  /** Milliseconds of scoring all test rows, metrics and probes left out; left out before the run's end, and by earlier versions. */
  readonly inference?: number;
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
  /** Test metrics with the best weights. */
  readonly final: Metrics | null;
  readonly bestStep: number | null;
  /** Test figures against the simulator's truth, by name; left out before the run's end, where no truth is known, and by earlier versions. */
  readonly truth?: TruthFigures | null;
  readonly timings: RunTimings;
  /** Why the run ended, null before; left out by earlier versions. */
  readonly doneReason?: 'steps' | 'early-stop' | 'stopped' | null;
  /** Trained numbers of the model; left out by earlier versions. */
  readonly parameters?: number | null;
  /** How `history`, `losses` and every probe were thinned; left out by earlier versions, which kept all evaluations. */
  readonly thinning?: {
    readonly history: Spacing;
    readonly losses: Spacing;
    readonly probes: Readonly<Record<string, Spacing>>;
    readonly ranges: RunRanges;
  };
}
