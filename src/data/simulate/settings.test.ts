import { expect, it } from 'vitest';
import { LATER_KNOBS } from './knobs';
import { settingsSchema } from './settings';
import { TINY } from './testing';

it('a file of the first generator keeps its meaning: its `conflict` is `opposition`, what came later is off', () => {
  const { opposition, ...knobs } = TINY.knobs;
  const later = Object.keys(LATER_KNOBS);
  const old = {
    ...Object.fromEntries(Object.entries(knobs).filter(([name]) => !later.includes(name))),
    commonTaste: 0.4,
    conflict: opposition,
  };
  const read = settingsSchema.parse({
    generator: 1,
    twin: { ...TINY, knobs: old },
    knobs: old,
    intercepts: [0, 1, 2, 3],
  });
  expect(read.generator).toBe(2);
  expect(read.knobs).toEqual({ ...TINY.knobs, commonTaste: 0.4 });
  expect(read.twin.knobs).toEqual(read.knobs);
});
