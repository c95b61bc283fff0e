/** The simulation that a dataset's id asks for, so that a link or a command line reproduces data that is not stored. */
import { datasetId, KNOB_NAMES, SIZES, SIMULATIONS } from '../data/simulate';
import type { SimulationRequest } from '../data/simulate';

/** What an id asks for, however it is spelt; null where it asks for no simulation. */
function requestOf(id: string): SimulationRequest | null {
  const twin = SIMULATIONS.filter((t) => id === t.id || id.startsWith(`${t.id}-`)).sort(
    (a, b) => b.id.length - a.id.length,
  )[0];
  if (!twin) return null;
  let rest = id.slice(twin.id.length);
  const size = SIZES.find((name) => rest === `-${name}` || rest.startsWith(`-${name}-`)) ?? 'small';
  if (rest.startsWith(`-${size}`)) rest = rest.slice(size.length + 1);
  let seed = 1;
  const seeded = /^-seed(\d+)(?=-|$)/.exec(rest);
  if (seeded) {
    seed = Number(seeded[1]);
    rest = rest.slice(seeded[0].length);
  }
  const knobs: Record<string, number> = {};
  while (rest !== '') {
    const knob = /^-([a-zA-Z]+)(-?\d[\d.]*(?:e[+-]?\d+)?)(?=-|$)/.exec(rest);
    if (!knob || !KNOB_NAMES.some((name) => name === knob[1])) return null;
    knobs[knob[1]!] = Number(knob[2]);
    rest = rest.slice(knob[0].length);
  }
  return { twin: twin.id, size, seed, knobs };
}

/** @returns null where the simulator would call no dataset by this id */
export function simulationOfId(id: string): SimulationRequest | null {
  const request = requestOf(id);
  return request && datasetId(request) === id ? request : null;
}

/** The id by which the simulator calls what this id asks for (`aliccp-3-small-seed1` is `aliccp-3`); other ids as they are. */
export function usualDatasetId(id: string): string {
  const request = requestOf(id);
  return request ? datasetId(request) : id;
}
