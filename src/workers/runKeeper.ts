/** Keeps the run of a session: when it is accepted, every few seconds while it trains, at every pause, and at its end. */
import { keepingIsDue } from './cadence';
import { Mutex } from './mutex';
import type { TrainingEvent } from '../training/events';
import type { Run } from '../training/run';
import type { RunRecord, RunStatus } from '../training/runRecord';
import type { Arrays, RunProgress } from './runProgress';
import type { RunArtifacts } from './protocol';
import type { Durability } from './durability';

/** Where runs are written. */
export interface RunWriter {
  /** Writes a record whole. Artifacts that are left out stay as they were. */
  readonly put: (record: RunRecord, artifacts?: Partial<RunArtifacts>) => Promise<void>;
  /** @returns how many events are kept beside the record now; null: what is kept is not what this follows, it needs all */
  readonly keepProgress: (progress: RunProgress) => Promise<number | null>;
}

const BEST = 'best.';

const some = <T>(values: Readonly<Record<string, T>>, chosen: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => chosen(name)));

/** What is sent is moved, not copied; a procedure's arrays may be its own. */
const copied = (arrays: Arrays): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()]));

export class RunKeeper {
  private readonly writing = new Mutex();
  /** What the run told since it was last kept. */
  private events: TrainingEvent[] = [];
  /** How many events are kept beside the record; null: not known, so the next time all is. */
  private kept: number | null = null;
  private keptBest: number | null = null;
  private last = { at: performance.now(), step: 0, cost: 0 };
  /** A regular keeping is under way. */
  private busy = false;
  /** The last keeping failed. */
  failed = false;

  /**
   * @param read reads from the run between two events; null where the run was dropped meanwhile
   * @param told told once where keeping begins to fail
   */
  constructor(
    private readonly run: string,
    private readonly writer: RunWriter,
    private readonly every: number,
    private readonly read: <T>(from: (run: Run) => Promise<T>) => Promise<T | null>,
    private readonly told: (error: unknown) => void,
  ) {}

  /** An event of the run, between being pulled and the next. */
  note(event: TrainingEvent): void {
    if (event.kind !== 'step') this.events.push(event);
  }

  /** The run goes on from what is kept: what it told since did not happen, and the next time all is kept. */
  goBack(): void {
    this.events = [];
    this.kept = null;
  }

  /** A run has taken so many steps: keeps it where that is due, without being waited for. */
  follow(step: number, parameters: number): void {
    const { at, cost } = this.last;
    const since = { milliseconds: performance.now() - at, steps: step - this.last.step, cost, parameters };
    if (this.busy || !keepingIsDue(since, this.every)) return;
    this.busy = true;
    // Until something better is known of it, a run that is still going is one that was interrupted.
    void this.position('interrupted', 'relaxed').finally(() => (this.busy = false));
  }

  /** Keeps a record alone or with artifacts; of a run that is accepted, at its end, or that failed. */
  whole(
    record: () => Promise<{ readonly record: RunRecord; readonly artifacts: Partial<RunArtifacts> } | null>,
  ): Promise<void> {
    return this.attempt(async () => {
      const given = await record();
      if (!given) return;
      this.kept = null;
      await this.writer.put(given.record, given.artifacts);
    });
  }

  /** Keeps where the run stands. Resolves once it is stored, or could not be. */
  position(status: RunStatus, durability: Durability): Promise<void> {
    return this.attempt(async () => {
      // Once more with all of it, where storage was cleared or the run deleted meanwhile.
      if (!(await this.send(status, durability))) await this.send(status, durability);
    });
  }

  /** @returns false where all must be sent */
  private async send(status: RunStatus, durability: Durability): Promise<boolean> {
    const taken = await this.read(async (run) => {
      // What the device still has to do would have been waited for anyway.
      await run.trainer.waitForDevice();
      const began = performance.now();
      const progress = await this.progressOf(run, status, durability);
      const now = performance.now();
      this.last = { at: now, step: run.trainer.step, cost: now - began };
      return { progress, events: this.events.length, best: run.trainer.bestRevision };
    });
    if (!taken) return true;
    this.kept = await this.writer.keepProgress(taken.progress).catch((error: unknown) => {
      this.kept = null;
      throw error;
    });
    if (this.kept === null) return false;
    this.events = this.events.slice(taken.events);
    this.keptBest = taken.best;
    return true;
  }

  private async progressOf(run: Run, status: RunStatus, durability: Durability): Promise<RunProgress> {
    const whole = this.kept === null;
    const best = whole || run.trainer.bestRevision !== this.keptBest;
    const { trainer, procedure } = await run.position(best);
    const record = run.record(status);
    return {
      run: this.run,
      status,
      step: run.trainer.step,
      timings: record.timings,
      record: whole ? record : null,
      events: whole ? [] : this.events.slice(),
      after: this.kept ?? 0,
      trainer: trainer.state,
      procedure: procedure.state,
      arrays: {
        trainer: some(trainer.arrays, (name) => !name.startsWith(BEST)),
        ...(best && { best: some(trainer.arrays, (name) => name.startsWith(BEST)) }),
        procedure: copied(procedure.arrays),
      },
      durability,
    };
  }

  /** One writing after the other: an earlier state must not come after a later one. Storage that fails must not fail the run. */
  private attempt(write: () => Promise<void>): Promise<void> {
    return this.writing.run(async () => {
      try {
        await write();
        this.failed = false;
      } catch (error) {
        // Said once, not at every attempt.
        if (!this.failed) this.told(error);
        this.failed = true;
      }
    });
  }
}
