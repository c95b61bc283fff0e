import type { Twin } from '../spec';
import { COMMON, lettered, PLAIN } from './common';

/** M-scan's cause: how much is noticed differs by scenario and place, whatever is shown there. */
export const places4: Twin = {
  ...COMMON,
  id: 'places-4',
  title: 'Places of 4 scenarios (simulated cause world)',
  provenance:
    'Nothing of it is published: a world in which scenarios notice their places on the page differently; places are drawn by chance.',
  cause: {
    paper: 'mscan',
    sentence: 'A click depends on how prominent the place is in its scenario, beside the interest.',
    dose: 'directEffect',
    doses: [0, 0.25, 0.5, 0.75],
  },
  scenarios: lettered([0.4, 0.3, 0.2, 0.1], 0.25),
  scenariosPerUser: [0.1, 0.2, 0.3, 0.4],
  knobs: { ...PLAIN, interestShift: 0.4, directEffect: 0.75 },
};
