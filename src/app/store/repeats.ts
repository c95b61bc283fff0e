/** Stored cells that were run again in this browser: kept runs with the cells' set-ups, and what they came to. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import { repeatOf } from '../../studies/reproduce/agreement';
import type { Repeat } from '../../studies/reproduce/agreement';
import { differentRuns, repeatFor, repeatKey } from '../../studies/reproduce/repeats';
import type { RepeatableCell } from '../../studies/reproduce/repeats';
import type { RunStore } from '../../workers/protocol';
import { report } from './notices';
import { enqueue } from './queue';
import { useRunActions } from './runActions';
import { useRuns } from './runs';

/** Figures of runs that were read, by run; null: it has none. */
const useRead = create<{ readonly byRun: ReadonlyMap<string, Repeat | null> }>(() => ({ byRun: new Map() }));
const reading = new Set<string>();

async function read(store: RunStore, ids: readonly string[]): Promise<void> {
  const wanted = ids.filter((id) => !reading.has(id) && !useRead.getState().byRun.has(id));
  wanted.forEach((id) => reading.add(id));
  try {
    for (const id of wanted) {
      const record = await store.get(id);
      const repeat = record ? repeatOf(record) : null;
      useRead.setState(({ byRun }) => ({ byRun: new Map([...byRun, [id, repeat]]) }));
    }
  } finally {
    wanted.forEach((id) => reading.delete(id));
  }
}

/** The newest finished run of each cell, by the cell's key; read as they appear. */
export function useRepeats(cells: readonly RepeatableCell[]): ReadonlyMap<string, Repeat> {
  const { client } = useRunActions();
  const list = useRuns((state) => state.list);
  const byRun = useRead((state) => state.byRun);
  const runs = useMemo(() => {
    // Newest first: the first of a set-up counts.
    const newest = new Map<string, string>();
    for (const { id, setup, status } of list ?? []) {
      const key = repeatKey(setup);
      if (status === 'done' && !newest.has(key)) newest.set(key, id);
    }
    return new Map(
      cells.flatMap(({ key, setup }) => {
        const run = setup && newest.get(repeatKey(setup));
        return run ? [[key, run] as const] : [];
      }),
    );
  }, [list, cells]);
  useEffect(() => void read(client.runs, [...runs.values()]).catch(report), [client, runs]);
  return useMemo(
    () =>
      new Map(
        [...runs].flatMap(([key, run]) => {
          const repeat = byRun.get(run);
          const cell = cells.find((one) => one.key === key);
          const own = repeat && cell ? repeatFor(cell, repeat) : null;
          return own ? [[key, own] as const] : [];
        }),
      ),
    [runs, byRun, cells],
  );
}

/** Puts cells in the queue, to be trained as they were. Those that this version cannot train stay out. */
export async function runAgain(cells: readonly RepeatableCell[], title: string): Promise<void> {
  const runs = differentRuns(cells).flatMap(({ study, cell, setup }) => {
    const name = study.variants.find(({ id }) => id === cell.variant)?.name ?? cell.variant;
    return setup ? [{ name: `${name} again, seed ${cell.seed}`, setup }] : [];
  });
  await enqueue(runs, `${title}, ${new Date().toISOString()}`);
}
