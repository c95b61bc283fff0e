import { expect, it } from 'vitest';
import { reduceRun, emptyRunState } from '../../training/reduceRun';
import type { RunState } from '../../training/reduceRun';
import { sameBut, viewOfRun } from './runView';
import type { RunSession } from './runView';

const session = { id: 'a', name: '', setup: { dataset: 'd' }, state: 'training' } as unknown as RunSession;
const view = (state: RunState) => viewOfRun(state, session);

it('a snapshot that says nothing but another step is the same to who draws no step', () => {
  const before = view({ ...emptyRunState, step: 1 });
  const stepped = view(reduceRun({ ...emptyRunState, step: 1 }, { kind: 'step', step: 2 }));
  const lost = view(reduceRun(emptyRunState, { kind: 'loss', step: 2, terms: { total: 1 } }));
  expect(sameBut('step')(before, stepped)).toBe(true);
  expect(sameBut()(before, stepped)).toBe(false);
  expect(sameBut('step')(before, lost)).toBe(false);
  expect(sameBut('step')(before, { ...stepped, failure: 'it failed' })).toBe(false);
});
