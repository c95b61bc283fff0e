/** Cosines between scenarios' gradients, computed once a frame and, where many are missing, in small pieces. */
import { useEffect, useMemo, useState } from 'react';
import type { ProbeValue } from '../../../training/events';
import type { ProbeFrame } from '../../../training/reduceRun';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { rowCosines } from '../vectors';

export const COSINE_NAME = 'scenarioCosine';

/** What the cosines of one frame say in all; null where no pair is defined. */
export type Conflict = {
  /** Over pairs of different scenarios. */
  readonly mean: number | null;
  readonly lowest: number | null;
  /** Share of pairs below 0. */
  readonly opposed: number | null;
};

interface Frame {
  readonly cosines: ProbeValue;
  readonly conflict: Conflict;
}

const known = new WeakMap<ProbeValue, Frame>();

function conflictOf(cosines: ProbeValue): Conflict {
  const n = cosines.shape[0] ?? 0;
  let [sum, count, below] = [0, 0, 0];
  let lowest = Number.POSITIVE_INFINITY;
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      if (cosines.defined[a * n + b] !== 1) continue;
      const cosine = cosines.values[a * n + b]!;
      sum += cosine;
      count++;
      if (cosine < 0) below++;
      lowest = Math.min(lowest, cosine);
    }
  }
  return count === 0
    ? { mean: null, lowest: null, opposed: null }
    : { mean: sum / count, lowest, opposed: below / count };
}

/** @param gradient `[N, units]`; a frame's numbers never change, so what is computed of them stays */
function frameOf(gradient: ProbeValue): Frame {
  let frame = known.get(gradient);
  if (!frame) {
    const n = gradient.shape[0] ?? 0;
    const cosines = { name: COSINE_NAME, shape: [n, n], ...rowCosines(gradient) };
    known.set(gradient, (frame = { cosines, conflict: conflictOf(cosines) }));
  }
  return frame;
}

/** Milliseconds of work at a time; the page redraws and answers in between. */
const SLICE_MS = 12;

export interface ConflictHistory {
  readonly frames: readonly ProbeFrame[];
  readonly rows: readonly (Conflict & { readonly x: number })[];
}

function historyOf(gradients: readonly ProbeFrame[]): ConflictHistory {
  return {
    frames: gradients.map(({ step, value }) => ({ step, value: frameOf(value).cosines })),
    rows: gradients.map(({ step, value }) => ({ x: step, ...frameOf(value).conflict })),
  };
}

/** Every kept gradient's cosines: the newest at once, earlier ones as they are computed. */
export function useConflict(view: RunView): ConflictHistory {
  const frames = framesOf(view, 'scenarioGradient');
  const [computed, setComputed] = useState(0);
  useEffect(() => {
    if (frames.every(({ value }) => known.has(value))) return;
    const timer = setTimeout(() => {
      const end = performance.now() + SLICE_MS;
      for (let k = frames.length - 1; k >= 0 && performance.now() < end; k--) frameOf(frames[k]!.value);
      setComputed((count) => count + 1);
    });
    return () => clearTimeout(timer);
  }, [frames, computed]);
  // The newest are computed first, so what is known is the end of the run.
  const from = frames.findIndex(({ value }, k) => k === frames.length - 1 || known.has(value));
  return useMemo(() => historyOf(frames.slice(Math.max(0, from))), [frames, from]);
}
