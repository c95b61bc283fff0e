/** Ablations that were asked for: which rows over which seeds, and the runs that they became. Kept in the browser. */
import { create } from 'zustand';
import type { AnySettings } from '../../models/settings';
import type { RunSetup } from '../../training/runRecord';
import { enqueue, useQueue } from './queue';
import type { Queue } from './queueEdits';

export interface AblationRow {
  readonly name: string;
  readonly table: string | null;
  /** All settings of the model. */
  readonly settings: AnySettings;
}

export interface Ablation {
  /** Also the batch of its items in the queue; item `k` is row `k % rows` at seed `floor(k / rows)`. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** The run that was ablated; its seed is the first. */
  readonly base: RunSetup;
  readonly seeds: readonly number[];
  readonly rows: readonly AblationRow[];
  /** Run of each item, null until it is done. */
  readonly runs: readonly (string | null)[];
}

export interface Ablations {
  readonly kept: readonly Ablation[];
  /** The one on show; null: none. */
  readonly shown: string | null;
}

const KEY = 'scenarium-ablations';

export const useAblations = create<Ablations>(() => ({ kept: [], shown: null }));

function isAblation(value: unknown): value is Ablation {
  const one = value as Partial<Ablation> | null;
  return (
    typeof one === 'object' &&
    one !== null &&
    typeof one.id === 'string' &&
    typeof one.name === 'string' &&
    typeof one.base === 'object' &&
    Array.isArray(one.seeds) &&
    Array.isArray(one.rows) &&
    Array.isArray(one.runs) &&
    one.runs.length === one.seeds.length * one.rows.length
  );
}

/** What was kept; entries that cannot be read are left out. */
export function restoredAblations(text: string | null): readonly Ablation[] {
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isAblation) : [];
  } catch {
    return []; // not ours, or cut short: the runs themselves do not depend on it
  }
}

/** The ablations with the runs that the queue has finished since. The same object where nothing is new. */
export function withRuns(kept: readonly Ablation[], items: Queue['items']): readonly Ablation[] {
  let changed = false;
  const next = kept.map((ablation) => {
    const done = new Map(
      items.flatMap((item) =>
        item.batch === ablation.id && item.state === 'done' && item.run !== null
          ? [[item.id, item.run] as const]
          : [],
      ),
    );
    if (done.size === 0) return ablation;
    const runs = ablation.runs.map((run, k) => done.get(`${ablation.id}/${k}`) ?? run);
    if (runs.every((run, k) => run === ablation.runs[k])) return ablation;
    changed = true;
    return { ...ablation, runs };
  });
  return changed ? next : kept;
}

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
  const take = (queue: Queue) => change((now) => withRuns(now, queue.items));
  take(useQueue.getState());
  useQueue.subscribe(take);
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
  runs: readonly { readonly name: string; readonly setup: RunSetup }[],
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
