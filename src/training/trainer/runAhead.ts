/** How far the host may run ahead of the device: WebGPU takes steps faster than it does them, and a pause would come late. */

/** Milliseconds of the device's work between two looks at it; it has at most two such stretches before it. */
const STRETCH_MS = 4;
/** A step that takes the device longer is waited for itself: with another behind it, a pause would come later than 50 ms. */
const LONG_STEP_MS = 20;
/** Only where waiting is this much of its time, or preparing the next one meanwhile saves more than that. */
const WAITING = 0.9;
/** Steps of a stretch at most. */
const MOST_STEPS = 16;

export interface RunAheadLimit {
  /** Called after every step; waits where the device is too far behind. @throws Error where it refused a step or is lost */
  follow(): Promise<void>;
  /** Time that passed since the last step was not a step's. */
  restart(): void;
}

export interface RunAheadOptions {
  /** Resolves when the device has done what it was given so far; null where that is always so. */
  readonly submittedWork: () => Promise<void> | null;
  /** Told, where work was waited for, how long that took. */
  readonly waited: (milliseconds: number) => void;
  readonly now?: () => number;
}

export function createRunAheadLimit({
  submittedWork,
  waited,
  now = () => performance.now(),
}: RunAheadOptions): RunAheadLimit {
  let stretch = 1;
  let steps = 0;
  let began = now();
  let before: Promise<void> | null = null;
  /** The last step that was timed was a long one. */
  let long = false;
  return {
    async follow() {
      if (++steps < stretch) return;
      const done = submittedWork();
      let waiting = 0;
      if (done) {
        const start = now();
        await before;
        // Else not for the stretch just given: the device would have nothing to do while the next is prepared.
        if (long) await done;
        waiting = now() - start;
        before = done;
      }
      waited(waiting);
      const each = (now() - began) / steps;
      long = each > LONG_STEP_MS && waiting > WAITING * each * steps;
      const wanted = done ? Math.min(MOST_STEPS, Math.max(1, Math.round(STRETCH_MS / each))) : MOST_STEPS;
      // Longer by and by: a stretch for which nothing was waited says little of the device.
      stretch = done ? Math.min(stretch + 1, wanted) : wanted;
      steps = 0;
      began = now();
    },
    restart() {
      steps = 0;
      began = now();
    },
  };
}
