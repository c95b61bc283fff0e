/**
 * One session: at most one run at a time, and what outlives runs: the backend and the dataset. Knows no worker API: it is
 * given a `post` callback, so it runs in tests as it runs in the worker.
 */
import { readRepresentations } from '../training/representation/read';
import { parseSetup } from '../training/parseSetup';
import { prepareEvaluation } from '../training/trainer';
import { sliceMetrics } from '../training/whatIf/slices';
import { askWhatIf } from '../training/whatIf/whatIf';
import { ActiveRun } from './activeRun';
import { scoredRows, trueRates } from './scored';
import { isUnderWay } from './sessionState';
import type { Dataset } from '../data/dataset';
import type { BackendInfo, BackendRequest, TimedKernel } from '../engine';
import type { RunRecord, RunSetup } from '../training/runRecord';
import type { RunHost } from './activeRun';
import type {
  ModelGraph,
  TrainingWorker,
  OnProgress,
  RepresentationSample,
  RunId,
  ScoredRows,
  Slice,
  TrainOptions,
  WhatIf,
  WhatIfRequest,
} from './protocol';

/** With the event that it waits for and the writing itself, at most two seconds are lost. */
const KEEP_MS = 1_500;

/** What a session needs of its surroundings. */
export interface SessionHost
  extends Pick<RunHost, 'post' | 'writer'>, Partial<Pick<RunHost, 'tickMs' | 'keepMs'>> {
  loadDataset(id: string, onProgress: OnProgress): Promise<Dataset>;
  openBackend(request: BackendRequest): Promise<BackendInfo>;
  /** The last checkpoint that was kept of a run. */
  lastCheckpoint?(run: RunId): Promise<Uint8Array | null>;
  /** Why the device is gone on which the backend computes; null while it is there. */
  lostDevice?(): string | null;
}

export class Session implements Omit<TrainingWorker, 'connect'> {
  private active: ActiveRun | null = null;
  private backend: { readonly request: BackendRequest; readonly info: Promise<BackendInfo> } | null = null;
  private dataset: { readonly id: string; readonly data: Promise<Dataset> } | null = null;
  /** Told how far the dataset is that a run waits for. */
  private loading: OnProgress | null = null;

  constructor(private readonly host: SessionHost) {}

  ping(): Promise<true> {
    return Promise.resolve(true);
  }

  async prepare(setup: RunSetup): Promise<void> {
    await Promise.allSettled([this.load(setup.dataset), this.backendInfo(setup.backend)]);
  }

  backendInfo(request: BackendRequest): Promise<BackendInfo> {
    return this.openedBackend(request, this.active !== null && isUnderWay(this.active.sessionState));
  }

  private openedBackend(request: BackendRequest, busy: boolean): Promise<BackendInfo> {
    // A device that is gone does not come back.
    if (this.host.lostDevice?.()) this.backend = null;
    // A run under way holds tensors on its backend: tell which it is, and leave it.
    if (this.backend && (busy || this.backend.request === request)) return this.backend.info;
    const info = this.host.openBackend(request);
    this.backend = { request, info };
    info.catch(() => {
      if (this.backend?.info === info) this.backend = null;
    });
    return info;
  }

  async train(id: RunId, setup: RunSetup, options: TrainOptions): Promise<void> {
    await this.begin(id, setup, options, 'train');
  }

  async show(id: RunId, setup: RunSetup, weights: Uint8Array): Promise<void> {
    const run = await this.begin(id, setup, { startPaused: false, from: null, weights }, 'show');
    await run.end();
    if (run.failure !== null) throw new Error(run.failure);
  }

  async pause(run: RunId): Promise<void> {
    await this.find(run).pause();
  }

  async resume(run: RunId): Promise<void> {
    this.find(run).resume();
  }

  async step(run: RunId): Promise<void> {
    await this.find(run).takeStep();
  }

  async stop(run: RunId): Promise<void> {
    await this.find(run).stop();
  }

  async reset(run: RunId): Promise<void> {
    if (this.active?.id !== run) return;
    const { active } = this;
    this.active = null;
    await active.drop(false);
  }

  async record(run: RunId): Promise<RunRecord> {
    return this.find(run).record();
  }

  async weights(run: RunId): Promise<Uint8Array> {
    return this.find(run).read((built) => built.weights());
  }

  async checkpoint(run: RunId): Promise<Uint8Array> {
    return this.find(run).checkpoint();
  }

  async predict(run: RunId, split: 'validation' | 'test'): Promise<ScoredRows> {
    return this.find(run).read((built) => scoredRows(built, split));
  }

  async counterfactualRates(run: RunId, split: 'validation' | 'test'): Promise<Float32Array | null> {
    return trueRates(this.find(run).built.trainer.dataset, split);
  }

  async traceStep(run: RunId): Promise<readonly TimedKernel[] | null> {
    return this.find(run).traceStep();
  }

  async representations(run: RunId): Promise<RepresentationSample | null> {
    return this.find(run).read(({ trainer }) => readRepresentations(trainer));
  }

  async modelGraph(run: RunId): Promise<ModelGraph> {
    return this.find(run).read(async ({ trainer }) => trainer.modelGraph());
  }

  async whatIf(run: RunId, request: WhatIfRequest): Promise<WhatIf> {
    return this.find(run).read(({ trainer }) => askWhatIf(trainer, request));
  }

  async slices(run: RunId, field: string): Promise<readonly Slice[]> {
    return this.find(run).read(({ trainer }) => sliceMetrics(trainer, field));
  }

  /** What was kept has gone: the run in memory is kept again. */
  async keepAgain(): Promise<void> {
    await this.active?.keepAgain();
  }

  private async begin(
    id: RunId,
    given: RunSetup,
    options: TrainOptions,
    purpose: 'train' | 'show',
  ): Promise<ActiveRun> {
    const setup = parseSetup(given);
    const { post, writer, tickMs = 200, keepMs = KEEP_MS } = this.host;
    const host: RunHost = {
      post,
      writer,
      tickMs,
      keepMs,
      open: this.open.bind(this),
      lastCheckpoint: async (run) => (await this.host.lastCheckpoint?.(run)) ?? null,
      lostDevice: () => this.host.lostDevice?.() ?? null,
    };
    const before = this.active;
    const run = new ActiveRun(host, { id, setup, options, purpose });
    this.active = run;
    if (before) await before.drop(true);
    await run.start();
    return run;
  }

  private find(run: RunId): ActiveRun {
    if (this.active?.id !== run)
      throw new Error('This run is no longer the one that trains; start it again.');
    return this.active;
  }

  private async open(setup: RunSetup, onProgress: OnProgress): Promise<readonly [Dataset, BackendInfo]> {
    this.loading = onProgress;
    try {
      const dataset = this.load(setup.dataset);
      // The data mostly come first; until the backend's threads have started nothing else is to do here.
      void dataset.then((loaded) => prepareEvaluation(loaded, setup.training)).catch(() => undefined); // comes again where the run needs it
      // The run itself asks, and no other holds tensors: it gets what its set-up says.
      return await Promise.all([dataset, this.openedBackend(setup.backend, false)]);
    } finally {
      this.loading = null;
    }
  }

  /** One dataset is held: switching models on the same data must not read it again. */
  private load(id: string): Promise<Dataset> {
    if (this.dataset?.id === id) return this.dataset.data;
    const data = this.host.loadDataset(id, (progress) => this.loading?.(progress));
    this.dataset = { id, data };
    data.catch(() => {
      if (this.dataset?.data === data) this.dataset = null;
    });
    return data;
  }
}
