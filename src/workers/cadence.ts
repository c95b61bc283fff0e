/** When a run that goes on is kept. */

/** At most this share of a run's time goes into reading what is kept of it. */
const SHARE = 0.01;
/** At most so many steps are lost with the browser, however long they take, of a model that is not too large for that. */
const STEPS = 200;
/** Reading a larger model takes long enough to be felt. */
const LARGE_PARAMETERS = 8_000_000;

export interface SinceKept {
  readonly milliseconds: number;
  readonly steps: number;
  /** Milliseconds for which the run waited when it was last kept. */
  readonly cost: number;
  readonly parameters: number;
}

/**
 * Whether a run should be kept now: `every` milliseconds have passed, and either that is cheap, or 200 steps would be lost.
 * A model above 8 M parameters is kept less often, but always.
 */
export function keepingIsDue({ milliseconds, steps, cost, parameters }: SinceKept, every: number): boolean {
  if (steps === 0 || milliseconds < every) return false;
  return cost <= SHARE * milliseconds || (steps >= STEPS && parameters <= LARGE_PARAMETERS);
}
