/**
 * The run that trains now. Ticks are written into histories outside React; views of it are made at most five times a
 * second and stay the same object until the next, as `useSyncExternalStore` needs.
 */
import type { BackendInfo } from '../../engine';
import type { TrainingEvent } from '../../training/events';
import type { RunRecord, RunSetup } from '../../training/runRecord';
import type { SessionState, Tick, Vitals } from '../../workers/protocol';
import { emptyHistories, remember, viewOfRecord } from './runView';
import type { RunView } from './runView';
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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function blank(setup: RunSetup): Mutable<RunView> {
  return {
    id: null,
    name: '',
    setup,
    current: true,
    state: 'ready',
    status: null,
    step: 0,
    steps: setup.training.steps,
    scenarios: [],
    fields: [],
    relatedness: null,
    datasetTitle: '',
    ceilings: null,
    backend: null,
    parameters: null,
    probeSpecs: [],
    ...emptyHistories(),
    representation: null,
    latest: null,
    final: null,
    bestStep: null,
    doneReason: null,
    failure: null,
    activity: null,
    version: 0,
  };
}

export class CurrentRun {
  private readonly throttle = new Throttle(REDRAW_MS);
  private now: Mutable<RunView>;
  private shown: RunView;
  private vitalsNow: Vitals = idleVitals;
  private vitalsShown: Vitals = idleVitals;

  constructor(setup: RunSetup) {
    this.now = blank(setup);
    this.shown = { ...this.now };
  }

  /** A new run takes the place of the last one. Scenarios stay, so the table does not empty itself for a moment. */
  begin(setup: RunSetup, name: string): void {
    const before = this.now;
    this.now = {
      ...blank(setup),
      name,
      state: 'compiling',
      activity: 'Starting',
      version: before.version + 1,
    };
    if (before.setup.dataset === setup.dataset) {
      this.now.scenarios = before.scenarios;
      this.now.ceilings = before.ceilings;
      this.now.datasetTitle = before.datasetTitle;
    }
    this.vitalsNow = { ...idleVitals, steps: setup.training.steps };
    this.publish();
  }

  accepted(id: string): void {
    this.now.id = id;
    this.publish();
  }

  /** A person, perhaps in another tab, gave it another name. */
  rename(name: string): void {
    if (this.now.name === name) return;
    this.now.name = name;
    this.publish();
  }

  /** Back to nothing trained. */
  clear(setup: RunSetup): void {
    const { scenarios, ceilings, datasetTitle, backend, version } = this.now;
    this.now = { ...blank(setup), backend, version: version + 1 };
    if (setup.dataset === this.shown.setup.dataset)
      Object.assign(this.now, { scenarios, ceilings, datasetTitle });
    this.vitalsNow = idleVitals;
    this.publish();
  }

  /** What a dataset's summary says before any run, so that the table stands with its scenarios at once. */
  preview(scenarios: RunView['scenarios'], title: string, setup: RunSetup): void {
    this.now = {
      ...blank(setup),
      backend: this.now.backend,
      version: this.now.version + 1,
      scenarios,
      datasetTitle: title,
    };
    this.vitalsNow = idleVitals;
    this.publish();
  }

  /** What trains, known before the first run. */
  meet(backend: BackendInfo): void {
    if (this.now.backend !== null) return;
    this.now.backend = backend;
    this.publish();
  }

  /** Histories of a kept run that goes on. */
  recall(record: RunRecord): void {
    const { metrics, losses, film, latest, probeSpecs, scenarios, ceilings } = viewOfRecord(record);
    Object.assign(this.now, {
      metrics,
      losses,
      film,
      latest,
      probeSpecs,
      scenarios,
      ceilings,
      step: record.step,
    });
    this.publish();
  }

  fail(sentence: string): void {
    this.now.state = 'failed';
    this.now.failure = sentence;
    this.now.activity = null;
    this.publish();
  }

  apply(tick: Tick): void {
    const urgent = tick.state !== this.now.state;
    this.now.id = tick.run;
    this.now.state = tick.state;
    this.now.failure = tick.failure;
    this.now.step = tick.vitals.step;
    if (tick.vitals.steps > 0) this.now.steps = tick.vitals.steps;
    if (tick.state !== 'compiling' && this.now.activity === 'Starting') this.now.activity = null;
    for (const event of tick.events) this.take(event);
    if (tick.state === 'done' || tick.state === 'failed') this.now.activity = null;
    this.vitalsNow = tick.vitals;
    this.now.version++;
    if (urgent) this.publish();
    else this.throttle.notify();
  }

  private take(event: TrainingEvent): void {
    remember(this.now, event);
    switch (event.kind) {
      case 'compiling':
        this.now.activity = event.detail;
        break;
      case 'ready':
        this.now.activity = null;
        this.now.backend = event.backend;
        this.now.parameters = event.parameters;
        this.now.ceilings = event.ceilings;
        this.now.probeSpecs = event.probes;
        this.now.scenarios = event.data.scenarios;
        this.now.fields = event.data.fields;
        this.now.relatedness = event.data.relatedness;
        this.now.datasetTitle = event.data.title;
        break;
      case 'evaluation':
        if (event.split === 'validation') this.now.latest = event.metrics;
        break;
      case 'phase':
        this.now.activity =
          event.done >= event.total ? null : `${event.name} ${event.done} of ${event.total}`;
        break;
      case 'message':
        this.now.activity = event.text;
        break;
      case 'representation':
        this.now.representation = event.sample;
        break;
      case 'done':
        this.now.final = event.final;
        this.now.bestStep = event.bestStep;
        this.now.doneReason = event.reason;
        this.now.status = event.reason === 'stopped' ? 'stopped' : 'done';
        break;
      case 'step':
      case 'loss':
      case 'procedure-probe':
        break;
      default:
        event satisfies never;
    }
  }

  private publish(): void {
    this.throttle.flush();
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
    return this.now.id;
  }

  get state(): SessionState {
    return this.now.state;
  }

  private refreshed = -1;
  /** Views change only when listeners are told, so that several reads of one render agree. */
  private refresh(): void {
    if (this.refreshed === this.throttle.told) return;
    this.refreshed = this.throttle.told;
    this.shown = { ...this.now };
    this.vitalsShown = this.vitalsNow;
  }
}
