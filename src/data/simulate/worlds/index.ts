import type { Twin } from '../spec';
import { conflict4 } from './conflict4';
import { dozens48 } from './dozens48';
import { places4 } from './places4';
import { promotion6 } from './promotion6';
import { specifics4 } from './specifics4';

/** The cause worlds, one for each paper, in the order of the papers. */
export const WORLDS: readonly Twin[] = [promotion6, conflict4, specifics4, places4, dozens48];
