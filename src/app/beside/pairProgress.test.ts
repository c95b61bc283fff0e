import { describe, expect, it } from 'vitest';
import { pairProgress } from './PairProgress';
import type { Side } from './useSides';

const side = (state: Side['state'], failure: string | null = null): Side => ({ state, failure, view: null });
const names = ['with it', 'without it'] as const;

describe('how a pair stands', () => {
  it('is told of the run that failed, else that trains, else that waits, and not at all once both are done', () => {
    const said = (a: Side, b: Side, paused = false) => pairProgress(names, [a, b], paused);
    expect(said(side('done'), side('done'))).toBeNull();
    expect(said(side('done'), side('running'))).toBe('Training without it.');
    expect(said(side('running'), side('waiting'), true)).toBe('Training with it.');
    expect(said(side('done'), side('waiting'))).toBe('Waiting until the runs before it end.');
    expect(said(side('done'), side('waiting'), true)).toBe('The queue of runs is paused.');
    expect(said(side('failed', 'No memory.'), side('running'))).toBe('The run with it failed: No memory.');
    expect(said(side('failed'), side('done'))).toBe('The run with it failed: nothing is known of why.');
  });
});
