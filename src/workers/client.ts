/**
 * The page's side of the workers: starts them, forwards commands, hands ticks on, notices when one died.
 *
 * Every command settles: it resolves, or rejects with an `Error` whose message is one sentence for people. A dead lab
 * worker shows as a last tick with `state: 'failed'`; the next command starts a fresh worker.
 */
import * as Comlink from 'comlink';
import { newRunId } from './runId';
import { openRunStore } from './runStore';
import { Supervised, WorkerDied } from './supervised';
import type { WorkerLike } from './supervised';
import type { BackendInfo, BackendRequest } from '../engine';
import type { RunRecord, RunSetup } from '../training/runRecord';
import type {
  CatalogueEntry,
  Components,
  DatasetSummary,
  DataWorker,
  EmbeddingMethod,
  ImportResult,
  Inspection,
  LabWorker,
  Mapping,
  OnEmbedding,
  OnProgress,
  Points,
  ProjectionWorker,
  Relations,
  RepresentationSample,
  RowPage,
  RunId,
  RunStore,
  ScoredRows,
  SimulateRequest,
  Tick,
  TrainOptions,
  Vitals,
} from './protocol';

export interface LabClient {
  /** The run whose ticks arrive, or null before the first and after a reset. */
  readonly run: RunId | null;
  readonly runs: RunStore;
  /** Returns the way to stop listening. */
  onTick(listener: (tick: Tick) => void): () => void;
  prepare(setup: RunSetup): Promise<void>;
  /**
   * Resolves with the run's id once the worker accepted it; from then on its ticks arrive. `run`: go on under the id of a
   * kept run, whose record is then replaced.
   */
  train(setup: RunSetup, options?: Partial<TrainOptions> & { readonly run?: string }): Promise<RunId>;
  /** Builds a kept run from its weights, so that it can be scored; it becomes the current run, in state `done`. */
  show(run: string, setup: RunSetup, weights: Uint8Array): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  step(): Promise<void>;
  stop(): Promise<void>;
  reset(): Promise<void>;
  record(): Promise<RunRecord>;
  weights(): Promise<Uint8Array>;
  checkpoint(): Promise<Uint8Array>;
  predict(split: 'validation' | 'test'): Promise<ScoredRows>;
  counterfactualRates(split: 'validation' | 'test'): Promise<Float32Array | null>;
  representations(): Promise<RepresentationSample | null>;
  backendInfo(request: BackendRequest): Promise<BackendInfo>;

  /** Principal components of points, computed aside; their cosines and separation, which take longer. */
  components(points: Points): Promise<Components>;
  relations(points: Points): Promise<Relations>;
  /** Arranges points in the plane; aborting `signal` ends it at once with an `AbortError`. One at a time: a second ends the first. */
  embed(
    points: Points,
    method: EmbeddingMethod,
    seed: number,
    options?: { readonly onProgress?: OnEmbedding; readonly signal?: AbortSignal },
  ): Promise<Float32Array>;

  catalogue(): Promise<readonly CatalogueEntry[]>;
  dataset(id: string): Promise<DatasetSummary>;
  datasetRows(id: string, offset: number, count: number): Promise<RowPage>;
  /** Aborting `signal` ends the work at once; the promise rejects with an `AbortError`. */
  simulate(request: SimulateRequest, options?: JobOptions): Promise<DatasetSummary>;
  /** Looks at a file and proposes a mapping; `preset` replaces the recognised layout (null: none). */
  inspectFile(file: File, preset?: string | null, options?: JobOptions): Promise<Inspection>;
  importFile(file: File, mapping: Mapping, options?: JobOptions): Promise<ImportResult>;
  exportDataset(id: string): Promise<{ readonly parquet: Uint8Array; readonly manifest: string }>;
  removeDataset(id: string): Promise<void>;
  /** Ends both workers. */
  dispose(): void;
}

export interface JobOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Seams for tests; the page gives none. */
export interface ClientOptions {
  readonly spawnLab: () => WorkerLike;
  readonly spawnData: () => WorkerLike;
  readonly spawnProjection: () => WorkerLike;
  readonly runs: RunStore;
  /** Address of the page, from which samples are read. */
  readonly base: string;
  /** Milliseconds between heartbeats. */
  readonly heartbeatMs: number;
  /** Silence, in milliseconds, after which a training worker counts as dead. Compiling may be silent six times as long. */
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
export function createLabClient(options: Partial<ClientOptions> = {}): LabClient {
  const heartbeatMs = options.heartbeatMs ?? 2_000;
  const silenceMs = options.silenceMs ?? 10_000;
  const base = options.base ?? new URL('.', document.baseURI).href;
  const runs = options.runs ?? openRunStore();
  const spawnLab =
    options.spawnLab ??
    (() => new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'lab' }));
  const spawnData =
    options.spawnData ??
    (() => new Worker(new URL('./data.worker.ts', import.meta.url), { type: 'module', name: 'data' }));

  const spawnProjection =
    options.spawnProjection ??
    (() =>
      new Worker(new URL('./projection.worker.ts', import.meta.url), { type: 'module', name: 'projection' }));

  const listeners = new Set<(tick: Tick) => void>();
  let run: RunId | null = null;
  let last: Tick | null = null;
  let lastSign = 0;
  /** Longest silence between two signs of life while training: a slow backend is silent for a whole step. */
  let longestGap = 0;
  let heart: ReturnType<typeof setInterval> | null = null;

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
    tell(tick);
  };

  const lab = new Supervised<LabWorker>(
    spawnLab,
    (remote) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = (message: MessageEvent<Tick>) => receive(message.data);
      void remote.connect(Comlink.transfer(channel.port2, [channel.port2]), base);
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

  const data = new Supervised<DataWorker>(
    spawnData,
    (remote) => void remote.connect(base),
    () => undefined,
  );

  // Two of a kind: what is computed at once must not wait behind, nor end with, what was asked for.
  const describer = new Supervised<ProjectionWorker>(
    spawnProjection,
    () => undefined,
    () => undefined,
  );
  const embedder = new Supervised<ProjectionWorker>(
    spawnProjection,
    () => undefined,
    () => undefined,
  );

  /** Pings a busy worker; one that neither answers nor ticks for too long is declared dead. */
  function watch(): void {
    if (heart !== null) clearInterval(heart);
    let checked = performance.now();
    heart = setInterval(() => {
      const now = performance.now();
      const asleep = now - checked > 3 * heartbeatMs; // the page itself was frozen: silence proves nothing
      checked = now;
      if (asleep) lastSign = now;
      if (!lab.alive) return;
      const busy = last !== null && last.run === run && run !== null;
      const compiling = !busy || last?.state === 'compiling';
      const patience = compiling
        ? 6 * silenceMs
        : Math.min(Math.max(silenceMs, 8 * longestGap), 6 * silenceMs);
      if (now - lastSign > patience) {
        lab.fail('The training worker stopped answering. Press Train to start again.');
        return;
      }
      lab
        .call((remote) => remote.ping())
        .then(
          () => (lastSign = performance.now()),
          () => undefined,
        );
    }, heartbeatMs);
  }

  /** A command to the current run. */
  async function command<R>(
    what: string,
    act: (remote: Comlink.Remote<LabWorker>, id: RunId) => Promise<R>,
  ): Promise<R> {
    const id = run;
    if (id === null || !lab.alive) throw new Error(`There is no run to ${what}; press Train first.`);
    return lab.call((remote) => act(remote, id));
  }

  /** A data job: aborting ends the data worker, which is the only way to stop it at once. */
  async function job<R>(
    { onProgress, signal }: JobOptions,
    act: (remote: Comlink.Remote<DataWorker>, progress: OnProgress) => Promise<R>,
  ): Promise<R> {
    signal?.throwIfAborted();
    const abort = (): void => data.end(new DOMException('Cancelled.', 'AbortError'));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await data.call((remote) => act(remote, Comlink.proxy(onProgress ?? (() => undefined))));
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  return {
    get run() {
      return run;
    },
    runs,
    onTick(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    prepare: (setup) => lab.call((remote) => remote.prepare(setup)),
    async train(setup, { run: known, startPaused = false, from = null, name = null, weights = null } = {}) {
      const id = known === undefined ? newRunId() : (known as RunId);
      run = id;
      last = null;
      await lab.call((remote) => remote.train(id, setup, { startPaused, from, name, weights }));
      return id;
    },
    async show(known, setup, weights) {
      const id = known as RunId;
      run = id;
      last = null;
      await lab.call((remote) => remote.show(id, setup, weights));
    },
    pause: () => command('pause', (remote, id) => remote.pause(id)),
    resume: () => command('resume', (remote, id) => remote.resume(id)),
    step: () => command('step', (remote, id) => remote.step(id)),
    stop: () => command('stop', (remote, id) => remote.stop(id)),
    async reset() {
      const id = run;
      run = null;
      last = null;
      if (id !== null && lab.alive) await lab.call((remote) => remote.reset(id));
    },
    record: () => command('record', (remote, id) => remote.record(id)),
    weights: () => command('save', (remote, id) => remote.weights(id)),
    checkpoint: () => command('save', (remote, id) => remote.checkpoint(id)),
    predict: (split) => command('score', (remote, id) => remote.predict(id, split)),
    counterfactualRates: (split) => command('compare', (remote, id) => remote.counterfactualRates(id, split)),
    representations: () => command('look into', (remote, id) => remote.representations(id)),
    backendInfo: (request) => lab.call((remote) => remote.backendInfo(request)),
    components: (points) => describer.call((remote) => remote.components(points)),
    relations: (points) => describer.call((remote) => remote.relations(points)),
    async embed(points, method, seed, { onProgress = () => undefined, signal } = {}) {
      const end = (): void => embedder.end(new DOMException('Cancelled.', 'AbortError'));
      signal?.throwIfAborted();
      if (embedder.alive) end();
      signal?.addEventListener('abort', end, { once: true });
      try {
        return await embedder.call((remote) => remote.embed(points, method, seed, Comlink.proxy(onProgress)));
      } finally {
        signal?.removeEventListener('abort', end);
      }
    },
    catalogue: () => data.call((remote) => remote.catalogue()),
    dataset: (id) => data.call((remote) => remote.summary(id)),
    datasetRows: (id, offset, count) => data.call((remote) => remote.rows(id, offset, count)),
    simulate: (request, jobOptions = {}) =>
      job(jobOptions, (remote, progress) => remote.simulate(request, progress)),
    inspectFile: (file, preset, jobOptions = {}) => job(jobOptions, (remote) => remote.inspect(file, preset)),
    importFile: (file, mapping, jobOptions = {}) =>
      job(jobOptions, (remote, progress) => remote.importFile(file, mapping, progress)),
    exportDataset: (id) => data.call((remote) => remote.exportDataset(id)),
    removeDataset: (id) => data.call((remote) => remote.remove(id)),
    dispose() {
      if (heart !== null) clearInterval(heart);
      const reason = new WorkerDied('The page was closed.');
      lab.end(reason);
      data.end(reason);
      describer.end(reason);
      embedder.end(reason);
    },
  };
}
