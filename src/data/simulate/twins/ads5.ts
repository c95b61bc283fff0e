import type { Twin, TwinScenario } from '../spec';
import { byTraffic, USUAL } from './common';

/* CausalInt, Table 10, "Industrial", in percent. */
const SHARES = [33.6, 14.08, 12.74, 6.79, 32.79];
const CLICK_RATES = [1.1, 1.55, 4.57, 1.64, 4.08];

const scenarios: TwinScenario[] = SHARES.map((share, k) => ({
  id: `s${k + 1}`,
  name: `Scenario ${k + 1}`,
  group: k === 2 || k === 4 ? 'video' : 'feed',
  share: share / 100,
  clickRate: CLICK_RATES[k]! / 100,
}));

/** Advertising in five scenarios. */
export const ads5: Twin = {
  id: 'ads-5',
  title: 'Advertising, 5 scenarios (simulated twin)',
  provenance:
    'Shares and click rates are those of CausalInt, Table 10, “Industrial”. Everything else is simulated.',
  published: {
    best: byTraffic(scenarios, [0.7511, 0.793, 0.7115, 0.7387, 0.6896]),
    plain: byTraffic(scenarios, [0.7496, 0.7904, 0.7084, 0.7387, 0.6887]),
    source: 'CausalInt, Table 3, weighted by traffic: rows CausalInt and Mix.',
  },
  scenarios,
  opposedGroups: ['video'],
  scenariosPerUser: [0.3, 0.3, 0.2, 0.12, 0.08],
  start: 1_612_137_600,
  days: 10,
  promotion: [0.4, 0.6],
  slots: 6,
  categories: 20,
  brands: 60,
  historyLength: 20,
  earlierClicks: 12,
  knobs: { ...USUAL, opposition: 0.4, matchStrength: 0.9, itemQuality: 1.3, conformity: 0.45 },
  sizes: {
    small: { trainRows: 100_000, validationMin: 2_000, testMin: 4_000, users: 1_000, items: 400 },
    medium: { trainRows: 500_000, validationMin: 4_000, testMin: 4_000, users: 4_000, items: 1_200 },
    large: { trainRows: 800_000, validationMin: 4_000, testMin: 8_000, users: 15_000, items: 4_000 },
  },
};
