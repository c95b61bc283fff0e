import type { Twin, TwinScenario } from '../spec';
import { byTraffic, USUAL } from './common';

/* OptMSM, Table 2: shares of impressions and of clicks, and both totals. */
const COUNTRIES = ['NL', 'FR', 'ES', 'US'];
const IMPRESSIONS = [17.07, 26.04, 30.51, 26.38];
const CLICKS = [17.02, 24.49, 38.15, 20.34];
const OVERALL = 2_215_494 / 103_814_836;

const scenarios: TwinScenario[] = COUNTRIES.map((country, k) => ({
  id: country.toLowerCase(),
  name: country,
  group: country === 'US' ? 'overseas' : 'Europe',
  share: IMPRESSIONS[k]! / 100,
  clickRate: (OVERALL * CLICKS[k]!) / IMPRESSIONS[k]!,
}));

/** AliExpress search by country. */
export const aliexpress4: Twin = {
  id: 'aliexpress-4',
  title: 'AliExpress, 4 countries (simulated twin)',
  provenance:
    'Shares of traffic are those of OptMSM, Table 2; click rates follow from its shares of clicks and its totals (2.13 % overall). ' +
    'Everything else is simulated.',
  published: {
    best: byTraffic(scenarios, [0.7286, 0.7256, 0.7301, 0.7108]),
    plain: byTraffic(scenarios, [0.7256, 0.7247, 0.7272, 0.7084]),
    source: 'OptMSM, Table 3, weighted by traffic: rows OptMSM and Mix.',
  },
  scenarios,
  opposedGroups: ['overseas'],
  scenariosPerUser: [0.97, 0.03],
  start: 1_577_836_800,
  days: 30,
  promotion: [0.4, 0.6],
  slots: 10,
  categories: 30,
  brands: 60,
  historyLength: 20,
  earlierClicks: 12,
  knobs: {
    ...USUAL,
    opposition: 0.25,
    matchStrength: 0.82,
    itemQuality: 1.1,
    conformity: 0.35,
    itemOverlap: 0.7,
  },
  sizes: {
    small: { trainRows: 120_000, validationMin: 2_000, testMin: 4_000, users: 1_200, items: 500 },
    medium: { trainRows: 500_000, validationMin: 4_000, testMin: 4_000, users: 4_000, items: 1_200 },
    large: { trainRows: 800_000, validationMin: 4_000, testMin: 8_000, users: 15_000, items: 6_000 },
  },
};
