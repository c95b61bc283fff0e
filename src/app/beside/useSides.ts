import { useMemo } from 'react';
import { useQueue } from '../store/queue';
import type { QueueItem } from '../store/queueEdits';
import { useCurrentRun } from '../store/runActions';
import type { RunView } from '../store/runView';
import { useKeptRun } from '../store/shownRun';
import { itemsOf } from './besideStore';
import type { Pair } from './pair';

export interface Side {
  /** Null before it begins. */
  readonly view: RunView | null;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly failure: string | null;
}

function sideOf(run: string | null, kept: RunView | null, current: RunView, item: QueueItem | null): Side {
  const view = run !== null && current.id === run ? current : kept;
  // An item that a person took out of the queue may have left its run as it was.
  const state = item?.state ?? (view?.final ? 'done' : view?.state === 'failed' ? 'failed' : 'waiting');
  return { view, state, failure: item?.failure ?? (state === 'failed' ? (view?.failure ?? null) : null) };
}

/** The two runs of a pair as they stand: the one that trains here live, the others as they are kept. */
export function useSides(pair: Pair): readonly [Side, Side] {
  const current = useCurrentRun();
  const items = useQueue((queue) => queue.items);
  const [first, second] = pair.runs;
  const keptFirst = useKeptRun(first);
  const keptSecond = useKeptRun(second);
  const [itemFirst = null, itemSecond = null] = useMemo(() => itemsOf(pair, items), [pair, items]);
  return [sideOf(first, keptFirst, current, itemFirst), sideOf(second, keptSecond, current, itemSecond)];
}
