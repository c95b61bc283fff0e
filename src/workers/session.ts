/**
 * One session: at most one run at a time, its state machine and its ticks. Knows no worker API: it is given a `post`
 * callback, so it runs in tests as it runs in the worker.
 *
 * compiling → training ⇄ paused → done, and → failed from anywhere. Commands act between two events of the run.
 */
import { createRun } from '../training/run';
import { readRepresentations } from '../training/representation/read';
import { validateSetup } from '../training/setup';
import { evaluationDue } from '../training/schedule';
import { yieldToEventLoop } from '../training/yieldToEventLoop';
import { newLive, recordOf, statusOf } from './live';
import { scoredRows, trueRates } from './scored';
import type { Dataset } from '../data/dataset';
import type { BackendInfo, BackendRequest } from '../engine';
import type { TrainingEvent } from '../training/events';
import type { Live } from './live';
import type { Run } from '../training/run';
import type { RunRecord, RunSetup, RunStatus } from '../training/runRecord';
import type {
  LabWorker,
  OnProgress,
  RepresentationSample,
  RunArtifacts,
  RunId,
  ScoredRows,
  SessionState,
  Tick,
  TrainOptions,
} from './protocol';

/** Above it a checkpoint (moments and best weights beside the weights) takes long enough to be felt: only pauses make one. */
const AUTOSAVE_PARAMETERS = 8_000_000;

/** What a session needs of its surroundings. */
export interface SessionHost {
  post(tick: Tick): void;
  loadDataset(id: string, onProgress: OnProgress): Promise<Dataset>;
  openBackend(request: BackendRequest): Promise<BackendInfo>;
  /** Keeps a run; called at its end, at every pause and every few seconds between. */
  keep(record: RunRecord, artifacts: Partial<RunArtifacts>): Promise<void>;
  /** Milliseconds between ticks and between keepings; tests shorten them. */
  readonly tickMs?: number;
  readonly keepMs?: number;
}

/** One sentence of any error. */
function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}

export class Session implements Omit<LabWorker, 'connect'> {
  private live: Live | null = null;
  private backend: { readonly request: BackendRequest; readonly info: Promise<BackendInfo> } | null = null;
  /** Told how far the dataset is that a run waits for. */
  private loading: OnProgress | null = null;
  private dataset: { readonly id: string; readonly data: Promise<Dataset> } | null = null;

  constructor(private readonly host: SessionHost) {}

  ping(): Promise<true> {
    return Promise.resolve(true);
  }

  async prepare(setup: RunSetup): Promise<void> {
    await Promise.allSettled([this.load(setup.dataset), this.backendInfo(setup.backend)]);
  }

  backendInfo(request: BackendRequest): Promise<BackendInfo> {
    const busy = this.live !== null && ['compiling', 'training', 'paused'].includes(this.live.state);
    // A run under way holds tensors on its backend: tell which it is, and leave it.
    if (this.backend && (busy || this.backend.request === request)) return this.backend.info;
    const info = this.host.openBackend(request);
    this.backend = { request, info };
    info.catch(() => {
      if (this.backend?.info === info) this.backend = null;
    });
    return info;
  }

  train(run: RunId, setup: RunSetup, options: TrainOptions): Promise<void> {
    return this.begin(run, setup, options, false);
  }

  async show(run: RunId, setup: RunSetup, weights: Uint8Array): Promise<void> {
    await this.begin(run, setup, { startPaused: false, from: null, weights }, true);
    const live = this.find(run);
    await this.settled(live, ['done', 'failed']);
    if (live.failure !== null) throw new Error(live.failure);
  }

  private async begin(run: RunId, setup: RunSetup, options: TrainOptions, shown: boolean): Promise<void> {
    const checked = validateSetup(setup);
    const before = this.live;
    const live = newLive(run, checked, options, shown);
    this.live = live;
    if (before) await this.drop(before, true);
    // A later `train` may have taken this one's place meanwhile.
    if (live.dropped) return;
    live.loop = this.drive(live);
  }

  async pause(run: RunId): Promise<void> {
    const live = this.find(run);
    if (live.state === 'done' || live.state === 'failed') return;
    live.wanted = 'pause';
    await this.settled(live, ['paused', 'done', 'failed']);
  }

  async resume(run: RunId): Promise<void> {
    const live = this.find(run);
    live.wanted = 'run';
    live.wake?.();
  }

  async step(run: RunId): Promise<void> {
    const live = this.find(run);
    if (live.state === 'done' || live.state === 'failed') return;
    live.wanted = 'step';
    live.stepped = false;
    live.wake?.();
    await this.settled(live, ['paused', 'done', 'failed']);
  }

  async stop(run: RunId): Promise<void> {
    const live = this.find(run);
    if (live.state === 'done' || live.state === 'failed') return;
    live.stopAsked = true;
    live.run?.trainer.requestStop();
    live.wanted = 'run';
    live.wake?.();
    await this.settled(live, ['done', 'failed']);
  }

  async reset(run: RunId): Promise<void> {
    if (this.live?.id !== run) return;
    const live = this.live;
    this.live = null;
    await this.drop(live, false);
  }

  async record(run: RunId): Promise<RunRecord> {
    const live = this.find(run);
    return recordOf(live, statusOf(live));
  }

  async weights(run: RunId): Promise<Uint8Array> {
    const { live, built } = this.findBuilt(run);
    return live.lock.run(() => built.weights());
  }

  async checkpoint(run: RunId): Promise<Uint8Array> {
    const { live, built } = this.findBuilt(run);
    if (live.state !== 'paused' && live.state !== 'done') {
      throw new Error('Pause the run before saving where it stands.');
    }
    return live.lock.run(() => built.checkpoint(statusOf(live)));
  }

  async predict(run: RunId, split: 'validation' | 'test'): Promise<ScoredRows> {
    const { live, built } = this.findBuilt(run);
    return live.lock.run(() => scoredRows(built, split));
  }

  async counterfactualRates(run: RunId, split: 'validation' | 'test'): Promise<Float32Array | null> {
    const { built } = this.findBuilt(run);
    return trueRates(built.trainer.dataset, split);
  }

  async representations(run: RunId): Promise<RepresentationSample | null> {
    const { live, built } = this.findBuilt(run);
    return live.lock.run(() => readRepresentations(built.trainer));
  }

  private find(run: RunId): Live {
    if (this.live?.id !== run) throw new Error('This run is no longer the one that trains; start it again.');
    return this.live;
  }

  private findBuilt(run: RunId): { readonly live: Live; readonly built: Run } {
    const live = this.find(run);
    if (!live.run) throw new Error('The model is still being built; wait a moment.');
    return { live, built: live.run };
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

  /** From the first preparation to the last event. Never rejects. */
  private async drive(live: Live): Promise<void> {
    this.tick(live, true);
    try {
      this.loading = ({ done, total, detail }) => {
        live.pending.push({ kind: 'phase', step: 0, name: `${detail} ${live.setup.dataset}`, done, total });
        this.tick(live, false);
      };
      const [dataset, backend] = await Promise.all([
        this.load(live.setup.dataset),
        this.backendInfo(live.setup.backend),
      ]);
      this.loading = null;
      if (live.dropped) return;
      live.run = createRun({
        id: live.id,
        name: live.options.name,
        setup: live.setup,
        dataset,
        backend,
        from: live.options.from,
        weights: live.options.weights,
        report: (event) => {
          live.pending.push(event);
          this.tick(live, false);
        },
      });
      live.step = live.run.trainer.step;
      if (live.stopAsked) live.run.trainer.requestStop();
      await this.pull(live, live.run);
      if (live.dropped) return;
      this.become(live, 'done');
      if (!live.shown) await this.keep(live, statusOf(live), 'weights');
      if (live.pending.length > 0) this.tick(live, true);
    } catch (error) {
      if (live.dropped) return;
      live.failure = sentence(error);
      await this.host.keep(recordOf(live, 'failed'), {}).catch(() => undefined);
      this.become(live, 'failed');
    }
  }

  /** Pulls events until the run is over or dropped. */
  private async pull(live: Live, run: Run): Promise<void> {
    let built = false;
    for (;;) {
      if (live.dropped) return;
      if (live.wanted === 'pause' && built) {
        await this.rest(live);
        continue;
      }
      const { done, value } = await live.lock.run(() => run.events.next());
      if (done) return;
      this.take(live, value);
      if (value.kind === 'ready') {
        built = true;
        if (live.shown) return;
      }
      await yieldToEventLoop();
    }
  }

  private take(live: Live, event: TrainingEvent): void {
    let urgent = event.kind === 'ready' || event.kind === 'done';
    if (event.kind === 'step') {
      live.step = event.step;
      live.stepped = true;
      live.speed.mark(event.step, performance.now());
      if (live.state === 'compiling' || live.state === 'paused') {
        live.state = 'training';
        urgent = true;
      }
      if (live.wanted === 'step' && !evaluationDue(event.step, live.setup.training)) live.wanted = 'pause';
    } else {
      live.pending.push(event);
      if (event.kind === 'evaluation') {
        urgent ||= event.step <= live.setup.training.evaluateEvery;
        // An evaluation that a pause put off belongs to the step before.
        if (live.wanted === 'step' && live.stepped) live.wanted = 'pause';
      }
    }
    this.tick(live, urgent);
    if (live.state === 'training' && performance.now() - live.keptAt > (this.host.keepMs ?? 20_000)) {
      live.keptAt = performance.now();
      // Until something better is known of it, a run that is still going is one that was interrupted.
      const small = (live.run?.trainer.parameterCount ?? 0) <= AUTOSAVE_PARAMETERS;
      void this.keep(live, 'interrupted', small ? 'checkpoint' : 'record');
    }
  }

  /** Waits in the paused state. */
  private async rest(live: Live): Promise<void> {
    live.speed.forget();
    const woken = new Promise<void>((resolve) => (live.wake = resolve));
    this.become(live, 'paused');
    if (live.step > 0) {
      live.keptAt = performance.now();
      void this.keep(live, 'paused', 'checkpoint');
    }
    await woken;
    live.wake = null;
    if (live.dropped) return;
    if (live.step > 0) this.become(live, 'training');
    else this.become(live, 'compiling');
  }

  private become(live: Live, state: SessionState): void {
    live.state = state;
    this.tick(live, true);
    const waiting = live.waiting;
    live.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when the run has reached one of the states, or was dropped. */
  private async settled(live: Live, states: readonly SessionState[]): Promise<void> {
    // A pause that was answered by waking up must be seen to end first.
    await yieldToEventLoop();
    while (!live.dropped && !states.includes(live.state)) {
      await new Promise<void>((resolve) => live.waiting.push(resolve));
    }
  }

  private tick(live: Live, urgent: boolean): void {
    const now = performance.now();
    if (live.dropped || (!urgent && now - live.tickedAt < (this.host.tickMs ?? 200))) return;
    live.tickedAt = now;
    const events = live.pending;
    live.pending = [];
    const { steps, batch } = live.setup.training;
    this.host.post({
      run: live.id,
      sequence: ++live.sequence,
      state: live.state,
      vitals: live.speed.read(live.step, steps, batch),
      events,
      failure: live.failure,
    });
  }

  /**
   * Keeps the run with its weights (at its end), with a checkpoint to go on from, or alone. The run waits only while its
   * weights are read, not while they are written. Storage that fails must not fail the run.
   */
  private async keep(
    live: Live,
    status: RunStatus,
    what: 'weights' | 'checkpoint' | 'record',
  ): Promise<void> {
    const { run } = live;
    if (!run || live.dropped) return;
    try {
      const kept = await live.lock.run(async () => {
        if (live.dropped) return null;
        return {
          record: run.record(status),
          artifacts:
            what === 'weights'
              ? { weights: await run.weights(), checkpoint: null }
              : what === 'checkpoint'
                ? { checkpoint: await run.checkpoint(status) }
                : {},
        };
      });
      if (!kept) return;
      // In order: an earlier state must not overwrite a later one.
      await live.keeping.run(() => this.host.keep(kept.record, kept.artifacts));
      live.unkept = false;
    } catch (error) {
      const text = `The run could not be kept: ${sentence(error)}`;
      // Said once, not at every attempt.
      if (!live.unkept) live.pending.push({ kind: 'message', step: live.step, text, alarm: true });
      live.unkept = true;
    }
  }

  /** Ends a run where it stands. */
  private async drop(live: Live, keep: boolean): Promise<void> {
    // A run that just ended is being kept: that must not be cut short.
    if (live.state === 'done' || live.state === 'failed') await live.loop;
    // Room may have been made since its end; nothing else holds it.
    if (keep && live.state === 'done' && live.unkept) await this.keep(live, statusOf(live), 'weights');
    const unfinished = live.state === 'training' || live.state === 'paused';
    if (keep && unfinished && live.step > 0) {
      await this.keep(live, 'interrupted', 'checkpoint');
    }
    live.dropped = true;
    live.wake?.();
    const waiting = live.waiting;
    live.waiting = [];
    for (const resolve of waiting) resolve();
    await live.loop;
    // Whoever still reads weights reads them to the end.
    await live.lock.run(() => Promise.resolve());
    live.run?.dispose();
    live.run = null;
  }
}
