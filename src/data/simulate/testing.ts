/** A world small enough for tests that make dozens of it. Not exported. */
import { turnKnobs } from './knobs';
import { simulate } from './simulate';
import { makeWorld, type World } from './world';
import { USUAL } from './twins/common';
import type { Twin } from './spec';
import type { Dataset } from '../dataset';

const size = { trainRows: 6_000, validationMin: 100, testMin: 200, users: 150, items: 120 };

export const TINY: Twin = {
  id: 'tiny',
  title: 'Tiny (simulated)',
  provenance: 'Nothing is published of it.',
  published: { best: 0.6, plain: 0.6, source: 'none' },
  scenarios: [
    { id: 'a', name: 'A', group: 'one', share: 0.5, clickRate: 0.1, promoted: true },
    { id: 'b', name: 'B', group: 'one', share: 0.3, clickRate: 0.2 },
    { id: 'c', name: 'C', group: 'two', share: 0.15, clickRate: 0.15, promoted: true },
    { id: 'd', name: 'D', group: 'two', share: 0.05, clickRate: 0.3 },
  ],
  opposedGroups: ['two'],
  scenariosPerUser: [0.2, 0.3, 0.3, 0.2],
  start: 1_600_041_600,
  days: 10,
  promotion: [0.2, 0.5],
  slots: 6,
  categories: 8,
  brands: 16,
  historyLength: 8,
  earlierClicks: 6,
  knobs: { ...USUAL, intervention: 0.3 },
  sizes: { small: size, medium: size, large: size },
};

export function tinyWorld(knobs: Readonly<Record<string, number>> = {}, seed = 1, twin: Twin = TINY): World {
  return makeWorld(twin, twin.sizes.small, seed, turnKnobs(twin.knobs, knobs));
}

const made = new Map<string, Promise<Dataset>>();

/** The dataset of `tinyWorld`, made once for equal arguments: tests only read it. */
export function tinyDataset(
  knobs: Readonly<Record<string, number>> = {},
  seed = 1,
  twin: Twin = TINY,
): Promise<Dataset> {
  const key = JSON.stringify([knobs, seed, twin]);
  const known = made.get(key) ?? newTinyDataset(knobs, seed, twin);
  made.set(key, known);
  return known;
}

/** The same, made anew. */
export function newTinyDataset(
  knobs: Readonly<Record<string, number>> = {},
  seed = 1,
  twin: Twin = TINY,
): Promise<Dataset> {
  return simulate({ twin: twin.id, size: 'small', seed, knobs }, {}, tinyWorld(knobs, seed, twin));
}
