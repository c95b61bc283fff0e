/** Ablations that were asked for: which rows over which seeds, and the runs that they became. Kept in the browser. */
import { create } from 'zustand';
import { restoredAblations, withRuns } from '../../studies/ablation/ablation';
import type { Ablation, AblationRow } from '../../studies/ablation/ablation';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunSetup } from '../../training/runRecord';
import type { KeyValueStore } from '../../workers/protocol';
import { report } from './notices';
import { enqueue, useQueue } from './queue';
import type { Queue } from './queueEdits';

export interface Ablations {
  readonly kept: readonly Ablation[];
  /** The one on show; null: none. */
  readonly shown: string | null;
}

type Edit = (kept: readonly Ablation[]) => readonly Ablation[];

export const ABLATIONS_KEY = 'ablations';

export const useAblations = create<Ablations>(() => ({ kept: [], shown: null }));

let storage: KeyValueStore | null = null;
let channel: BroadcastChannel | null = null;

/** An edit of what is kept, as text, starting from what another tab may have kept since. */
function inStorage(edit: Edit): (now: string | null) => string {
  return (now) => JSON.stringify(edit(now === null ? useAblations.getState().kept : restoredAblations(now)));
}

/** Shows what is kept by now and lets the other tabs show it. */
async function kept(): Promise<void> {
  await read();
  channel?.postMessage('changed');
}

async function read(): Promise<void> {
  const text = await storage?.read(ABLATIONS_KEY);
  if (text !== undefined) useAblations.setState({ kept: restoredAblations(text) });
}

/** Changes what is kept, then what is shown; where storage is refused, ablations last as long as the page. */
async function change(edit: Edit): Promise<void> {
  const now = useAblations.getState().kept;
  if (edit(now) === now) return;
  try {
    if (!storage) throw new Error('Nothing is kept here.');
    await storage.update([ABLATIONS_KEY], (there) => ({
      [ABLATIONS_KEY]: inStorage(edit)(there[ABLATIONS_KEY]),
    }));
    await kept();
  } catch (error) {
    useAblations.setState(({ kept: shown }) => ({ kept: edit(shown) }));
    if (storage) report(error);
  }
}

/** Reads what was kept, follows the queue and the other tabs. Called once, after the queue was read. */
export async function followAblations(given: KeyValueStore): Promise<void> {
  storage = given;
  channel = new BroadcastChannel('scenarium-ablations');
  channel.onmessage = () => void read().catch(report);
  await read().catch(report);
  const { items } = useQueue.getState();
  // One that was under way when the page closed is what a person comes back for.
  const open = useAblations.getState().kept.findLast((one) => items.some((item) => item.batch === one.id));
  if (open) useAblations.setState({ shown: open.id });
  const follow = (queue: Queue) => void change((now) => withRuns(now, queue.items));
  follow(useQueue.getState());
  useQueue.subscribe(follow);
  storage.onCleared(() => {
    // What is in memory is kept again.
    const { kept: held } = useAblations.getState();
    if (held.length > 0)
      void storage?.update([], () => ({ [ABLATIONS_KEY]: JSON.stringify(held) })).catch(report);
  });
}

/**
 * Queues an ablation and shows its table, which fills as runs finish. Table and queue are kept together, before they show.
 *
 * @param runs rows over seeds, seed by seed, as `ablationRuns` gives them
 */
export async function beginAblation(
  name: string,
  base: RunSetup,
  rows: readonly AblationRow[],
  runs: readonly { readonly name: string; readonly setup: ParsedSetup }[],
): Promise<void> {
  const createdAt = new Date().toISOString();
  const id = `${name}, ${createdAt}`;
  const seeds = [...new Set(runs.map((run) => run.setup.seed))];
  const ablation: Ablation = { id, name, createdAt, base, seeds, rows, runs: runs.map(() => null) };
  const add: Edit = (now) => (now.some((one) => one.id === id) ? now : [...now, ablation]);
  await enqueue(runs, id, { key: ABLATIONS_KEY, change: inStorage(add) });
  await kept().catch(report);
  useAblations.setState((state) => ({ kept: add(state.kept), shown: id }));
}

/** Forgets the table; its runs stay. */
export async function forgetAblation(id: string): Promise<void> {
  await change((now) => now.filter((one) => one.id !== id));
  useAblations.setState(({ shown }) => ({ shown: shown === id ? null : shown }));
}
