/** The operations of a step, for whoever asks: the next step is watched as it is taken, so training goes on to the same bits. */
import { timeKernels } from '../../engine';
import type { TimedKernel } from '../../engine';

export interface StepTrace {
  /** Operations of the next step, in the order in which they ended. */
  next(): Promise<readonly TimedKernel[]>;
  /** Takes a step, watched where someone asked; it is told whether. */
  around(step: (watched: boolean) => void): void;
}

export function createStepTrace(): StepTrace {
  let asked: ((operations: readonly TimedKernel[]) => void)[] = [];
  return {
    next: () => new Promise((resolve) => asked.push(resolve)),
    around(step) {
      if (asked.length === 0) {
        step(false);
        return;
      }
      const operations = timeKernels(() => step(true));
      for (const resolve of asked) resolve(operations);
      asked = [];
    },
  };
}
