/** Worlds that plans train in: the latest few are kept, for simulating takes a second each. */
import type { Dataset } from '../../src/data/dataset';
import { readSample } from '../lab/datasets';

const MOST = 8;
const held = new Map<string, Promise<Dataset>>();

/** A sample or a simulated world by its id. @throws UsageError for an unknown one */
export function readWorld(id: string): Promise<Dataset> {
  const known = held.get(id) ?? readSample(id);
  held.delete(id);
  held.set(id, known);
  for (const oldest of held.keys()) {
    if (held.size <= MOST) break;
    held.delete(oldest);
  }
  return known;
}
