/**
 * What a person typed and scored on a sweep over α. Its runs train one after the other and each takes the tab over, so
 * this outlives the figure; it belongs to the sweep, and another sweep begins anew.
 */
import { create } from 'zustand';
import type { RunSetup } from '../../../training/runRecord';
import { inSweep } from './alphaSweep';

export interface Grid {
  /** The kind of AUC and the runs that were scored; others need a grid of their own. */
  readonly of: string;
  readonly alphas: readonly number[];
  readonly cs: readonly number[];
  /** Overall AUC `[alphas * cs]`. */
  readonly values: Float32Array;
}

export interface SweepWork {
  /** Values of α as typed. */
  readonly text: string;
  readonly grid: Grid | null;
}

interface SweepMemory extends SweepWork {
  /** A run of the sweep that is remembered. */
  readonly setup: RunSetup | null;
}

const fresh: SweepWork = { text: '0, 0.05, 0.1, 0.3, 1', grid: null };

const useMemory = create<SweepMemory>(() => ({ setup: null, ...fresh }));

/** What is remembered of the sweep that a set-up belongs to. */
function workOf({ setup, text, grid }: SweepMemory, asked: RunSetup): SweepWork {
  return setup !== null && inSweep(setup, asked) ? { text, grid } : fresh;
}

export function rememberSweep(setup: RunSetup, change: Partial<SweepWork>): void {
  useMemory.setState((state) => ({ setup, ...workOf(state, setup), ...change }));
}

export function useSweepWork(setup: RunSetup): SweepWork {
  const memory = useMemory();
  return workOf(memory, setup);
}
