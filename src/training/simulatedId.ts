/** The simulation that a dataset's id asks for, so that a link or a command line reproduces data that is not stored. */
import { datasetId, KNOB_NAMES, SIZES, SIMULATIONS } from '../data/simulate';
import type { SimulationRequest } from '../data/simulate';

/** @returns null where the id is not that of a simulation */
export function simulationOfId(id: string): SimulationRequest | null {
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
  const request: SimulationRequest = { twin: twin.id, size, seed, knobs };
  // Only what the simulator itself would call by this name.
  return datasetId(request) === id ? request : null;
}
