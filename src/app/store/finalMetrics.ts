/** Final metrics of kept runs, read once each: what tables of many runs need, without holding their histories. */
import { create } from 'zustand';
import type { FinalMetrics } from '../../studies/ablation/ablation';
import type { RunStore } from '../../workers/protocol';

/** By run id. */
export const useFinalMetrics = create<{ readonly byRun: ReadonlyMap<string, FinalMetrics> }>(() => ({
  byRun: new Map(),
}));

/** Reads the runs whose metrics are not there yet; runs that are gone or unfinished stay out. */
export async function readFinalMetrics(store: RunStore, runs: readonly string[]): Promise<void> {
  const { byRun } = useFinalMetrics.getState();
  const found = new Map<string, FinalMetrics>();
  for (const id of runs) {
    if (byRun.has(id) || found.has(id)) continue;
    const record = await store.get(id);
    if (record?.final)
      found.set(id, { scenarios: record.scenarios, final: record.final, datasetTitle: record.datasetTitle });
  }
  if (found.size > 0) useFinalMetrics.setState((state) => ({ byRun: new Map([...state.byRun, ...found]) }));
}
