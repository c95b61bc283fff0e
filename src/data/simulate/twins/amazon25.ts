import type { Twin, TwinScenario } from '../spec';
import { USUAL, withOverallRate, wobble } from './common';

/*
 * Published (AREAD, Table 1 and Figure 8): 25 domains, the largest 17 %, Home & Kitchen 13.7 %, Appliances 1.8 %,
 * Movies & TV 0.4 %, twelve below 2 %. The others are chosen to fall off evenly between those.
 */
const SHARES = [
  17, 13.7, 9.9, 8.3, 7.1, 6.1, 5.3, 4.6, 4, 3.5, 3.1, 2.8, 2.4, 1.9, 1.8, 1.6, 1.4, 1.2, 1, 0.8, 0.7, 0.6,
  0.5, 0.4, 0.3,
];
const NAMES: Readonly<Record<number, string>> = { 1: 'Home & Kitchen', 14: 'Appliances', 23: 'Movies & TV' };
/** Ours, after the paper's finding that Home & Kitchen shares experts with Appliances and not with Movies & TV. */
const GROUPS = ['goods', 'home', 'leisure', 'fashion', 'media'];
const GROUP_OF: Readonly<Record<number, string>> = { 1: 'home', 14: 'home', 23: 'media' };

const scenarios: TwinScenario[] = withOverallRate(
  SHARES.map((share, k) => ({
    id: `d${k + 1}`,
    name: NAMES[k] ?? `Domain ${k + 1}`,
    group: GROUP_OF[k] ?? GROUPS[k % GROUPS.length]!,
    share: share / 100,
    clickRate: 0.5 + 0.06 * wobble(k),
  })),
  8_790_575 / 17_664_862,
);

/** Amazon by 25 item categories, as AREAD divides it. */
export const amazon25: Twin = {
  id: 'amazon-25',
  title: 'Amazon, 25 domains (simulated twin)',
  provenance:
    'Number of domains, the largest share (17 %), the shares of Home & Kitchen, Appliances and Movies & TV, twelve domains below 2 % and the ' +
    'overall positive rate (49.8 %) are those of AREAD, Table 1 and Section "Expert utilization". The other shares, the domains’ own rates, ' +
    'their groups and everything else are simulated.',
  published: {
    best: 0.7137,
    plain: 0.7111,
    source: 'AREAD, Table 2, DomainAUC: the best row (Isolated; AREAD itself 0.7131) and DeepFM.',
  },
  scenarios,
  opposedGroups: ['media', 'fashion'],
  scenariosPerUser: [0.2, 0.25, 0.2, 0.15, 0.1, 0.06, 0.04],
  start: 1_514_764_800,
  days: 100,
  promotion: [0.4, 0.6],
  slots: 5,
  categories: 25,
  brands: 100,
  historyLength: 10,
  earlierClicks: 10,
  // A domain is an item category, so every item lives in one; people and items follow steep long tails.
  knobs: {
    ...USUAL,
    matchStrength: 1.25,
    directEffect: 0.2,
    positionBias: 0.1,
    conformity: 0.4,
    itemOverlap: 0,
    popularitySkew: 1,
    userSkew: 1,
  },
  sizes: {
    small: { trainRows: 60_000, validationMin: 500, testMin: 4_000, users: 1_500, items: 1_000 },
    medium: { trainRows: 300_000, validationMin: 1_000, testMin: 4_000, users: 6_000, items: 4_000 },
    large: { trainRows: 850_000, validationMin: 1_000, testMin: 4_000, users: 20_000, items: 12_000 },
  },
};
