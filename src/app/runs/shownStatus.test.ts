import { describe, expect, it } from 'vitest';
import { shownStatus } from './shownStatus';

describe('the status of a kept run in a list', () => {
  it('is that of the page while the page trains it, and what is kept otherwise', () => {
    const kept = { id: 'a', status: 'interrupted' } as const;
    expect(shownStatus(kept, { id: 'a', state: 'training' })).toBe('training');
    expect(shownStatus(kept, { id: 'a', state: 'paused' })).toBe('paused');
    expect(shownStatus(kept, { id: 'a', state: 'failed' })).toBe('interrupted');
    expect(shownStatus(kept, { id: 'b', state: 'training' })).toBe('interrupted');
    expect(shownStatus({ id: 'a', status: 'done' }, { id: null, state: 'ready' })).toBe('done');
  });
});
