/**
 * The run that the page trains. Ticks are reduced as they arrive; views of the state are made at most five times a second
 * and stay the same object until the next, as `useSyncExternalStore` needs.
 */
import type { BackendInfo } from '../../engine';
import { endStatus, stateOfRecord } from '../../training/recordRun';
import { emptyRunState, reduceRun } from '../../training/reduceRun';
import type { RunState } from '../../training/reduceRun';
import type { RunRecord, RunSetup } from '../../training/runRecord';
import type { SessionState, Tick, Vitals } from '../../workers/protocol';
import { viewOfRun } from './runView';
import type { RunSession, RunView } from './runView';
import { Throttle } from './throttle';

const REDRAW_MS = 200;

const idleVitals: Vitals = {
  step: 0,
  steps: 0,
  samplesPerSecond: null,
  secondsLeft: null,
  tensors: 0,
  bytes: 0,
};

function readySession(setup: RunSetup): RunSession {
  return {
    id: null,
    name: '',
    setup,
    current: true,
    state: 'ready',
    status: null,
    steps: setup.training.steps,
    failure: null,
  };
}

export class CurrentRun {
  private readonly throttle = new Throttle(REDRAW_MS);
  private run: RunState = emptyRunState;
  private session: RunSession;
  private vitalsNow: Vitals = idleVitals;
  private shown: RunView;
  private vitalsShown: Vitals = idleVitals;

  constructor(setup: RunSetup) {
    this.session = readySession(setup);
    this.shown = viewOfRun(this.run, this.session);
  }

  /** A new run takes the place of the last one. Scenarios stay, so the table does not empty itself for a moment. */
  begin(setup: RunSetup, name: string): void {
    this.run = { ...emptyRunState, ...this.knownOf(setup), activity: 'Starting' };
    this.session = { ...readySession(setup), name, state: 'compiling' };
    this.vitalsNow = { ...idleVitals, steps: setup.training.steps };
    this.throttle.flush();
  }

  accepted(id: string): void {
    this.session = { ...this.session, id };
    this.throttle.flush();
  }

  /** A person, perhaps in another tab, gave it another name. */
  rename(name: string): void {
    if (this.session.name === name) return;
    this.session = { ...this.session, name };
    this.throttle.flush();
  }

  /** Back to nothing trained. */
  clear(setup: RunSetup): void {
    const { backend } = this.run;
    this.run = { ...emptyRunState, ...this.knownOf(setup), backend };
    this.session = readySession(setup);
    this.vitalsNow = idleVitals;
    this.throttle.flush();
  }

  /** What a dataset's summary says before any run, so that the table stands with its scenarios at once. */
  preview(scenarios: RunView['scenarios'], title: string, setup: RunSetup): void {
    const { backend } = this.run;
    this.run = { ...emptyRunState, backend, scenarios, datasetTitle: title };
    // A run may fail before its dataset's summary arrives: it stays failed, with its scenarios in the table.
    const failed = this.session.state === 'failed' && this.session.setup.dataset === setup.dataset;
    if (!failed) this.session = readySession(setup);
    this.vitalsNow = idleVitals;
    this.throttle.flush();
  }

  /** What trains, known before the first run. */
  meet(backend: BackendInfo): void {
    if (this.run.backend !== null) return;
    this.run = { ...this.run, backend };
    this.throttle.flush();
  }

  /** The record that the run goes on from. */
  recall(record: RunRecord): void {
    this.run = { ...stateOfRecord(record), activity: this.run.activity };
    this.throttle.flush();
  }

  fail(sentence: string): void {
    this.session = { ...this.session, state: 'failed', failure: sentence };
    this.run = { ...this.run, activity: null };
    this.throttle.flush();
  }

  apply(tick: Tick): void {
    const urgent = tick.state !== this.session.state;
    let run = tick.events.reduce(reduceRun, this.run);
    // Ticks leave the events of steps out; a run that was not built yet has none.
    if (tick.vitals.step > 0) run = reduceRun(run, { kind: 'step', step: tick.vitals.step });
    if (tick.state === 'failed') run = { ...run, activity: null };
    this.run = run;
    this.session = {
      ...this.session,
      id: tick.run,
      state: tick.state,
      status: run.doneReason === null ? null : endStatus(run),
      steps: tick.vitals.steps > 0 ? tick.vitals.steps : this.session.steps,
      failure: tick.failure,
    };
    this.vitalsNow = tick.vitals;
    if (urgent) this.throttle.flush();
    else this.throttle.notify();
  }

  /** What is known of a dataset already, where the next run is trained on it too. */
  private knownOf(setup: RunSetup): Partial<RunState> {
    if (setup.dataset !== this.session.setup.dataset) return {};
    const { scenarios, ceilings, datasetTitle } = this.run;
    return { scenarios, ceilings, datasetTitle };
  }

  readonly subscribe = (listener: () => void): (() => void) => this.throttle.subscribe(listener);

  /** The run as it was last shown; a new object only when something changed. */
  readonly view = (): RunView => {
    this.refresh();
    return this.shown;
  };

  readonly vitals = (): Vitals => {
    this.refresh();
    return this.vitalsShown;
  };

  get id(): string | null {
    return this.session.id;
  }

  get state(): SessionState {
    return this.session.state;
  }

  private refreshed = -1;
  /** Views change only when listeners are told, so that several reads of one render agree. */
  private refresh(): void {
    if (this.refreshed === this.throttle.told) return;
    this.refreshed = this.throttle.told;
    this.shown = viewOfRun(this.run, this.session);
    this.vitalsShown = this.vitalsNow;
  }
}
