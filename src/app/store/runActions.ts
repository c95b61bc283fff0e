/** What the page does: the current run, the kept runs, the datasets. Components call this; nothing else talks to the client. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { readCheckpoint } from '../../training/checkpoint/checkpoint';
import { parseSetup } from '../../training/parseSetup';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunRecord, RunSetup } from '../../training/runRecord';
import type { WorkerClient } from '../../workers/client';
import { isUnderWay } from '../../workers/protocol';
import type { DatasetSummary, RunSummary, Vitals } from '../../workers/protocol';
import { report, sentence, useNotices } from './notices';
import { interruptedRun } from './interruptedRun';
import { useRuns } from './runs';
import { useSetup } from './setup';
import { holdsQueue, pauseQueue } from './queue';
import { lockRun, runIsUnderWay } from './runLock';
import { CurrentRun } from './currentRun';
import type { RunView } from './runView';

export interface TrainChoice {
  readonly startPaused?: boolean;
  readonly name?: string;
  /** Begun by the queue and not by a person. */
  readonly fromQueue?: boolean;
  /** The run's identity; left out: a new one. */
  readonly run?: string;
}

export class RunActions {
  readonly current: CurrentRun;
  /** Dataset whose scenarios stand in the table before a run; its summary once it is read. */
  private previewed: { readonly dataset: string; readonly summary: DatasetSummary | null } | null = null;
  /** Kept run that the worker was last given to compute from: its ticks are no training and change no picture. */
  private scored: string | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(readonly client: WorkerClient) {
    this.current = new CurrentRun(useSetup.getState().setup);
    lockRun(this.current);
    client.onTick((tick) => {
      if (tick.run === this.scored) return;
      const before = this.current.state;
      this.current.apply(tick);
      for (const event of tick.events)
        if (event.kind === 'message' && event.alarm) useNotices.getState().tell('error', event.text);
      if (tick.state === 'failed' && before !== 'failed') {
        if (tick.failure) useNotices.getState().tell('error', tick.failure);
        void this.preview(useSetup.getState().setup.dataset);
      }
    });
  }

  /** Trains the present set-up from its beginning. */
  async train(setup: ParsedSetup = useSetup.getState().setup, options: TrainChoice = {}): Promise<void> {
    if (!options.fromQueue) {
      useSetup.getState().set({ shownRun: null });
      useNotices.getState().dismissErrors();
      if (holdsQueue()) pauseQueue(true);
    }
    const name = options.name ?? null;
    const left = options.fromQueue ? null : interruptedRun(useRuns.getState().list, setup, this.current.id);
    this.scored = null;
    this.current.begin(setup, name ?? '');
    try {
      this.accepted(
        await this.client.train(setup, {
          startPaused: options.startPaused ?? false,
          name,
          ...(options.run !== undefined && { run: options.run }),
        }),
      );
      if (left) this.tellOfLeft(left);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Goes on with a kept run; one that is under way here is shown. @throws Error as `continueRun` */
  async goOn(id: string): Promise<void> {
    if (id === this.current.id && isUnderWay(this.current.state)) {
      useSetup.getState().set({ shownRun: null });
      if (this.current.state === 'paused') await this.pauseOrResume();
      return;
    }
    const record = await this.client.runs.get(id);
    if (record) await this.continueRun(record);
  }

  /** Says that a run of the same set-up, which might have been gone on with, is still there. */
  private tellOfLeft(run: RunSummary): void {
    const text = `Training begins anew; “${run.name}” of this set-up stays kept at step ${run.step}.`;
    const act = (): void => void this.goOn(run.id).catch(report);
    useNotices.getState().tell('news', text, { label: 'Go on with it', act });
  }

  /**
   * Goes on with a kept run that was interrupted or paused.
   *
   * @returns false where it was left: the queue asked for it, and a person began something meanwhile
   * @throws Error where another tab has it under way, or its set-up does not fit this lab
   */
  async continueRun(record: RunRecord, { fromQueue = false } = {}): Promise<boolean> {
    // Whoever takes the queue over goes on with a run whose tab has closed, even before its lock is seen to be free.
    if (!fromQueue && record.id !== this.current.id && (await runIsUnderWay(record.id)))
      throw new Error(`“${record.name}” is under way in another tab; stop it there, or go on there.`);
    const setup = parseSetup(record.setup);
    const { checkpoint } = await this.client.runs.artifacts(record.id);
    if (fromQueue && isUnderWay(this.current.state)) return false;
    if (!fromQueue) {
      useSetup.getState().adopt(setup);
      useSetup.getState().set({ shownRun: null });
      if (holdsQueue()) pauseQueue(true);
    }
    this.scored = null;
    this.current.begin(record.setup, record.name);
    try {
      // The run goes on from its checkpoint, which may be older than its record; without one it begins anew.
      if (checkpoint) this.current.recall(readCheckpoint(checkpoint).record);
      this.accepted(
        await this.client.train(setup, {
          run: record.id,
          startPaused: false,
          from: checkpoint,
          name: record.name,
        }),
      );
    } catch (error) {
      this.failed(error);
    }
    return true;
  }

  /**
   * Computes from a run's weights: of the run that the worker holds with those of now, else after giving it the kept ones.
   * One computation after the other, so that none finds another's weights.
   *
   * @throws Error where the run's weights were not kept
   */
  compute<T>(
    run: { readonly id: string; readonly name: string; readonly setup: RunSetup },
    act: (client: WorkerClient) => Promise<T>,
  ): Promise<T> {
    const result = this.turn.then(async () => {
      if (this.client.run !== run.id) {
        const { weights } = await this.client.runs.artifacts(run.id);
        if (!weights)
          throw new Error(
            `The weights of “${run.name}” were not kept, so its rows cannot be scored; train it again.`,
          );
        this.scored = run.id;
        await this.client.show(run.id, parseSetup(run.setup), weights);
      }
      return act(this.client);
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  pauseOrResume(): Promise<void> {
    return this.command(() => (this.current.state === 'paused' ? this.client.resume() : this.client.pause()));
  }

  /** One step; from nothing it builds the model, waits at the start and takes the first. */
  async step(): Promise<void> {
    if (!isUnderWay(this.current.state)) await this.train(undefined, { startPaused: true });
    // Reset, or a failure, may have come before the model was built: then there is nothing to step.
    if (this.client.run === null || this.current.state === 'failed') return;
    await this.command(() => this.client.step());
  }

  stop(): Promise<void> {
    return this.command(() => this.client.stop());
  }

  async reset(): Promise<void> {
    await this.command(() => this.client.reset());
    this.current.clear(useSetup.getState().setup);
    this.showPreview();
    void this.preview(useSetup.getState().setup.dataset);
  }

  /** Scenarios of the chosen dataset, shown before any run. A run brings its own: reading them twice would hold it up. */
  async preview(dataset: string): Promise<void> {
    if (this.previewed?.dataset === dataset) return;
    if (isUnderWay(this.current.state) && this.current.view().setup.dataset === dataset) return;
    this.previewed = { dataset, summary: null };
    try {
      const summary = await this.client.dataset(dataset);
      if (this.previewed.dataset !== dataset) return;
      this.previewed = { dataset, summary };
      this.showPreview();
    } catch (error) {
      if (this.previewed.dataset === dataset) this.previewed = null;
      report(error);
    }
  }

  /** What was read of the chosen dataset, unless a run is under way or shows it already. */
  private showPreview(): void {
    const { setup } = useSetup.getState();
    const summary = this.previewed?.summary;
    if (!summary || this.previewed?.dataset !== setup.dataset || isUnderWay(this.current.state)) return;
    const shown = this.current.view();
    if (shown.setup.dataset !== setup.dataset || shown.scenarios.length === 0)
      this.current.preview(summary.scenarios, summary.title, setup);
  }

  private async command(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      report(error);
    }
  }

  /** A run that another took the place of before it began was neither kept nor is it the current one. */
  private accepted(id: string): void {
    if (this.client.run === id) this.current.accepted(id);
  }

  private failed(error: unknown): void {
    this.current.fail(sentence(error));
    report(error);
  }
}

const RunActionsContext = createContext<RunActions | null>(null);
export const RunActionsProvider = RunActionsContext.Provider;

export function useRunActions(): RunActions {
  const actions = useContext(RunActionsContext);
  if (!actions) throw new Error('A part of the page was drawn outside the lab.');
  return actions;
}

/** The current run, at most five new views a second. */
export function useCurrentRun(): RunView {
  const { current } = useRunActions();
  return useSyncExternalStore(current.subscribe, current.view, current.view);
}

/** Whether a run is being built or has not been evaluated yet: what can wait leaves it the cores. */
function awaitsFirstFigures({ state, latest }: Pick<RunView, 'state' | 'latest'>): boolean {
  return (state === 'compiling' || state === 'training') && latest === null;
}

export function useAwaitsFirstFigures(): boolean {
  const { current } = useRunActions();
  const awaits = (): boolean => awaitsFirstFigures(current.view());
  return useSyncExternalStore(current.subscribe, awaits, awaits);
}

export function useVitals(): Vitals {
  const { current } = useRunActions();
  return useSyncExternalStore(current.subscribe, current.vitals, current.vitals);
}
