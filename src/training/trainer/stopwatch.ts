/** Where a run's time went. */
import type { RunTimings } from '../runRecord';

const KEPT_INTERVALS = 512;

export interface Stopwatch {
  /** A step was issued in so many milliseconds; on WebGPU the device may still be at it. */
  step(milliseconds: number): void;
  /** What was issued since the last call is finished; waiting for it took so long. */
  deviceDone(milliseconds: number): void;
  evaluation(milliseconds: number): void;
  /** All test rows were scored in so many milliseconds. */
  inference(milliseconds: number): void;
  read(): RunTimings;
}

/** `firstStep` counts from here. */
export function createStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const start = now();
  let first: number | null = null;
  let training = 0;
  let evaluation = 0;
  let inference: number | null = null;
  let steps = 0;
  let spent = 0;
  /** Mean milliseconds of a step, one for each stretch between two waits for the device. */
  const means: number[] = [];
  return {
    step(milliseconds) {
      first ??= now() - start;
      training += milliseconds;
      spent += milliseconds;
      steps++;
    },
    deviceDone(milliseconds) {
      if (steps === 0) return;
      training += milliseconds;
      means.push((spent + milliseconds) / steps);
      if (means.length > KEPT_INTERVALS) means.shift();
      steps = 0;
      spent = 0;
    },
    evaluation(milliseconds) {
      evaluation += milliseconds;
    },
    inference(milliseconds) {
      inference = milliseconds;
    },
    read() {
      const stretches = means.length > 0 ? [...means] : steps > 0 ? [spent / steps] : [];
      stretches.sort((a, b) => a - b);
      return {
        ...{ firstStep: first, training, evaluation, step: stretches[stretches.length >> 1] ?? null },
        ...(inference !== null && { inference }),
      };
    },
  };
}
