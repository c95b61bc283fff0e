/** Pairs of runs that were asked for: trained by the queue one after the other, kept in the browser. */
import { create } from 'zustand';
import type { ParsedSetup } from '../../training/parseSetup';
import type { KeyValueStore } from '../../workers/protocol';
import { setupKey } from '../../studies/setups';
import { report } from '../store/notices';
import { enqueue, useQueue } from '../store/queue';
import type { Queue, QueueItem } from '../store/queueEdits';
import type { RunView } from '../store/runView';
import { modelTitle } from '../../studies/setups';
import { pairNames, pairSetups } from './pair';
import type { Pair, Switch } from './pair';

export interface Beside {
  /** Newest first. */
  readonly pairs: readonly Pair[];
}

const KEY = 'pairs';
/** Pairs that are remembered; their runs stay kept. */
const MOST = 8;

export const useBeside = create<Beside>(() => ({ pairs: [] }));

/** What waits or trains of each side; a name is one side's alone. */
export function itemsOf(pair: Pair, items: readonly QueueItem[]): readonly (QueueItem | null)[] {
  const names = itemNames(pair);
  return names.map((name) => items.find((item) => item.batch === pair.id && item.name === name) ?? null);
}

function itemNames({ setup, by }: Pick<Pair, 'setup' | 'by'>): readonly string[] {
  return pairNames(setup, by).map((name) => `${modelTitle(setup.model)} ${name}, seed ${setup.seed}`);
}

/** The pairs with the runs that the queue gave them since; the same object where nothing is new. */
export function withItems(pairs: readonly Pair[], items: readonly QueueItem[]): readonly Pair[] {
  const next = pairs.map((pair) => {
    const found = itemsOf(pair, items);
    const [first, second] = found.map((item, k) => (item ? item.run : (pair.runs[k] ?? null)));
    return first === pair.runs[0] && second === pair.runs[1]
      ? pair
      : { ...pair, runs: [first ?? null, second ?? null] as const };
  });
  return next.every((pair, k) => pair === pairs[k]) ? pairs : next;
}

function isPair(value: unknown): value is Pair {
  const one = value as Partial<Pair> | null;
  return (
    typeof one === 'object' &&
    one !== null &&
    typeof one.id === 'string' &&
    typeof one.setup === 'object' &&
    typeof one.by?.name === 'string' &&
    Array.isArray(one.runs) &&
    one.runs.length === 2
  );
}

/** What was kept; what cannot be read is left out. */
export function restoredPairs(text: string | null): readonly Pair[] {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(value) ? value.filter(isPair) : [];
  } catch {
    return []; // not ours, or cut short: the runs themselves do not depend on it
  }
}

/** Reads what was kept, follows the queue and keeps every change. Called once, after the queue was read. */
export async function followBeside(values: KeyValueStore): Promise<void> {
  const kept = restoredPairs(await values.read(KEY));
  const asked = useBeside.getState().pairs;
  useBeside.setState({ pairs: [...asked, ...kept.filter(({ id }) => asked.every((one) => one.id !== id))] });
  const keep = ({ pairs }: Beside): void => {
    values.update([], () => ({ [KEY]: JSON.stringify(pairs) })).catch(report);
  };
  useBeside.subscribe(keep);
  values.onCleared(() => keep(useBeside.getState()));
  const follow = ({ items }: Queue): void => {
    const { pairs } = useBeside.getState();
    const next = withItems(pairs, items);
    if (next !== pairs) useBeside.setState({ pairs: next });
  };
  follow(useQueue.getState());
  useQueue.subscribe(follow);
}

/**
 * Trains a set-up with and without a switch, same seed, one run after the other, after what the queue holds already.
 *
 * @param done a run of this page that has ended; where it is one of the two it is not trained again
 * @returns the pair's identity
 */
export async function trainBeside(
  setup: ParsedSetup,
  by: Switch,
  done: Pick<RunView, 'id' | 'setup' | 'state' | 'doneReason'> | null = null,
): Promise<string> {
  const id = `${by.name} beside, ${new Date().toISOString()}`;
  const [first, second] = pairSetups(setup, by);
  const known = (one: ParsedSetup): string | null =>
    done !== null &&
    done.state === 'done' &&
    done.doneReason !== 'stopped' &&
    done.setup.seed === one.seed &&
    done.setup.backend === one.backend &&
    setupKey(done.setup) === setupKey(one)
      ? done.id
      : null;
  const pair: Pair = { id, setup: first, by, runs: [known(first), known(second)] };
  useBeside.setState(({ pairs }) => ({ pairs: [pair, ...pairs].slice(0, MOST) }));
  const names = itemNames(pair);
  const missing = [first, second].flatMap((one, k) =>
    pair.runs[k] === null ? [{ name: names[k] ?? '', setup: one }] : [],
  );
  await enqueue(missing, id);
  return id;
}

/** Takes a pair off the page; its runs stay. */
export function closePair(id: string): void {
  useBeside.setState(({ pairs }) => ({ pairs: pairs.filter((pair) => pair.id !== id) }));
}
