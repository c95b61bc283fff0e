/** The one run of a session: pulls its events, tells of them in ticks, keeps it in storage, and answers its commands. */
import { endStatus, noTimings, recordOfRun } from '../training/recordRun';
import { emptyRunState } from '../training/reduceRun';
import { createRun, defaultRunName } from '../training/run';
import { evaluationDue } from '../training/schedule';
import { yieldToEventLoop } from '../training/yieldToEventLoop';
import { versions } from '../training/versions';
import { isSlowFallback } from './slowFallback';
import { Mutex } from './mutex';
import { RunKeeper } from './runKeeper';
import { firstState, isAnswered, isOver, mustRest, nextState, sessionStateOf } from './activeRunState';
import { Speedometer } from './speedometer';
import type { Dataset } from '../data/dataset';
import type { BackendInfo, TimedKernel } from '../engine';
import type { TrainingEvent } from '../training/events';
import type { ParsedSetup } from '../training/parseSetup';
import type { Run } from '../training/run';
import type { RunRecord, RunSetup, RunStatus } from '../training/runRecord';
import type { RunWriter } from './runKeeper';
import type { OnProgress, RunId, SessionState, Tick, TrainOptions } from './protocol';
import type { ActiveRunInput, ActiveRunState } from './activeRunState';

/** What a run needs of the session around it. */
export interface RunHost {
  post(tick: Tick): void;
  /** Opens what the run computes on and with. */
  open(setup: RunSetup, onProgress: OnProgress): Promise<readonly [Dataset, BackendInfo]>;
  /** Where the run is kept. */
  readonly writer: RunWriter;
  /** The last checkpoint that was kept of a run; null where there is none. */
  lastCheckpoint(run: RunId): Promise<Uint8Array | null>;
  /** Why the device that runs compute on is gone; null while it is there. */
  lostDevice(): string | null;
  /** Milliseconds between ticks, and least between two keepings. */
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

/** Devices that a run may lose: one that goes again and again would not let it end. */
const MOST_LOSSES = 3;
/** Milliseconds in which a lost device is told of. */
const LOSS_MS = 20;

const SLOW_FALLBACK =
  'WebAssembly could not be used, so this run computes in plain JavaScript, many times slower; press Train to try WebAssembly again, or see why in the status line.';

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
  private readonly keeper: RunKeeper;
  /** The last event has come: what is left is to keep it. */
  private ending = false;
  /** Nothing is told of a run before it is kept: what shows on the page is not lost with the browser. */
  private accepted = false;
  private readonly speed = new Speedometer();
  private sequence = 0;
  private pending: TrainingEvent[] = [];
  private tickedAt = 0;
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
    const read = <T>(from: (run: Run) => Promise<T>): Promise<T | null> =>
      this.lock.run(async () => (this.run && !this.dropped ? from(this.run) : null));
    this.keeper = new RunKeeper(request.id, host.writer, host.keepMs, read, (error) => {
      // The run goes back to what is kept already.
      if (host.lostDevice() !== null) return;
      const text = `The run could not be kept: ${sentence(error)}`;
      this.pending.push({ kind: 'message', step: this.step, text, alarm: true });
    });
  }

  get sessionState(): SessionState {
    return sessionStateOf(this.state);
  }

  get failure(): string | null {
    return this.state.kind === 'failed' ? this.state.failure : null;
  }

  /** Begins to build and train, unless it was dropped meanwhile. Resolves once the run is in the list of kept ones. */
  async start(): Promise<void> {
    if (this.dropped) return;
    // One that goes on from a checkpoint is listed already, with all that it was.
    const fresh = this.request.purpose === 'train' && this.request.options.from === null;
    const accepted = fresh
      ? this.keeper.whole(async () => ({ record: this.record('interrupted'), artifacts: {} }))
      : Promise.resolve();
    this.loop = this.drive();
    await accepted;
    this.accepted = true;
    this.tick(true);
  }

  /** Keeps the run anew, where what was kept has gone. */
  async keepAgain(): Promise<void> {
    if (this.request.purpose !== 'train') return;
    if (this.state.kind === 'done') await this.keepEnd();
    else if (this.state.kind === 'paused' && this.step > 0) await this.keeper.position('paused', 'strict');
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
    if (isOver(this.state) || this.ending) await this.loop;
    // Room may have been made since its end; nothing else holds it.
    if (keep && this.state.kind === 'done' && this.keeper.failed) await this.keepEnd();
    const unfinished = this.state.kind === 'training' || this.state.kind === 'paused';
    if (keep && unfinished && this.step > 0) await this.keeper.position('interrupted', 'strict');
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

  /** From the first preparation to the last event, over devices that are lost on the way. Never rejects. */
  private async drive(): Promise<void> {
    let from = this.request.options.from;
    for (let losses = 0; !this.dropped; losses++) {
      try {
        return await this.driveFrom(from, losses > 0);
      } catch (error) {
        // Work fails a moment before it is told that the device is gone.
        await new Promise((resolve) => setTimeout(resolve, LOSS_MS));
        if (this.dropped) return;
        if (this.host.lostDevice() === null || losses >= MOST_LOSSES) return this.fail(sentence(error));
        from = await this.afterLoss(from);
      }
    }
  }

  /** Frees what the lost device held. @returns what the run goes on from */
  private async afterLoss(from: Uint8Array | null): Promise<Uint8Array | null> {
    this.advance({ kind: 'lost' });
    await this.lock.run(async () => {
      this.run?.dispose();
      this.run = null;
    });
    this.keeper.goBack();
    this.speed.forget();
    return (await this.host.lastCheckpoint(this.id).catch(() => null)) ?? from;
  }

  private async fail(failure: string): Promise<void> {
    if (this.request.purpose === 'train')
      await this.keeper.whole(async () => ({ record: this.record('failed', failure), artifacts: {} }));
    this.advance({ kind: 'failed', failure });
  }

  /** @param again the device before was lost */
  private async driveFrom(from: Uint8Array | null, again: boolean): Promise<void> {
    const { id, setup, options, purpose } = this.request;
    this.tick(true);
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
      from,
      weights: options.weights,
      report: (event) => this.tell(event),
      truth: true,
    });
    this.run = run;
    this.step = run.trainer.step;
    if (again) {
      const on =
        backend.name === 'webgpu' ? 'a new one' : backend.name === 'wasm' ? 'WebAssembly' : 'the CPU';
      const text = `The graphics device was lost; the run goes on from step ${this.step} on ${on}.`;
      this.tell({ kind: 'message', step: this.step, text, alarm: true });
    }
    if (purpose === 'train' && isSlowFallback(setup, backend))
      this.tell({ kind: 'message', step: this.step, text: SLOW_FALLBACK, alarm: true });
    if (this.state.kind === 'building' && this.state.stop) run.trainer.requestStop();
    await this.pull(run);
    if (this.dropped) return;
    // “Done” is shown once it is stored.
    this.ending = true;
    if (purpose === 'train') await this.keepEnd();
    this.advance({ kind: 'ended' });
    if (this.pending.length > 0) this.tick(true);
  }

  /** Pulls events until the run is over or dropped. */
  private async pull(run: Run): Promise<void> {
    while (!this.dropped) {
      if (mustRest(this.state)) {
        await this.rest();
        continue;
      }
      const { done, value } = await this.lock.run(async () => {
        const next = await run.events.next();
        if (!next.done) this.keeper.note(next.value);
        return next;
      });
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
    if (this.state.kind === 'training' && this.request.purpose === 'train')
      this.keeper.follow(this.step, this.run?.trainer.parameterCount ?? 0);
  }

  /** Waits in the paused state, which is shown once it is stored. */
  private async rest(): Promise<void> {
    this.speed.forget();
    if (this.step > 0) await this.keeper.position('paused', 'strict');
    this.advance({ kind: 'rested', begun: this.step > 0 });
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
    if (!this.accepted || this.dropped || (!urgent && now - this.tickedAt < this.host.tickMs)) return;
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

  /** Keeps a run that has ended, with its best weights. The run waits only while they are read. */
  private keepEnd(): Promise<void> {
    return this.keeper.whole(() =>
      this.lock.run(async () => {
        const { run } = this;
        if (!run || this.dropped) return null;
        const record = run.record(endStatus(run.state));
        return { record, artifacts: { weights: await run.weights(), checkpoint: null } };
      }),
    );
  }
}
