import type { Twin, TwinScenario } from '../spec';
import { byTraffic, USUAL } from './common';

const scenarios: TwinScenario[] = [
  { id: 's1', name: 'Scenario 1 (large)', group: 'feed', share: 0.6146, clickRate: 0.0381 },
  { id: 's2', name: 'Scenario 2 (medium)', group: 'search', share: 0.3779, clickRate: 0.04 },
  { id: 's3', name: 'Scenario 3 (small)', group: 'feed', share: 0.0075, clickRate: 0.0438 },
];

/** Ali-CCP by its three scenarios: shares and click rates of CausalInt, Table 10. */
export const aliccp3: Twin = {
  id: 'aliccp-3',
  title: 'Ali-CCP, 3 scenarios (simulated twin)',
  provenance:
    'Shares and click rates are those of CausalInt, Table 10 (61.46 / 37.79 / 0.75 %; 3.81 / 4.00 / 4.38 %). Everything else is simulated.',
  published: {
    best: byTraffic(scenarios, [0.6179, 0.6231, 0.5996]),
    plain: byTraffic(scenarios, [0.6036, 0.6083, 0.5838]),
    source: 'CausalInt, Table 2, weighted by traffic: rows CausalInt and Mix.',
  },
  scenarios,
  opposedGroups: ['search'],
  scenariosPerUser: [0.35, 0.45, 0.2],
  start: 1_496_275_200,
  days: 10,
  promotion: [0.4, 0.6],
  slots: 8,
  categories: 16,
  brands: 32,
  historyLength: 20,
  earlierClicks: 14,
  /*
   * A click in 25 rows teaches little: 130,000 rows hold some 5,000. So much of the match is taste of the whole public (which
   * scenarios turn around), few brands carry it, and the small size has few people and items; larger sizes are sparser.
   */
  knobs: {
    ...USUAL,
    commonTaste: 0.85,
    matchStrength: 0.54,
    opposition: 0.34,
    directEffect: 0.65,
    positionBias: 0.6,
  },
  sizes: {
    small: { trainRows: 130_000, validationMin: 2_000, testMin: 4_000, users: 300, items: 150 },
    medium: { trainRows: 400_000, validationMin: 4_000, testMin: 4_000, users: 8_000, items: 6_000 },
    large: { trainRows: 800_000, validationMin: 4_000, testMin: 8_000, users: 20_000, items: 12_000 },
  },
};
