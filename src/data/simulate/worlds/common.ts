import { LATER_KNOBS, type Knobs } from '../knobs';
import type { Twin, TwinScenario } from '../spec';

/** A cause world's knobs before its own cause: like interests, like places, a policy that shows by popularity alone. */
export const PLAIN: Knobs = {
  interestShift: 0,
  treeShare: 0,
  opposition: 0,
  ...LATER_KNOBS,
  matchStrength: 2.5,
  itemQuality: 0.5,
  directEffect: 0,
  positionBias: 0,
  conformity: 0,
  intervention: 0,
  policyMatch: 0,
  policyPopularity: 0.5,
  slotPolicy: 0,
  popularitySkew: 0.6,
  itemOverlap: 1,
  localPopularity: 0,
  userSkew: 0.5,
  userOverlap: 1,
  profileNoise: 0.1,
  attributeNoise: 0.1,
  history: 1,
};

/**
 * Few people and items with many rows each, so that what a model could learn of them, it does. `medium` is what studies train on;
 * `small` is what the page opens with.
 */
const SIZES: Twin['sizes'] = {
  small: { trainRows: 40_000, validationMin: 1_000, testMin: 2_000, users: 60, items: 30 },
  medium: { trainRows: 240_000, validationMin: 2_000, testMin: 4_000, users: 200, items: 80 },
  large: { trainRows: 960_000, validationMin: 4_000, testMin: 8_000, users: 400, items: 160 },
};

/** What all cause worlds share: ten days, ten places, short histories. Nothing of it is published of anything. */
export const COMMON = {
  published: null,
  opposedGroups: [],
  start: 1_704_067_200,
  days: 10,
  promotion: [0, 0.8] as [number, number],
  slots: 10,
  categories: 10,
  brands: 20,
  historyLength: 10,
  earlierClicks: 6,
  propensity: true,
  sizes: SIZES,
} satisfies Partial<Twin>;

/** Scenarios named by letters, a group each unless given. */
export function lettered(
  shares: readonly number[],
  clickRate: number,
  more: (s: number) => Partial<TwinScenario> = () => ({}),
): TwinScenario[] {
  return shares.map((share, s) => {
    const letter = String.fromCharCode(65 + s);
    return {
      id: letter.toLowerCase(),
      name: `Scenario ${letter}`,
      group: letter,
      share,
      clickRate,
      ...more(s),
    };
  });
}
