import type { Twin } from '../spec';
import { COMMON, lettered, PLAIN } from './common';

/** OptMSM's cause: some fields count in one scenario only. */
export const specifics4: Twin = {
  ...COMMON,
  id: 'specifics-4',
  title: 'Specific fields of 4 scenarios (simulated cause world)',
  provenance:
    'Nothing of it is published: a world with one context field for each scenario, which counts there alone, and two that count everywhere.',
  cause: {
    paper: 'optmsm',
    sentence: 'A field that decides clicks in one scenario is noise in all others.',
    dose: 'specificFields',
    doses: [0, 0.25, 0.5, 0.75],
  },
  scenarios: lettered([0.4, 0.3, 0.2, 0.1], 0.3),
  scenariosPerUser: [0.1, 0.2, 0.3, 0.4],
  signals: { specific: 4, common: 2 },
  knobs: { ...PLAIN, matchStrength: 1, specificFields: 0.75 },
};
