import type { Twin } from '../spec';
import { COMMON, lettered, PLAIN } from './common';

/** SAR-Net's cause: an operator pushes items, they are clicked for being pushed, and the log doesn't tell. */
export const promotion6: Twin = {
  ...COMMON,
  id: 'promotion-6',
  title: 'Promotion in 6 scenarios (simulated cause world)',
  provenance:
    'Nothing of it is published: a world in which forced promotions lift clicks and not interest, in three of six scenarios.',
  cause: {
    paper: 'sarnet',
    sentence: 'Promoted items are forced on people and clicked for it, though nobody likes them more.',
    dose: 'intervention',
    doses: [0, 0.2, 0.4, 0.6],
  },
  scenarios: lettered([0.3, 0.22, 0.18, 0.14, 0.1, 0.06], 0.25, (s) =>
    s % 2 === 0 ? { promoted: true } : {},
  ),
  scenariosPerUser: [0.1, 0.2, 0.3, 0.2, 0.1, 0.1],
  knobs: {
    ...PLAIN,
    interestShift: 0.4,
    intervention: 0.6,
    promotionLift: 4,
    promotedShare: 0.3,
    promotedMisfit: 0.7,
  },
};
