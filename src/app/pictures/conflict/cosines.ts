/** Cosines between scenarios' gradients, computed once a frame and, where many are missing, in small pieces. */
import { useEffect, useMemo, useState } from 'react';
import type { ProbeValue } from '../../../training/events';
import { Film } from '../../store/film';
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
  readonly film: Film;
  readonly rows: readonly (Conflict & { readonly x: number })[];
}

/** Every kept gradient's cosines: the newest at once, earlier ones as they are computed. */
export function useConflict(view: RunView): ConflictHistory {
  const frames = view.film.frames('scenarioGradient');
  const { version } = view.film;
  const [computed, setComputed] = useState(0);
  useEffect(() => {
    if (frames.every(({ value }) => known.has(value))) return;
    const timer = setTimeout(() => {
      const end = performance.now() + SLICE_MS;
      for (let k = frames.length - 1; k >= 0 && performance.now() < end; k--) frameOf(frames[k]!.value);
      setComputed((count) => count + 1);
    });
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- frames change inside; the film's version says when
  }, [view.film, version, computed]);
  return useMemo(() => {
    const film = new Film();
    const rows: (Conflict & { readonly x: number })[] = [];
    frames.forEach(({ step, value }, k) => {
      if (k < frames.length - 1 && !known.has(value)) return;
      const { cosines, conflict } = frameOf(value);
      film.add(step, cosines);
      rows.push({ x: step, ...conflict });
    });
    return { film, rows };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as above
  }, [view.film, version, computed]);
}
