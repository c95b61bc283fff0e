/** The one run of a session: pulls its events, tells of them in ticks, keeps it in storage, and answers its commands. */
import { endStatus, noTimings, recordOfRun } from '../training/recordRun';
import { emptyRunState } from '../training/reduceRun';
import { createRun, defaultRunName } from '../training/run';
import { evaluationDue } from '../training/schedule';
import { yieldToEventLoop } from '../training/yieldToEventLoop';
import { versions } from '../training/versions';
import { Mutex } from './mutex';
import { firstState, isAnswered, isOver, mustRest, nextState, sessionStateOf } from './activeRunState';
import { Speedometer } from './vitals';
import type { Dataset } from '../data/dataset';
import type { BackendInfo, TimedKernel } from '../engine';
import type { TrainingEvent } from '../training/events';
import type { ParsedSetup } from '../training/parseSetup';
import type { Run } from '../training/run';
import type { RunRecord, RunSetup, RunStatus } from '../training/runRecord';
import type { OnProgress, RunArtifacts, RunId, SessionState, Tick, TrainOptions } from './protocol';
import type { ActiveRunInput, ActiveRunState } from './activeRunState';

/** Above it a checkpoint (moments and best weights beside the weights) takes long enough to be felt: only pauses make one. */
const AUTOSAVE_PARAMETERS = 8_000_000;

/** What a run needs of the session around it. */
export interface RunHost {
  post(tick: Tick): void;
  /** Opens what the run computes on and with. */
  open(setup: RunSetup, onProgress: OnProgress): Promise<readonly [Dataset, BackendInfo]>;
  /** Keeps a run; called at its end, at every pause and every few seconds between. */
  keep(record: RunRecord, artifacts: Partial<RunArtifacts>): Promise<void>;
  /** Milliseconds between ticks and between keepings. */
  readonly tickMs: number;
  readonly keepMs: number;
}

export interface RunRequest {
  readonly id: RunId;
  readonly setup: ParsedSetup;
  readonly options: TrainOptions;
  /** `show`: built from kept weights to be looked at; never trains and is not kept anew. */
  readonly purpose: 'train' | 'show';
}

/** One sentence of any error. */
function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}

export class ActiveRun {
  readonly id: RunId;
  private state: ActiveRunState;
  private run: Run | null = null;
  private step = 0;
  /** Held while an event is pulled, and by whoever reads weights. */
  private readonly lock = new Mutex();
  /** Held while the run is written to storage. */
  private readonly writing = new Mutex();
  private readonly speed = new Speedometer();
  private sequence = 0;
  private pending: TrainingEvent[] = [];
  private tickedAt = 0;
  /** When the run was last kept, and whether that failed. */
  private kept = { at: performance.now(), failed: false };
  /** Who waits for a state. */
  private waiting: { readonly holds: (state: ActiveRunState) => boolean; readonly resolve: () => void }[] =
    [];
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: RunHost,
    private readonly request: RunRequest,
  ) {
    this.id = request.id;
    this.state = firstState(request.options.startPaused);
  }

  get sessionState(): SessionState {
    return sessionStateOf(this.state);
  }

  get failure(): string | null {
    return this.state.kind === 'failed' ? this.state.failure : null;
  }

  /** Begins to build and train, unless it was dropped meanwhile. */
  start(): void {
    if (!this.dropped) this.loop = this.drive();
  }

  async pause(): Promise<void> {
    this.advance({ kind: 'pause' });
    await this.until((state) => isAnswered('pause', state));
  }

  resume(): void {
    this.advance({ kind: 'resume' });
  }

  async takeStep(): Promise<void> {
    this.advance({ kind: 'step' });
    await this.until((state) => isAnswered('step', state));
  }

  async stop(): Promise<void> {
    if (!isOver(this.state)) this.run?.trainer.requestStop();
    this.advance({ kind: 'stop' });
    await this.end();
  }

  /** Resolves when nothing will change any more. */
  end(): Promise<void> {
    return this.until(isOver);
  }

  /** The run's record; of one that is not built yet, its set-up alone. */
  record(status = this.status(), failure = this.failure): RunRecord {
    if (this.run) return this.run.record(status, failure);
    const { id, setup, options } = this.request;
    return recordOfRun(emptyRunState, {
      id,
      name: options.name ?? defaultRunName(setup),
      createdAt: new Date().toISOString(),
      setup,
      versions,
      status,
      failure,
      timings: noTimings,
    });
  }

  /** @throws Error with one sentence while it is being built */
  get built(): Run {
    if (!this.run) throw new Error('The model is still being built; wait a moment.');
    return this.run;
  }

  /** Reads from the built model between two steps. */
  async read<T>(from: (run: Run) => Promise<T>): Promise<T> {
    const { built } = this;
    return this.lock.run(() => from(built));
  }

  /** Operations of the next step; null where the run ends before. */
  async traceStep(): Promise<readonly TimedKernel[] | null> {
    return Promise.race([this.built.trainer.traceNextStep(), this.end().then(() => null)]);
  }

  async checkpoint(): Promise<Uint8Array> {
    const { built } = this;
    if (this.state.kind !== 'paused' && this.state.kind !== 'done')
      throw new Error('Pause the run before saving where it stands.');
    return this.lock.run(() => built.checkpoint(this.status()));
  }

  /** Ends the run where it stands and frees its memory. `keep`: what it has so far stays as a kept run. */
  async drop(keep: boolean): Promise<void> {
    // A run that just ended is being kept: that must not be cut short.
    if (isOver(this.state)) await this.loop;
    // Room may have been made since its end; nothing else holds it.
    if (keep && this.state.kind === 'done' && this.kept.failed) await this.keep(this.status(), 'weights');
    const unfinished = this.state.kind === 'training' || this.state.kind === 'paused';
    if (keep && unfinished && this.step > 0) await this.keep('interrupted', 'checkpoint');
    this.advance({ kind: 'drop' });
    await this.loop;
    // Whoever still reads weights reads them to the end.
    await this.lock.run(() => Promise.resolve());
    this.run?.dispose();
    this.run = null;
  }

  private get dropped(): boolean {
    return this.state.kind === 'dropped';
  }

  /** Under which status the run is kept as it stands. */
  private status(): RunStatus {
    switch (this.state.kind) {
      case 'done':
        return endStatus(this.run?.state ?? emptyRunState);
      case 'failed':
      case 'paused':
        return this.state.kind;
      case 'building':
      case 'compiling':
      case 'training':
      case 'dropped':
        return 'running';
    }
  }

  /** From the first preparation to the last event. Never rejects. */
  private async drive(): Promise<void> {
    const { id, setup, options, purpose } = this.request;
    this.tick(true);
    try {
      const [dataset, backend] = await this.host.open(setup, ({ done, total, detail }) =>
        this.tell({ kind: 'phase', step: 0, name: `${detail} ${setup.dataset}`, done, total }),
      );
      if (this.dropped) return;
      const run = createRun({
        id,
        name: options.name,
        setup,
        dataset,
        backend,
        from: options.from,
        weights: options.weights,
        report: (event) => this.tell(event),
      });
      this.run = run;
      this.step = run.trainer.step;
      if (this.state.kind === 'building' && this.state.stop) run.trainer.requestStop();
      await this.pull(run);
      if (this.dropped) return;
      this.advance({ kind: 'ended' });
      if (purpose === 'train') await this.keep(this.status(), 'weights');
      if (this.pending.length > 0) this.tick(true);
    } catch (error) {
      if (this.dropped) return;
      const failure = sentence(error);
      await this.host.keep(this.record('failed', failure), {}).catch(() => undefined);
      this.advance({ kind: 'failed', failure });
    }
  }

  /** Pulls events until the run is over or dropped. */
  private async pull(run: Run): Promise<void> {
    while (!this.dropped) {
      if (mustRest(this.state)) {
        await this.rest();
        continue;
      }
      const { done, value } = await this.lock.run(() => run.events.next());
      if (done) return;
      this.receive(value);
      if (value.kind === 'ready' && this.request.purpose === 'show') return;
      await yieldToEventLoop();
    }
  }

  private receive(event: TrainingEvent): void {
    const { training } = this.request.setup;
    let urgent = event.kind === 'ready' || event.kind === 'done';
    if (event.kind === 'step') {
      this.step = event.step;
      this.speed.mark(event.step, performance.now());
      this.advance({ kind: 'stepped', evaluates: evaluationDue(event.step, training) });
    } else {
      this.pending.push(event);
      if (event.kind === 'ready') this.advance({ kind: 'built' });
      if (event.kind === 'evaluation') {
        this.advance({ kind: 'evaluated' });
        urgent = event.step <= training.evaluateEvery;
      }
    }
    this.tick(urgent);
    if (this.state.kind === 'training' && performance.now() - this.kept.at > this.host.keepMs) {
      this.kept.at = performance.now();
      // Until something better is known of it, a run that is still going is one that was interrupted.
      const small = (this.run?.trainer.parameterCount ?? 0) <= AUTOSAVE_PARAMETERS;
      void this.keep('interrupted', small ? 'checkpoint' : 'record');
    }
  }

  /** Waits in the paused state. */
  private async rest(): Promise<void> {
    this.speed.forget();
    this.advance({ kind: 'rested', begun: this.step > 0 });
    if (this.step > 0) {
      this.kept.at = performance.now();
      void this.keep('paused', 'checkpoint');
    }
    await this.until((state) => state.kind !== 'paused');
  }

  private advance(input: ActiveRunInput): void {
    const before = this.sessionState;
    this.state = nextState(this.state, input);
    if (this.sessionState !== before) this.tick(true);
    const waited = this.waiting;
    this.waiting = waited.filter(({ holds }) => !holds(this.state));
    for (const { holds, resolve } of waited) if (holds(this.state)) resolve();
  }

  private async until(holds: (state: ActiveRunState) => boolean): Promise<void> {
    if (holds(this.state)) return;
    await new Promise<void>((resolve) => this.waiting.push({ holds, resolve }));
  }

  /** Passes an event on that the run did not yield. */
  private tell(event: TrainingEvent): void {
    this.pending.push(event);
    this.tick(false);
  }

  private tick(urgent: boolean): void {
    const now = performance.now();
    if (this.dropped || (!urgent && now - this.tickedAt < this.host.tickMs)) return;
    this.tickedAt = now;
    const events = this.pending;
    this.pending = [];
    const { steps, batch } = this.request.setup.training;
    this.host.post({
      run: this.id,
      sequence: ++this.sequence,
      state: this.sessionState,
      vitals: this.speed.read(this.step, steps, batch),
      events,
      failure: this.failure,
    });
  }

  /**
   * Keeps the run with its weights (at its end), with a checkpoint to go on from, or alone. The run waits only while its
   * weights are read, not while they are written. Storage that fails must not fail the run.
   */
  private async keep(status: RunStatus, what: 'weights' | 'checkpoint' | 'record'): Promise<void> {
    const { run } = this;
    if (!run || this.dropped) return;
    try {
      const kept = await this.lock.run(async () => {
        if (this.dropped) return null;
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
      await this.writing.run(() => this.host.keep(kept.record, kept.artifacts));
      this.kept.failed = false;
    } catch (error) {
      const text = `The run could not be kept: ${sentence(error)}`;
      // Said once, not at every attempt.
      if (!this.kept.failed) this.pending.push({ kind: 'message', step: this.step, text, alarm: true });
      this.kept.failed = true;
    }
  }
}
