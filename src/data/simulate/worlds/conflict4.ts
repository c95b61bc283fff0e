import type { Twin } from '../spec';
import { COMMON, lettered, PLAIN } from './common';

/** CausalInt's cause: scenarios that share people and items, and in which people want different things. */
export const conflict4: Twin = {
  ...COMMON,
  id: 'conflict-4',
  title: 'Conflict between 4 scenarios (simulated cause world)',
  provenance:
    'Nothing of it is published: a world in which each scenario has interests of its own, in four shares of traffic from 42 % to 6 %.',
  cause: {
    paper: 'causalint',
    sentence: 'What a person likes in one scenario tells less of what the same person likes in another.',
    dose: 'conflict',
    doses: [0, 0.25, 0.5, 0.75],
  },
  scenarios: lettered([0.42, 0.3, 0.22, 0.06], 0.3),
  scenariosPerUser: [0, 0, 0.3, 0.7],
  knobs: { ...PLAIN, conflict: 0.75 },
};
