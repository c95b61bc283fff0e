/** What each search of a run is to do, and when it is due. */
import type { AreadSettings } from '../../../models/papers/aread/settings';

export interface SearchPlan {
  /** S₀ of this search. */
  readonly initialDensity: number;
  /** σ of this search's inversions. */
  readonly sigma: number;
  /** Z of this search. */
  readonly candidates: number;
}

/**
 * The `index`-th search of a run, from 0. Annealed, S₀ falls by 5 % and σ and Z by 1 % with each: with the printed
 * constants one search ends near 0.54, so that the target of 0.4 is reached only over several.
 */
export function searchPlan(
  settings: Pick<AreadSettings, 'anneal' | 'initialDensity' | 'targetDensity' | 'sigma' | 'numCandidates'>,
  index: number,
): SearchPlan {
  const { initialDensity, targetDensity, sigma, numCandidates } = settings;
  if (!settings.anneal) return { initialDensity, sigma, candidates: numCandidates };
  return {
    initialDensity: Math.max(Math.min(targetDensity, initialDensity), initialDensity * 0.95 ** index),
    sigma: sigma * 0.99 ** index,
    candidates: Math.max(1, Math.floor(numCandidates * 0.99 ** index + 1e-9)),
  };
}

type Schedule = Pick<AreadSettings, 'warmup' | 'maskInterval' | 'numSearches'>;

/** Whether the next search comes before the next step: after the warm-up, then every `maskInterval` steps, `numSearches` times. */
export function searchDue(settings: Schedule, step: number, searches: number): boolean {
  const { warmup, maskInterval, numSearches } = settings;
  return (numSearches === 0 || searches < numSearches) && step >= warmup + searches * maskInterval;
}

/** Searches of a run of so many steps that comes to its end. */
export function searchesIn({ warmup, maskInterval, numSearches }: Schedule, steps: number): number {
  const room = Math.max(0, Math.ceil((steps - warmup) / maskInterval));
  return numSearches === 0 ? room : Math.min(room, numSearches);
}
