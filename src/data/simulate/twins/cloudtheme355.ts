import type { Twin, TwinScenario } from '../spec';
import { USUAL, withOverallRate, wobble } from './common';

const THEMES = 355;
const GROUPS = 24;

/** Zipf-like long tail: the k-th theme's traffic falls with (k+8)^−1. Chosen; the log's own shares are not published. */
function shares(): number[] {
  const raw = Array.from({ length: THEMES }, (_, k) => 1 / (k + 8));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((share) => share / sum);
}

const scenarios: TwinScenario[] = withOverallRate(
  shares().map((share, k) => ({
    id: `t${k + 1}`,
    name: `Theme ${k + 1}`,
    group: `theme group ${(k % GROUPS) + 1}`,
    share,
    clickRate: 0.2 * (1 + 0.3 * wobble(k)),
  })),
  0.2,
);

/** Taobao's cloud theme pages. */
export const cloudtheme355: Twin = {
  id: 'cloudtheme-355',
  title: 'Cloud Theme, 355 scenarios (simulated twin)',
  provenance:
    'The number of scenarios is that of M-scan, Table 3. Shares (a long tail) and click rates (20 % overall) are not published; ours are chosen. ' +
    'Everything else is simulated.',
  published: {
    best: 0.7608,
    plain: 0.7536,
    source: 'M-scan, Table 1, Cloud Theme, all scenarios pooled: rows M-scan and Mix.',
  },
  scenarios,
  opposedGroups: Array.from({ length: GROUPS / 2 }, (_, k) => `theme group ${2 * k + 1}`),
  scenariosPerUser: [0.5, 0.2, 0.1, 0.08, 0.06, 0.03, 0.03],
  start: 1_561_939_200,
  days: 10,
  promotion: [0.4, 0.6],
  slots: 6,
  categories: 40,
  brands: 120,
  historyLength: 20,
  earlierClicks: 12,
  knobs: {
    ...USUAL,
    treeShare: 0.75,
    matchStrength: 1.2,
    itemQuality: 1.1,
    conformity: 0.35,
    directEffect: 0.3,
    itemOverlap: 0.08,
  },
  sizes: {
    small: { trainRows: 100_000, validationMin: 50, testMin: 200, users: 3_000, items: 2_000 },
    medium: { trainRows: 400_000, validationMin: 100, testMin: 200, users: 12_000, items: 6_000 },
    large: { trainRows: 800_000, validationMin: 100, testMin: 400, users: 30_000, items: 15_000 },
  },
};
