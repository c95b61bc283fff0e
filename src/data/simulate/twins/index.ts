import type { Twin } from '../spec';
import { aliccp3 } from './aliccp3';
import { amazon25 } from './amazon25';
import { travel20 } from './travel20';

/** All twins, in the catalogue's order. */
export const TWINS: readonly Twin[] = [aliccp3, amazon25, travel20];

/** @throws RangeError naming the twins that exist. */
export function findTwin(id: string): Twin {
  const twin = TWINS.find((t) => t.id === id);
  if (!twin)
    throw new RangeError(`There is no twin “${id}”; choose one of ${TWINS.map((t) => t.id).join(', ')}.`);
  return twin;
}
