/** What a training run tells while it goes. Every event is structured-cloneable; a worker forwards it as it is. */
import type { BackendInfo } from '../engine';
import type { ProbeSpec } from '../models/definition';
import type { Ceilings, Metrics } from './metrics/types';
import type { RepresentationSample } from './representation/sample';
import type { TruthFigures } from './truth/names';

/** What pictures need to know of the data that a run trains on. */
export interface RunData {
  readonly title: string;
  readonly fingerprint: string;
  /** Training rows. */
  readonly rows: number;
  readonly scenarios: readonly {
    readonly id: string;
    readonly name: string;
    readonly group: string | null;
    readonly share: number;
    readonly clickRate: number;
  }[];
  /** Names of the fields that the model reads, in the order of a probe's `field` axis. */
  readonly fields: readonly string[];
  /** True relatedness of scenarios `[N * N]`, or null where unknown. */
  readonly relatedness: Float32Array | null;
}

/** A probe's value read back to the host: row-major, NaN never appears (undefined cells are in `defined`). */
export interface ProbeValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** 1 where a value is defined `[values.length]`. */
  readonly defined: Uint8Array;
}

export type TrainingEvent =
  /** First pipelines compile; `detail` is shown. */
  | { readonly kind: 'compiling'; readonly detail: string }
  | {
      readonly kind: 'ready';
      /** Where the run begins or goes on: what was told of later steps no longer holds. Absent in runs of earlier versions. */
      readonly step?: number;
      readonly backend: BackendInfo;
      readonly parameters: number;
      readonly ceilings: Ceilings;
      /** The built model's probes: every picture of its inside is drawn from these. */
      readonly probes: readonly ProbeSpec[];
      readonly data: RunData;
    }
  /** A step was issued. Carries no values: those are read back at evaluations. */
  | { readonly kind: 'step'; readonly step: number }
  /** Mean of each loss term since the last such event. */
  | { readonly kind: 'loss'; readonly step: number; readonly terms: Readonly<Record<string, number>> }
  | {
      readonly kind: 'evaluation';
      readonly step: number;
      readonly split: 'validation' | 'test';
      readonly metrics: Metrics;
      readonly probes: readonly ProbeValue[];
    }
  /** Progress of a phase inside a procedure, e.g. AREAD's mask search. */
  | {
      readonly kind: 'phase';
      readonly step: number;
      readonly name: string;
      readonly done: number;
      readonly total: number;
    }
  /** Probes that a procedure makes outside evaluations (mask search scores, coefficients). */
  | { readonly kind: 'procedure-probe'; readonly step: number; readonly probe: ProbeValue }
  /** Hidden vectors of a sample of test rows with the final weights, just before `done`. */
  | { readonly kind: 'representation'; readonly step: number; readonly sample: RepresentationSample }
  | {
      readonly kind: 'message';
      readonly step: number;
      readonly text: string;
      /** Must be seen, also once the run is over. */
      readonly alarm?: true;
    }
  | {
      readonly kind: 'done';
      readonly step: number;
      readonly reason: 'steps' | 'early-stop' | 'stopped';
      readonly bestStep: number;
      readonly final: Metrics;
      /** Ceilings and probes of the rows and weights that `final` was computed from. */
      readonly ceilings?: Ceilings;
      readonly probes?: readonly ProbeValue[];
      /** Test figures that need the simulator's truth, by name; left out where they were not asked for or no truth is known. */
      readonly truth?: TruthFigures;
    };
