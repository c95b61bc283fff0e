/**
 * The page's side of the workers: starts them, forwards commands, hands ticks on, notices when one died.
 *
 * Every command settles: it resolves, or rejects with an `Error` whose message is one sentence for people. A dead
 * worker shows as a last tick with `state: 'failed'`; the next command starts a fresh worker.
 */
import * as Comlink from 'comlink';
import { forward, job, runCommands } from './commands';
import { openDataJobs } from './dataJobs';
import { newRunId } from './runId';
import { fittingMappings, keptMapping } from './keptMappings';
import { openKeyValueStore } from './keyValueStore';
import { openRunStore } from './runStore';
import { isUnderWay } from './sessionState';
import { isSlowFallback } from './slowFallback';
import { Storage } from './storage';
import dataWorker from './data.worker.ts?worker&url';
import projectionWorker from './projection.worker.ts?worker&url';
import { startTraining, startWorker } from './starting';
import { Supervised, WorkerDied } from './supervised';
import type { WorkerLike } from './supervised';
import type { ParsedSetup } from '../training/parseSetup';
import type { CurrentRunCommands, JobOptions } from './commands';
import type { DataJobs } from './dataJobs';
import type {
  DataWorker,
  EmbeddingMethod,
  KeyValueStore,
  TrainingWorker,
  Mapping,
  OnEmbedding,
  Points,
  ProjectionWorker,
  RunId,
  RunStore,
  Tick,
  TrainOptions,
  Vitals,
} from './protocol';

/** The workers' commands (see protocol.ts), and what the page's side adds to them. */
export interface WorkerClient
  extends
    CurrentRunCommands,
    DataJobs,
    Pick<TrainingWorker, 'prepare' | 'backendInfo'>,
    Pick<
      DataWorker,
      | 'catalogue'
      | 'dataset'
      | 'datasetRows'
      | 'estimateWorld'
      | 'exportDataset'
      | 'knobEffect'
      | 'portrait'
      | 'removeDataset'
      | 'takeAlong'
    >,
    Pick<ProjectionWorker, 'components' | 'relations'> {
  /** The run whose ticks arrive, or null before the first and after a reset. */
  readonly run: RunId | null;
  readonly runs: RunStore;
  /** What a person made beside runs. */
  readonly values: KeyValueStore;
  /** Returns the way to stop listening. */
  onTick(listener: (tick: Tick) => void): () => void;
  /**
   * Resolves with the run's id once the worker accepted it; from then on its ticks arrive. `run`: go on under the id of a
   * kept run, whose record is then replaced.
   */
  train(setup: ParsedSetup, options?: Partial<TrainOptions> & { readonly run?: string }): Promise<RunId>;
  /** Builds a kept run from its weights, so that it can be scored; it becomes the current run, in state `done`. */
  show(run: string, setup: ParsedSetup, weights: Uint8Array): Promise<void>;
  reset(): Promise<void>;
  /** The mapping that an imported dataset was read with; null where none was kept. */
  mappingOf(dataset: string): Promise<Mapping | null>;
  /** Ways in which files of the same columns were read before. */
  earlierMappings(columns: readonly string[]): ReturnType<typeof fittingMappings>;
  /** One at a time: a second ends the first. */
  embed(
    points: Points,
    method: EmbeddingMethod,
    seed: number,
    options?: JobOptions<OnEmbedding>,
  ): Promise<Float32Array>;
  /** Ends all workers. */
  dispose(): void;
}

/** Seams for tests; the page gives none. */
export interface ClientOptions {
  readonly spawnTraining: () => WorkerLike;
  readonly spawnData: () => WorkerLike;
  readonly spawnProjection: () => WorkerLike;
  readonly runs: RunStore;
  /** Address of the page, from which samples are read. */
  readonly base: string;
  /** Milliseconds between heartbeats. */
  readonly heartbeatMs: number;
  /** Silence, in milliseconds, after which a worker that takes steps counts as dead. In any other state it may be silent six times as long. */
  readonly silenceMs: number;
}

const idleVitals: Vitals = {
  step: 0,
  steps: 0,
  samplesPerSecond: null,
  secondsLeft: null,
  tensors: 0,
  bytes: 0,
};

/**
 * Starts nothing yet: a worker starts with the first command for it.
 *
 * @param options what differs from the page's own workers and store
 */
export function createWorkerClient(options: Partial<ClientOptions> = {}): WorkerClient {
  const heartbeatMs = options.heartbeatMs ?? 2_000;
  const silenceMs = options.silenceMs ?? 10_000;
  const base = options.base ?? new URL('.', document.baseURI).href;
  const storage = new Storage();
  const runs = options.runs ?? openRunStore(storage);
  const values = openKeyValueStore(storage);
  const spawnTraining = options.spawnTraining ?? startTraining;
  const spawnData = options.spawnData ?? (() => startWorker(dataWorker, 'data'));

  const spawnProjection = options.spawnProjection ?? (() => startWorker(projectionWorker, 'projection'));

  const listeners = new Set<(tick: Tick) => void>();
  let run: RunId | null = null;
  let last: Tick | null = null;
  let lastSign = 0;
  /** Longest silence between two signs of life while training: a slow backend is silent for a whole step. */
  let longestGap = 0;
  let heart: ReturnType<typeof setInterval> | null = null;
  /** What the last run asked for, and whether it got something much slower. */
  let asked: ParsedSetup | null = null;
  let fellBack = false;

  const tell = (tick: Tick): void => {
    last = tick;
    for (const listener of [...listeners]) listener(tick);
  };

  const alive = (): void => {
    const now = performance.now();
    if (last?.state === 'training') longestGap = Math.max(longestGap, now - lastSign);
    lastSign = now;
  };

  const receive = (tick: Tick): void => {
    alive();
    if (tick.run !== run) return;
    if (last?.run === run && tick.sequence <= last.sequence) return;
    for (const event of tick.events)
      if (event.kind === 'ready' && asked) fellBack = isSlowFallback(asked, event.backend);
    tell(tick);
  };

  const trainer = new Supervised<TrainingWorker>(
    spawnTraining,
    () => {
      const channel = new MessageChannel();
      channel.port1.onmessage = (message: MessageEvent<Tick>) => receive(message.data);
      trainer.send('connect', Comlink.transfer(channel.port2, [channel.port2]), base).catch(() => undefined);
      lastSign = performance.now();
      longestGap = 0;
      watch();
    },
    (reason) => {
      if (run === null) return;
      tell({
        run,
        sequence: (last?.run === run ? last.sequence : 0) + 1,
        state: 'failed',
        vitals: last?.run === run ? last.vitals : idleVitals,
        events: [],
        failure: reason,
      });
    },
  );

  const data = new Supervised<DataWorker>(spawnData, () => {
    data.send('connect', base).catch(() => undefined);
  });

  // A preview that follows a moving knob waits behind nothing.
  const estimator = new Supervised<DataWorker>(spawnData);

  const jobs = openDataJobs({
    spawn: spawnData,
    base,
    // A person's file may be anything.
    watch: {
      heartbeatMs,
      silenceMs: 6 * silenceMs,
      sentence:
        'The file kept its reader busy without end, so that was ended; it may be damaged or too large.',
    },
    onKept: (dataset) => (data.alive ? data.send('replaced', dataset) : Promise.resolve()),
  });

  // Two of a kind: what is computed at once must not wait behind, nor end with, what was asked for.
  const describer = new Supervised<ProjectionWorker>(spawnProjection);
  const embedder = new Supervised<ProjectionWorker>(spawnProjection);

  /** Pings a busy worker; one that neither answers nor ticks for too long is declared dead. */
  function watch(): void {
    if (heart !== null) clearInterval(heart);
    let checked = performance.now();
    heart = setInterval(() => {
      const now = performance.now();
      const asleep = now - checked > 3 * heartbeatMs; // the page itself was frozen: silence proves nothing
      checked = now;
      if (asleep) lastSign = now;
      if (!trainer.alive) return;
      const training = run !== null && last?.run === run && last.state === 'training';
      // Nobody waits for a step of a run that rests or has ended, which a busy machine may leave unanswered for long.
      const patience = training
        ? Math.min(Math.max(silenceMs, 8 * longestGap), 6 * silenceMs)
        : 6 * silenceMs;
      if (now - lastSign > patience) {
        trainer.fail('The training worker stopped answering. Press Train to start again.');
        return;
      }
      trainer.send('ping').then(
        () => (lastSign = performance.now()),
        () => undefined,
      );
    }, heartbeatMs);
  }

  const { dispose: endJobs, ...dataJobs } = jobs;
  return {
    ...runCommands(trainer, () => run),
    ...dataJobs,
    ...forward(trainer, 'prepare', 'backendInfo'),
    ...forward(
      data,
      'catalogue',
      'dataset',
      'datasetRows',
      'exportDataset',
      'knobEffect',
      'portrait',
      'removeDataset',
      'takeAlong',
    ),
    ...forward(estimator, 'estimateWorld'),
    ...forward(describer, 'components', 'relations'),
    get run() {
      return run;
    },
    runs,
    values,
    mappingOf: (dataset) => keptMapping(values, dataset),
    earlierMappings: (columns) => fittingMappings(values, columns),
    onTick(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async train(setup, { run: known, startPaused = false, from = null, name = null, weights = null } = {}) {
      const id = known === undefined ? newRunId() : (known as RunId);
      // A worker never fetches again what once did not come: a fresh one tries.
      if (fellBack && (last === null || !isUnderWay(last.state)))
        trainer.end(new WorkerDied('The training worker was started anew; press Train again.'));
      fellBack = false;
      asked = setup;
      run = id;
      last = null;
      await trainer.send('train', id, setup, { startPaused, from, name, weights });
      return id;
    },
    async show(known, setup, weights) {
      const id = known as RunId;
      run = id;
      last = null;
      await trainer.send('show', id, setup, weights);
    },
    async reset() {
      const id = run;
      run = null;
      last = null;
      if (id !== null && trainer.alive) await trainer.send('reset', id);
    },
    async embed(points, method, seed, options = {}) {
      options.signal?.throwIfAborted();
      if (embedder.alive) embedder.end(new DOMException('Cancelled.', 'AbortError'));
      return job(embedder, options, (progress) => embedder.send('embed', points, method, seed, progress));
    },
    dispose() {
      if (heart !== null) clearInterval(heart);
      const reason = new WorkerDied('The page was closed.');
      trainer.end(reason);
      data.end(reason);
      endJobs(reason);
      estimator.end(reason);
      describer.end(reason);
      embedder.end(reason);
    },
  };
}
