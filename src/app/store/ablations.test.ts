import { describe, expect, it } from 'vitest';
import { defaultSetup } from '../../training/setup';
import { restoredAblations, withRuns } from '../../studies/ablation/ablation';
import { ablationRuns } from '../../studies/ablation/rows';
import { findModel } from '../../models/registry';
import { beginAblation, useAblations } from './ablations';
import { useQueue } from './queue';

const base = { ...defaultSetup(), seed: 4 };
const rows = [
  { name: 'a', table: null, settings: base.settings },
  { name: 'b', table: null, settings: base.settings },
];
const runs = ablationRuns(
  findModel(base.model),
  base,
  rows.map((row) => ({ ...row, changes: {} })),
  3,
);

describe('ablations', () => {
  it('begin with one item a row and seed, and take over the runs as the queue finishes them', async () => {
    await beginAblation('test', base, rows, runs);
    const [ablation] = useAblations.getState().kept;
    expect(ablation!.seeds).toEqual([4, 5, 6]);
    expect(ablation!.runs).toHaveLength(6);
    expect(useAblations.getState().shown).toBe(ablation!.id);
    const items = useQueue
      .getState()
      .items.map((item, k) =>
        k === 3
          ? { ...item, state: 'done' as const, run: 'r3' }
          : k === 4
            ? { ...item, state: 'failed' as const, run: 'r4' }
            : item,
      );
    const next = withRuns(useAblations.getState().kept, items);
    expect(next[0]!.runs).toEqual([null, null, null, 'r3', null, null]);
    expect(withRuns(next, items), 'nothing new').toBe(next);
    expect(withRuns(next, []), 'a dismissed queue takes nothing away').toBe(next);
  });

  it('come back from what was kept, and what is no ablation does not', () => {
    const { kept } = useAblations.getState();
    expect(restoredAblations(JSON.stringify([...kept, { id: 3 }, null]))).toEqual(kept);
    expect(restoredAblations('{')).toEqual([]);
    expect(restoredAblations(null)).toEqual([]);
    expect(restoredAblations('7')).toEqual([]);
  });
});
