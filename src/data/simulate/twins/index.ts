import { ads5 } from './ads5';
import { aliccp3 } from './aliccp3';
import { aliccp30 } from './aliccp30';
import { aliexpress4 } from './aliexpress4';
import { amazon25 } from './amazon25';
import { cloudtheme355 } from './cloudtheme355';
import { finance4 } from './finance4';
import { travel20 } from './travel20';
import { WORLDS } from '../worlds';
import type { Twin } from '../spec';
import { listed, shortened } from '../../shortened';

/** All twins, in the catalogue's order. */
export const TWINS: readonly Twin[] = [
  aliccp3,
  travel20,
  amazon25,
  aliccp30,
  aliexpress4,
  finance4,
  ads5,
  cloudtheme355,
];

/** Everything that can be simulated: the twins, then the cause worlds. */
export const SIMULATIONS: readonly Twin[] = [...TWINS, ...WORLDS];

/** A twin or a cause world. @throws RangeError naming those that exist. */
export function findTwin(id: string): Twin {
  const twin = SIMULATIONS.find((t) => t.id === id);
  if (!twin)
    throw new RangeError(
      `There is no twin “${shortened(id)}”; choose one of ${listed(SIMULATIONS.map((t) => t.id))}.`,
    );
  return twin;
}
