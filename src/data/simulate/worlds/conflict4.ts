import type { Twin } from '../spec';
import { COMMON, lettered, PLAIN } from './common';

/** CausalInt's cause: scenarios that share people and items, and in which people want different things. */
export const conflict4: Twin = {
  ...COMMON,
  id: 'conflict-4',
  title: 'Conflict between 4 scenarios (simulated cause world)',
  provenance:
    'Nothing of it is published: a world in which each scenario has interests of its own, in four shares of traffic from 55 % to 2 %.',
  cause: {
    paper: 'causalint',
    sentence: 'What a person likes in one scenario tells less of what the same person likes in another.',
    dose: 'conflict',
    doses: [0, 0.25, 0.5, 0.75, 1],
  },
  scenarios: lettered([0.55, 0.28, 0.15, 0.02], 0.2),
  scenariosPerUser: [0, 0, 0.3, 0.7],
  knobs: { ...PLAIN, conflict: 0.75 },
};
