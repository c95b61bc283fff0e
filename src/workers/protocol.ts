/**
 * What the page and its workers say to each other. Every command is written here once, as a method of its worker's
 * interface; the client's methods are made from these types. A run's events come back batched, one `Tick` message at a
 * time, on one port held for the worker's life.
 *
 * The training worker trains. The data worker reads, imports and simulates, so that a million rows can be made while a run
 * goes on, and what takes long has a worker of its own, so that cancelling is ending it. Both find datasets by id: the samples by address, the rest in IndexedDB.
 */
import type { RunId } from './runId';
import type { DatasetSource, Field, Scenario } from '../data/dataset';
import type { Inspection, Mapping, Notice } from '../data/import';
import type { KnobEffect, Portrait, WorldEstimate } from '../data/simulate';
import type { KnobName } from '../data/simulate/knobs';
import type { BackendInfo, BackendRequest, TimedKernel } from '../engine';
import type { TrainingEvent } from '../training/events';
import type { Components, Relations } from '../training/representation/describe';
import type { EmbeddingMethod } from '../training/representation/embed';
import type { ModelGraph } from '../training/modelGraph/types';
import type { Points } from '../training/representation/points';
import type { RepresentationSample } from '../training/representation/sample';
import type { ExportedRuns } from '../training/runFile/exportRuns';
import type { ReadRun } from '../training/runFile/readRuns';
import type { OnwardParts } from '../training/onward/onwardZip';
import type { RunRecord, RunSetup, RunStatus } from '../training/runRecord';
import type { Slice } from '../training/whatIf/slices';
import type { WhatIf, WhatIfRequest } from '../training/whatIf/whatIf';
import type { SessionState } from './sessionState';

export type { Components, EmbeddingMethod, Relations, Inspection, Mapping, Points, RunId };
export type { Portrait, ReadRun, RepresentationSample };
export type { ModelGraph, Slice, WhatIf, WhatIfRequest };
export type { SessionState };
export { newRunId } from './runId';
export { isUnderWay } from './sessionState';

/** Live numbers of the status line. */
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

/** At most one message a tick (about five a second). `sequence` grows by one a run; late and repeated ticks are dropped by the client. */
export interface Tick {
  readonly run: RunId;
  readonly sequence: number;
  readonly state: SessionState;
  readonly vitals: Vitals;
  /** In order. `step` events are left out: `vitals.step` says the same. */
  readonly events: readonly TrainingEvent[];
  /** One sentence when `state` is `failed`. */
  readonly failure: string | null;
}

export interface TrainOptions {
  /** Builds and compiles, then waits for `resume` or `step`. */
  readonly startPaused: boolean;
  /** A checkpoint to go on from. */
  readonly from: Uint8Array | null;
  /** Name under which the run is kept; null: made from model, dataset and seed. */
  readonly name?: string | null;
  /** Weights to start from (safetensors), with moments at zero. */
  readonly weights?: Uint8Array | null;
}

/** Scores of every row of a split with the run's present weights, row by row. */
export interface ScoredRows {
  readonly split: 'validation' | 'test';
  /** Row numbers in the dataset. */
  readonly rows: Int32Array;
  readonly scenario: Int16Array;
  readonly label: Float32Array;
  readonly weight: Float32Array;
  /** True click probability of simulated rows, else null. */
  readonly truth: Float32Array | null;
  readonly score: Float32Array;
  readonly probability: Float32Array;
  /** What the model keeps beside the score (M-scan: `matchScore`, `scenarioGate`), row-major. */
  readonly columns: Readonly<Record<string, Float32Array>>;
}

/** Commands to one run; the client fills in which. */
export interface RunCommands {
  pause(run: RunId): Promise<void>;
  resume(run: RunId): Promise<void>;
  /** One training step, then paused. */
  step(run: RunId): Promise<void>;
  /** Ends the run with the best weights restored and the final metrics computed; the run is kept. */
  stop(run: RunId): Promise<void>;
  /** The run as it stands, for keeping. */
  record(run: RunId): Promise<RunRecord>;
  /** Weights as a safetensors file. */
  weights(run: RunId): Promise<Uint8Array>;
  /** Everything needed to go on later (weights, optimiser, generator and procedure position), valid while paused or done. */
  checkpoint(run: RunId): Promise<Uint8Array>;
  /** Scores a split with the present weights; waits for the present step and yields between batches. */
  predict(run: RunId, split: 'validation' | 'test'): Promise<ScoredRows>;
  /**
   * Mean true click probability of scenario d's rows, had they been shown in scenario p `[N * N]`, row d; null where the
   * data is not simulated.
   */
  counterfactualRates(run: RunId, split: 'validation' | 'test'): Promise<Float32Array | null>;
  /**
   * Operations of the next training step, with shapes and milliseconds, in the order in which they ended; null where the
   * run ends before. The step is taken as it would be.
   */
  traceStep(run: RunId): Promise<readonly TimedKernel[] | null>;
  /** Hidden vectors of a sample of test rows with the present weights; null where the model offers none. */
  representations(run: RunId): Promise<RepresentationSample | null>;
  /** The model's parts and what enters what, as one pass of it computes. */
  modelGraph(run: RunId): Promise<ModelGraph>;
  /** What the model says of one test row, as it is or changed, in every scenario, with the present weights. */
  whatIf(run: RunId, request: WhatIfRequest): Promise<WhatIf>;
  /** Metrics of the test rows by the values of a field, with the present weights. */
  slices(run: RunId, field: string): Promise<readonly Slice[]>;
}

export interface TrainingWorker extends RunCommands {
  /** Hands over the port for ticks and the page's base address, from which samples are read; once, before all else. */
  connect(port: MessagePort, base: string): void;
  /** Answers at once between steps: the client's heartbeat. */
  ping(): Promise<true>;
  /** Opens the backend and the dataset ahead of a run, so that Train answers sooner. Never fails a run: errors come with `train`. */
  prepare(setup: RunSetup): Promise<void>;
  /** Starts a run; a run under way is stopped first. Resolves when the run is accepted (not when it is done). */
  train(run: RunId, setup: RunSetup, options: TrainOptions): Promise<void>;
  /** Builds a kept run from its weights, to be looked at and scored; its state is `done`. Rejects where it cannot be built. */
  show(run: RunId, setup: RunSetup, weights: Uint8Array): Promise<void>;
  /** Drops the run and frees its memory. What was kept of it stays kept. */
  reset(run: RunId): Promise<void>;
  /** Opens the backend if none is open, and says which it is and why. */
  backendInfo(request: BackendRequest): Promise<BackendInfo>;
}

export interface CatalogueEntry {
  readonly id: string;
  /** Carries the word "simulated" where the rows are. */
  readonly title: string;
  readonly kind: 'sample' | 'simulated' | 'imported';
  readonly rows: number;
  readonly scenarios: number;
  /** One sentence. */
  readonly summary: string;
  readonly hasHistory: boolean;
  readonly hasTruth: boolean;
}

export interface SplitCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface ScenarioSummary extends Scenario {
  readonly rows: SplitCounts;
  readonly positives: SplitCounts;
  /** Different users among the rows, where a user field exists; else null. */
  readonly users: number | null;
}

export interface FieldSummary extends Field {
  /** Local ids that occur. */
  readonly used: number;
  /** Share of rows with id 0 ("other or unknown"), 0…1. */
  readonly otherShare: number;
  /** The most frequent local ids, most frequent first, at most eight. */
  readonly top: readonly { readonly id: number; readonly label: string; readonly share: number }[];
}

export interface DatasetSummary {
  readonly id: string;
  readonly title: string;
  readonly kind: CatalogueEntry['kind'];
  readonly source: DatasetSource;
  readonly rows: SplitCounts;
  readonly scenarios: readonly ScenarioSummary[];
  readonly fields: readonly FieldSummary[];
  readonly vocabularySize: number;
  readonly history: {
    readonly length: number;
    readonly itemFields: readonly string[];
    readonly meanLength: number;
    readonly emptyShare: number;
  } | null;
  readonly hasTruth: boolean;
  /** Seconds since the epoch, first and last row; null without time. */
  readonly period: readonly [number, number] | null;
  /** Share of the row scenario's users that also occur in the column scenario `[N * N]`; null without a user field. */
  readonly userOverlap: Float32Array | null;
  /** True relatedness `[N * N]`; null where unknown. */
  readonly relatedness: Float32Array | null;
  readonly fingerprint: string;
  readonly warnings: readonly string[];
}

/** A page of rows as text for a table. */
export interface RowPage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly offset: number;
  readonly total: number;
}

export interface SimulateRequest {
  readonly twin: string;
  readonly size: 'small' | 'medium' | 'large';
  readonly seed: number;
  /** Simulator knobs that differ from the twin's. */
  readonly knobs: Readonly<Record<string, number>>;
}

/** `total` 0: length unknown. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly detail: string;
}
export type OnProgress = (progress: Progress) => void;

export interface ImportResult {
  readonly summary: DatasetSummary;
  readonly warnings: readonly Notice[];
}

/** What a zip of a run is made of; the data worker adds the dataset that its set-up names. */
export type TakenRun = Omit<OnwardParts, 'dataset' | 'today'>;

export interface DataWorker {
  /** Hands over the page's base address; once, before all else. */
  connect(base: string): void;
  /** Samples, and what was simulated or imported here. */
  catalogue(): Promise<readonly CatalogueEntry[]>;
  dataset(id: string): Promise<DatasetSummary>;
  /** @param count at most 200. */
  datasetRows(id: string, offset: number, count: number): Promise<RowPage>;
  /** Another worker keeps other content under this id now: what is held of the dataset is read again when it is next asked for. */
  replaced(id: string): void;
  /** Makes, keeps and summarises a dataset; its id is the summary's. */
  simulate(request: SimulateRequest, onProgress: OnProgress): Promise<DatasetSummary>;
  /** What a world would be like, from a few of its rows: tens of milliseconds. @throws RangeError with one sentence */
  estimateWorld(request: SimulateRequest): Promise<WorldEstimate>;
  /** What a knob does over its range, all others as they are: five estimates. */
  knobEffect(request: SimulateRequest, knob: KnobName): Promise<KnobEffect>;
  /**
   * Looks at a person's file and proposes how to read it.
   *
   * @param schema known schema to apply instead of the recognised one; null for none
   */
  inspectFile(file: File, schema: string | null | undefined, onProgress: OnProgress): Promise<Inspection>;
  /** Reads a person's file by a mapping, keeps and summarises it. */
  importFile(file: File, mapping: Mapping, onProgress: OnProgress): Promise<ImportResult>;
  /** Reads the runs of an exported file (JSON or a zip of them), one by one; resolves once all were given. */
  readRuns(file: File, onRun: (run: ReadRun) => void | Promise<void>): Promise<void>;
  /** Kept runs as a file. @throws Error with one sentence where none of them is there */
  exportRuns(ids: readonly string[], onProgress: OnProgress): Promise<ExportedRuns>;
  /** Answers at once unless the worker is busy with one long piece of work. */
  ping(): boolean;
  /** The dataset as a Parquet file and its manifest. */
  exportDataset(id: string): Promise<{ readonly parquet: Uint8Array; readonly manifest: string }>;
  /** A run as a zip that goes on in PyTorch. @throws Error with one sentence where its data is not here or has changed */
  takeAlong(run: TakenRun): Promise<Uint8Array>;
  /**
   * One person of a simulated dataset in two of its scenarios.
   *
   * @param pair positions of the scenarios
   * @param nth which of the people who were in both; goes round
   */
  portrait(id: string, pair: readonly [number, number], nth: number): Promise<Portrait>;
  /** Forgets a simulated or imported dataset; samples cannot be removed. */
  removeDataset(id: string): Promise<void>;
}

/** An embedding as it stands after `done` of `total` iterations; `xy` `[points * 2]`. */
export type OnEmbedding = (done: number, total: number, xy: Float32Array) => void;

/** Arranges points, so that the page never waits for it. Cancelling is ending it. */
export interface ProjectionWorker {
  /** The first two principal components: a fraction of a second. */
  components(points: Points): Promise<Components>;
  /** Cosines and measures of separation, over all pairs of points: about a second. */
  relations(points: Points): Promise<Relations>;
  /** Two-dimensional embedding `[points * 2]`; the same points and seed give the same embedding. */
  embed(
    points: Points,
    method: EmbeddingMethod,
    seed: number,
    onProgress: OnEmbedding,
  ): Promise<Float32Array>;
}

/** What the list of runs shows; the record itself is read when it is needed. */
export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: RunStatus;
  readonly setup: RunSetup;
  readonly datasetTitle: string;
  readonly step: number;
  /** Of the final metrics, else of the last evaluation. */
  readonly domainAuc: number | null;
  readonly domainNoiseFreeAuc: number | null;
  readonly hasWeights: boolean;
  readonly hasCheckpoint: boolean;
}

export interface RunArtifacts {
  /** Safetensors file. */
  readonly weights: Uint8Array | null;
  readonly checkpoint: Uint8Array | null;
}

/** Runs that survive a reload. Every change is told to every page of the site. */
export interface RunStore {
  /** Newest first. */
  list(): Promise<readonly RunSummary[]>;
  get(id: string): Promise<RunRecord | null>;
  artifacts(id: string): Promise<RunArtifacts>;
  /** Artifacts that are left out stay as they were. */
  readonly put: (record: RunRecord, artifacts?: Partial<RunArtifacts>) => Promise<void>;
  /**
   * Keeps a run that came from elsewhere and never takes the place of another: one of the same identity but other content
   * stays, and this one gets a new identity.
   */
  add(record: RunRecord): Promise<AddedRun>;
  rename(id: string, name: string): Promise<void>;
  /** Removes the run and gives back all that `restore` needs to undo it; null where there is no such run. */
  remove(id: string): Promise<RemovedRun | null>;
  restore(removed: RemovedRun): Promise<void>;
  /** Removed runs that can still be restored. */
  removed(): Promise<readonly RemovedRun[]>;
  /** Gives up what `restore` would need. */
  forget(id: string): Promise<void>;
  /** Called after any change, also from another tab or worker. Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
}

export interface RemovedRun {
  readonly record: RunRecord;
  readonly artifacts: RunArtifacts;
}

export interface AddedRun {
  /** Under which identity it is kept. */
  readonly id: string;
  /** `known`: the same content was kept already; `beside`: other content of its identity was. */
  readonly as: 'new' | 'known' | 'beside';
}

/** JSON texts by name that survive a reload: what a person made beside runs. */
export interface KeyValueStore {
  /** Null where there is none of that name. */
  read(key: string): Promise<string | null>;
  /** All whose name begins so. */
  readAll(prefix: string): Promise<ReadonlyMap<string, string>>;
  /**
   * Changes what is kept, all of it or nothing; on the disk once it resolves.
   *
   * @param keys what `change` needs to know, read in the same transaction
   * @param change texts by name, null deletes; the same in every tab, so that none undoes what another has kept
   */
  update<K extends string = never>(
    keys: readonly K[],
    change: (now: Readonly<Record<K, string | null>>) => Readonly<Record<string, string | null>>,
  ): Promise<void>;
  /** Called when all that was kept has gone. Returns the way to stop listening. */
  onCleared(listener: () => void): () => void;
}
