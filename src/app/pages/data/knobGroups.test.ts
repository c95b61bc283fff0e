import { expect, it } from 'vitest';
import { KNOB_NAMES } from '../../../data/simulate/knobs';
import type { WorldEstimate } from '../../../data/simulate/estimate';
import { KNOB_GROUPS, movedBy } from './knobGroups';

it('every knob is in one group, and in one only', () => {
  const grouped = KNOB_GROUPS.flatMap(({ knobs }) => knobs.map(({ name }) => name));
  expect([...grouped].sort()).toEqual([...KNOB_NAMES].sort());
});

const plain: WorldEstimate = {
  scenarios: [],
  rows: 100,
  clickRate: 0.1,
  ceiling: 0.7,
  shared: 0.5,
  rateSpread: 0.05,
  relatedness: 0.3,
};
const effect = (...estimates: readonly (Partial<WorldEstimate> | null)[]) => ({
  knob: 'conflict' as const,
  values: estimates.map((_, k) => k),
  estimates: estimates.map((one) => one && { ...plain, ...one }),
});

it('a preview draws what the knob moves most', () => {
  const moved = movedBy(effect({ ceiling: 0.7, shared: 0.1 }, { ceiling: 0.702, shared: 0.9 }));
  expect(moved).toEqual({
    label: 'people in several scenarios',
    values: [0.1, 0.9],
    from: '10.0\u202f%',
    to: '90.0\u202f%',
  });
});

it('says nothing where nothing moves by as much as is worth drawing, or no such world can be made', () => {
  expect(movedBy(effect({}, { ceiling: 0.704 }))).toBeNull();
  expect(movedBy(effect(null, null))).toBeNull();
});

it('leaves a gap where a world cannot be made', () => {
  expect(movedBy(effect({ ceiling: 0.6 }, null, { ceiling: 0.8 }))?.values).toEqual([0.6, null, 0.8]);
});
