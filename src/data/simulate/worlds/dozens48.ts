import type { Twin, TwinScenario } from '../spec';
import { COMMON, PLAIN } from './common';

const GROUPS = 6;
const EACH = 8;

/** Two domains of each group are major; the other six have less than 1 % of traffic each. */
function domains(): TwinScenario[] {
  const minor = 0.0055;
  const major = (1 - minor * GROUPS * (EACH - 2)) / (2 * GROUPS);
  return Array.from({ length: GROUPS * EACH }, (_, s) => {
    const group = s % GROUPS;
    return {
      id: `d${s + 1}`,
      name: `Domain ${s + 1}`,
      group: `Group ${group + 1}`,
      share: s < 2 * GROUPS ? major : minor,
      clickRate: 0.25,
    };
  });
}

/** AREAD's cause: many domains, most of them small, related by a tree that nobody shows the model. */
export const dozens48: Twin = {
  ...COMMON,
  id: 'dozens-48',
  title: '48 domains in 6 hidden groups (simulated cause world)',
  provenance:
    'Nothing of it is published: a world of 48 domains, 36 of them below 1 % of traffic, whose interests follow a tree of six groups.',
  cause: {
    paper: 'aread',
    sentence:
      'Domains of one group shift interests alike, so a small domain can learn from its relatives and from no other.',
    dose: 'treeShare',
    doses: [0, 0.3, 0.6, 0.9],
  },
  scenarios: domains(),
  scenariosPerUser: [0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05],
  knobs: { ...PLAIN, interestShift: 2, treeShare: 0.9, conformity: 0.5 },
  sizes: {
    ...COMMON.sizes,
    small: { ...COMMON.sizes.small, validationMin: 100, testMin: 200 },
    medium: { ...COMMON.sizes.medium, validationMin: 500, testMin: 1_000 },
  },
};
