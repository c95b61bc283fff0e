/** AREAD's searches over the run: how dense the scenarios' masks are, and what the candidates scored. */
import { probeAt } from '../../store/runView';
import type { ProbeFrame } from '../../../training/reduceRun';

/** Over scenarios, at one step; null where no scenario has the number. */
export interface Spread {
  readonly step: number;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

function summarise(step: number, values: readonly number[]): Spread {
  if (values.length === 0) return { step, mean: null, low: null, high: null };
  let [sum, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { step, mean: sum / values.length, low, high };
}

/** A frame's numbers never change, so what is counted of them stays. */
const counted = new WeakMap<Float32Array, Spread>();

/**
 * Share of edges that are left: mean over scenarios, the sparsest and the densest mask.
 *
 * @param frames of the probe `masks` `[N, E]`
 */
export function densities(frames: readonly ProbeFrame[]): readonly Spread[] {
  return frames.map(({ step, value }) => {
    let found = counted.get(value.values);
    if (!found) {
      const [count, edges] = [value.shape[0] ?? 0, value.shape[1] ?? 0];
      const shares = Array.from({ length: count }, (_, s) => {
        let kept = 0;
        for (let e = 0; e < edges; e++) if (value.values[s * edges + e] === 1) kept++;
        return kept / edges;
      });
      counted.set(value.values, (found = summarise(step, shares)));
    }
    return { ...found, step };
  });
}

/** One search: what the chosen candidates scored, and what there was to choose from. */
export interface SearchScores {
  readonly step: number;
  /** Mean over scenarios of the least, the mean and the largest log loss among a scenario's candidates. */
  readonly best: number | null;
  readonly mean: number | null;
  readonly worst: number | null;
}

/** @param frames of the probe `candidateScores` `[N, Z]`, one a search */
export function searchScores(frames: readonly ProbeFrame[]): readonly SearchScores[] {
  return frames.map(({ step, value }) => {
    const [count, candidates] = [value.shape[0] ?? 0, value.shape[1] ?? 0];
    const sums = { best: 0, mean: 0, worst: 0 };
    let scenarios = 0;
    for (let s = 0; s < count; s++) {
      const own = Array.from({ length: candidates }, (_, z) => probeAt(value, s * candidates + z)).filter(
        (score) => score !== null,
      );
      const { mean, low, high } = summarise(step, own);
      if (mean === null || low === null || high === null) continue;
      scenarios++;
      sums.best += low;
      sums.mean += mean;
      sums.worst += high;
    }
    return scenarios === 0
      ? { step, best: null, mean: null, worst: null }
      : {
          step,
          best: sums.best / scenarios,
          mean: sums.mean / scenarios,
          worst: sums.worst / scenarios,
        };
  });
}
