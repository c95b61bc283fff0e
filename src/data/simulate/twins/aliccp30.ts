import type { Twin, TwinScenario } from '../spec';
import { USUAL, withOverallRate, wobble } from './common';

/* Published (AREAD, Table 1): 30 domains, the largest 60.51 %, 23 below 2 %. The others are chosen to fall off evenly. */
const MAJOR = [60.51, 10, 6.2, 4.3, 3.2, 2.6, 2.2];
const MINOR_TOTAL = 10.99;
const MINOR_COUNT = 23;
const MINOR_FALL = 0.9;

function minorShares(): number[] {
  const raw = Array.from({ length: MINOR_COUNT }, (_, k) => {
    let share = 1;
    for (let i = 0; i < k; i++) share *= MINOR_FALL;
    return share;
  });
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((share) => (share / sum) * MINOR_TOTAL);
}

const GROUPS = ['clothing', 'home', 'food', 'electronics', 'beauty'];

const scenarios: TwinScenario[] = withOverallRate(
  [...MAJOR, ...minorShares()].map((share, k) => ({
    id: `d${k + 1}`,
    name: `Domain ${k + 1}`,
    group: GROUPS[k % GROUPS.length]!,
    share: share / 100,
    clickRate: 0.074 * (1 + 0.25 * wobble(k)),
  })),
  329_416 / 4_454_814,
);

/** Ali-CCP by 30 item categories, as AREAD divides it. */
export const aliccp30: Twin = {
  id: 'aliccp-30',
  title: 'Ali-CCP, 30 domains (simulated twin)',
  provenance:
    'Number of domains, the largest share (60.51 %), 23 domains below 2 % and the overall click rate (7.4 %) are those of AREAD, Table 1. ' +
    'The other shares, the domains’ own rates, their groups and everything else are simulated.',
  published: {
    best: 0.617,
    plain: 0.5853,
    source: 'AREAD, Table 2, DomainAUC on Ali-CCP: AREAD and DeepFM.',
  },
  scenarios,
  opposedGroups: ['beauty', 'electronics'],
  scenariosPerUser: [0.15, 0.25, 0.2, 0.15, 0.1, 0.08, 0.07],
  start: 1_496_275_200,
  days: 10,
  promotion: [0.4, 0.6],
  slots: 8,
  categories: 30,
  brands: 90,
  historyLength: 20,
  earlierClicks: 14,
  knobs: {
    ...USUAL,
    matchStrength: 0.47,
    conformity: 0.18,
    itemQuality: 0.4,
    opposition: 0.4,
    profileNoise: 0.4,
    attributeNoise: 0.35,
    itemOverlap: 0,
    popularitySkew: 1,
  },
  sizes: {
    small: { trainRows: 80_000, validationMin: 500, testMin: 4_000, users: 1_200, items: 900 },
    medium: { trainRows: 400_000, validationMin: 1_000, testMin: 4_000, users: 5_000, items: 3_000 },
    large: { trainRows: 800_000, validationMin: 1_000, testMin: 4_000, users: 15_000, items: 9_000 },
  },
};
