/** Ablations that were asked for: which rows over which seeds, and the runs that they became. Kept in the browser. */
import { create } from 'zustand';
import { restoredAblations, withRuns } from '../../studies/ablation/ablation';
import type { Ablation, AblationRow } from '../../studies/ablation/ablation';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunSetup } from '../../training/runRecord';
import { enqueue, useQueue } from './queue';
import type { Queue } from './queueEdits';

export interface Ablations {
  readonly kept: readonly Ablation[];
  /** The one on show; null: none. */
  readonly shown: string | null;
}

const KEY = 'scenarium-ablations';

export const useAblations = create<Ablations>(() => ({ kept: [], shown: null }));

function readKept(): readonly Ablation[] | null {
  try {
    return restoredAblations(localStorage.getItem(KEY));
  } catch {
    return null; // storage refused: ablations last as long as the page
  }
}

/** Changes what is kept, starting from what another tab may have kept since. */
function change(edit: (kept: readonly Ablation[]) => readonly Ablation[]): void {
  const before = readKept() ?? useAblations.getState().kept;
  const kept = edit(before);
  if (kept === before) return;
  useAblations.setState({ kept });
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // As above.
  }
}

/** Reads what was kept, follows the queue and the other tabs. Called once, after the queue was read. */
export function followAblations(): void {
  const kept = readKept() ?? [];
  const { items } = useQueue.getState();
  useAblations.setState({
    kept,
    // One that was under way when the page closed is what a person comes back for.
    shown: kept.findLast((one) => items.some((item) => item.batch === one.id))?.id ?? null,
  });
  const follow = (queue: Queue) => change((now) => withRuns(now, queue.items));
  follow(useQueue.getState());
  useQueue.subscribe(follow);
  window.addEventListener('storage', (event) => {
    // A null key: everything was cleared.
    if (event.key === KEY || event.key === null)
      useAblations.setState({ kept: restoredAblations(event.key === null ? null : event.newValue) });
  });
}

/**
 * Queues an ablation and shows its table, which fills as runs finish.
 *
 * @param runs rows over seeds, seed by seed, as `ablationRuns` gives them
 */
export function beginAblation(
  name: string,
  base: RunSetup,
  rows: readonly AblationRow[],
  runs: readonly { readonly name: string; readonly setup: ParsedSetup }[],
): void {
  const createdAt = new Date().toISOString();
  const id = `${name}, ${createdAt}`;
  const seeds = [...new Set(runs.map((run) => run.setup.seed))];
  const ablation: Ablation = { id, name, createdAt, base, seeds, rows, runs: runs.map(() => null) };
  change((kept) => [...kept, ablation]);
  useAblations.setState({ shown: id });
  enqueue(runs, id);
}

/** Forgets the table; its runs stay. */
export function forgetAblation(id: string): void {
  change((kept) => kept.filter((one) => one.id !== id));
  useAblations.setState(({ shown }) => ({ shown: shown === id ? null : shown }));
}
