import type { Twin, TwinScenario } from '../spec';
import { byTraffic, USUAL } from './common';

/* OptMSM, Table 2, "Production": shares of impressions and of clicks, and both totals. */
const NAMES = ['Home page', 'Portfolio page A', 'Portfolio page B', 'Portfolio page C'];
const IMPRESSIONS = [68.96, 3.93, 8.05, 19.06];
const CLICKS = [47.38, 7.21, 14.09, 31.32];
const OVERALL = 59_466_088 / 823_972_400;

const scenarios: TwinScenario[] = NAMES.map((name, k) => ({
  id: `s${k + 1}`,
  name,
  group: k === 0 ? 'home' : 'portfolio',
  share: IMPRESSIONS[k]! / 100,
  clickRate: (OVERALL * CLICKS[k]!) / IMPRESSIONS[k]!,
}));

/** Fund recommendation on four pages. */
export const finance4: Twin = {
  id: 'finance-4',
  title: 'Finance, 4 pages (simulated twin)',
  provenance:
    'Shares of traffic are those of OptMSM, Table 2, “Production”; click rates follow from its shares of clicks and its totals ' +
    '(7.22 % overall). The pages’ order and everything else is simulated.',
  published: {
    best: byTraffic(scenarios, [0.889, 0.9071, 0.8524, 0.8808]),
    plain: byTraffic(scenarios, [0.8718, 0.8997, 0.8414, 0.8665]),
    source: 'OptMSM, Table 3, weighted by traffic: rows OptMSM and Mix.',
  },
  scenarios,
  opposedGroups: ['home'],
  scenariosPerUser: [0.5, 0.25, 0.15, 0.1],
  start: 1_640_995_200,
  days: 30,
  promotion: [0.4, 0.6],
  slots: 6,
  categories: 16,
  brands: 48,
  historyLength: 20,
  earlierClicks: 12,
  knobs: { ...USUAL, opposition: 0.25, matchStrength: 2.5, itemQuality: 1.2, conformity: 0.5 },
  sizes: {
    small: { trainRows: 100_000, validationMin: 2_000, testMin: 4_000, users: 1_500, items: 300 },
    medium: { trainRows: 400_000, validationMin: 4_000, testMin: 4_000, users: 6_000, items: 1_000 },
    large: { trainRows: 800_000, validationMin: 4_000, testMin: 8_000, users: 20_000, items: 3_000 },
  },
};
