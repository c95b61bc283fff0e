/** Where a run's time went. */
import type { RunTimings } from './runRecord';

const KEPT_STEPS = 512;

export interface Stopwatch {
  step(milliseconds: number): void;
  evaluation(milliseconds: number): void;
  /** Milliseconds since the stopwatch was made, at the end of the first step. */
  read(): RunTimings;
}

export function createStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const start = now();
  let first: number | null = null;
  let training = 0;
  let evaluation = 0;
  const recent: number[] = [];
  return {
    step(milliseconds) {
      first ??= now() - start;
      training += milliseconds;
      recent.push(milliseconds);
      if (recent.length > KEPT_STEPS) recent.shift();
    },
    evaluation(milliseconds) {
      evaluation += milliseconds;
    },
    read() {
      const sorted = [...recent].sort((a, b) => a - b);
      return { firstStep: first, training, evaluation, step: sorted[sorted.length >> 1] ?? null };
    },
  };
}
