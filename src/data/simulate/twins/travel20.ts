import type { Twin, TwinScenario } from '../spec';
import { byTraffic, USUAL } from './common';

/* SAR-Net, Table 1, in percent. */
const SHARES = [
  11.2, 2.01, 5.3, 3.61, 2.39, 7.52, 3.44, 12.17, 8.51, 1.39, 4.33, 7.21, 3.99, 1.49, 6.63, 8.52, 4.25, 0.15,
  2.78, 3.11,
];
const CLICK_RATES = [
  5.22, 2.14, 6.39, 3.52, 4.55, 6.83, 4.32, 5.01, 9.39, 1.23, 9.34, 3.61, 5.25, 2.21, 5.29, 6.52, 4.58, 3.66,
  4.79, 6.12,
];
/* SAR-Net, Table 3. */
const SARNET = [
  0.6811, 0.6901, 0.6921, 0.7053, 0.6829, 0.6902, 0.6936, 0.7085, 0.6681, 0.7001, 0.6929, 0.7154, 0.6729,
  0.6905, 0.6934, 0.7185, 0.7095, 0.6691, 0.7021, 0.6729,
];
const WIDE_DEEP_MIX = [
  0.6556, 0.6686, 0.669, 0.6788, 0.6606, 0.6694, 0.6691, 0.6796, 0.6386, 0.6786, 0.6691, 0.6888, 0.6406,
  0.6688, 0.6694, 0.6896, 0.6806, 0.6357, 0.6786, 0.6291,
];
/** Groups are ours: the paper says only that scenarios come from several apps and themes. */
const GROUPS = ['home feed', 'theme page', 'marketing page', 'channel'];
/** Where the Double-Eleven promotion runs: chosen by us, every third scenario. */
const PROMOTED = 3;

const scenarios: TwinScenario[] = SHARES.map((share, k) => ({
  id: `s${k + 1}`,
  name: `Scenario ${k + 1}`,
  group: GROUPS[k % GROUPS.length]!,
  share: share / 100,
  clickRate: CLICK_RATES[k]! / 100,
  ...(k % PROMOTED === 0 ? { promoted: true } : {}),
}));

/* SAR-Net, Table 2: share of people by number of scenarios visited; inside a printed range spread evenly, 10 to 14 above ten. */
const VISITED = [
  11.21, 6.7, 6.7, 12.65, 12.65, 16.05, 16.05, 5.76, 5.76, 1.294, 1.294, 1.294, 1.294, 1.294,
].map((percent) => percent / 100);

/** Alibaba's travel scenarios of SAR-Net, with a promotion period. */
export const travel20: Twin = {
  id: 'travel-20',
  title: 'Travel, 20 scenarios (simulated twin)',
  provenance:
    'Shares and click rates are those of SAR-Net, Table 1; people by number of scenarios visited as in its Table 2; the log runs over ' +
    'Double-Eleven as there. Which scenarios and items are promoted, and everything else, is simulated.',
  published: {
    best: byTraffic(scenarios, SARNET),
    plain: byTraffic(scenarios, WIDE_DEEP_MIX),
    source: 'SAR-Net, Table 3, weighted by traffic: rows SAR-Net and Wide&Deep (mix).',
  },
  scenarios,
  opposedGroups: ['marketing page', 'channel'],
  scenariosPerUser: VISITED,
  // 20 October 2020, 0 h; the promotion covers 1 to 12 November.
  start: 1_603_152_000,
  days: 30,
  promotion: [0.4, 0.8],
  slots: 8,
  categories: 20,
  brands: 60,
  historyLength: 20,
  earlierClicks: 16,
  knobs: { ...USUAL, matchStrength: 0.85, intervention: 0.35, itemOverlap: 0.5, localPopularity: 0.9 },
  sizes: {
    small: { trainRows: 80_000, validationMin: 500, testMin: 4_000, users: 1_200, items: 500 },
    medium: { trainRows: 300_000, validationMin: 1_000, testMin: 4_000, users: 4_000, items: 2_000 },
    large: { trainRows: 800_000, validationMin: 1_000, testMin: 6_000, users: 12_000, items: 5_000 },
  },
};
