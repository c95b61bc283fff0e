/** Means of the loss terms since they were last read; their sums stay on the device. */
import { createLossAccumulator } from '../../engine';
import type { LossAccumulator } from '../../engine';
import type { Part } from './part';
import type { Stopwatch } from './stopwatch';

/** Name in a position's arrays. */
const SUMS = 'loss.sums';

interface State {
  readonly lossNames: readonly string[];
  readonly lossSteps: number;
}

export interface LossMeans extends Part<State> {
  /** What steps add their terms to. */
  readonly accumulator: LossAccumulator;
  /**
   * Mean of every term since the last call; empty where no step came.
   *
   * @param step named in the sentence of the error
   * @throws Error where a loss is no longer a number
   */
  read(step: number): Promise<Readonly<Record<string, number>>>;
  /** Waits until the device has done all steps. */
  waitForDevice(): Promise<void>;
  dispose(): void;
}

export function createLossMeans(stopwatch: Stopwatch): LossMeans {
  const accumulator = createLossAccumulator();
  /** Reading a value back waits for the steps that it is made of. */
  async function waitingTimed<T>(reading: Promise<T>): Promise<T> {
    const start = performance.now();
    const value = await reading;
    stopwatch.deviceDone(performance.now() - start);
    return value;
  }
  return {
    accumulator,
    async read(step) {
      const terms = await waitingTimed(accumulator.read());
      const broken = Object.entries(terms).find(([, value]) => !Number.isFinite(value));
      if (broken) {
        throw new Error(
          `The loss "${broken[0]}" is no longer a number by step ${step}; try a smaller learning rate.`,
        );
      }
      return terms;
    },
    async waitForDevice() {
      await waitingTimed(accumulator.snapshot());
    },
    async position() {
      const { names, sums, steps } = await accumulator.snapshot();
      return { state: { lossNames: names, lossSteps: steps }, arrays: { [SUMS]: sums } };
    },
    restorePosition({ state, arrays }) {
      accumulator.restore({
        names: state.lossNames,
        sums: arrays[SUMS] ?? new Float32Array(0),
        steps: state.lossSteps,
      });
    },
    dispose: () => accumulator.dispose(),
  };
}
